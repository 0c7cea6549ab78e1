/**
 * Values of variable length: the record tells where in the signal data a value starts; there stand
 * its length in four bytes and then its bytes. With a channel of lengths (version 4.3) only the bytes
 * stand there.
 *
 * @module
 */
import { CorruptFileError, LimitExceededError, type MdfErrorPlace } from "../errors.ts";
import type { ByteStream } from "./chain_reader.ts";

/** Values of variable length, packed into one array of bytes. */
export interface PackedValues {
  /** The bytes of all values. */
  readonly bytes: Uint8Array;
  /** Where each value starts in `bytes`. */
  readonly starts: Float64Array | Uint32Array;
  /** Where each value ends in `bytes`. */
  readonly ends: Float64Array | Uint32Array;
}

const WINDOW_BYTES = 256 * 1024;
/** Values this far apart on average are read with what lies between them. */
const CLOSE_BYTES = 1024;
/** What values whose lengths a channel tells may need beyond the signal data, since they may share bytes. */
const SHARED_BYTES = 64 * 1024 * 1024;

/** Collects values of variable length by their places. */
export class VariableDataReader {
  readonly #chain: ByteStream;
  readonly #owner: MdfErrorPlace;
  readonly #limit: number;
  readonly #window: Uint8Array;
  readonly #view: DataView;
  #windowStart = 0;
  #windowEnd = 0;
  #orderRecord = 0;
  #orderPlace = 0;
  #packed = new Uint8Array(4096);

  /**
   * `limit` is the most bytes that the values of one call may have together; `owner` is the channel
   * that the values belong to, as the place of an error.
   */
  constructor(stream: ByteStream, limit: number, owner: MdfErrorPlace) {
    this.#chain = stream;
    this.#owner = owner;
    this.#limit = limit;
    this.#window = new Uint8Array(Math.min(WINDOW_BYTES, Math.max(4, this.#chain.length)));
    this.#view = new DataView(this.#window.buffer);
  }

  /**
   * The values at the first `count` places, of the lengths that are given or stand before them. Values
   * that share a place and a length share their bytes.
   */
  async collect(
    places: Float64Array,
    count: number,
    lengths?: Float64Array,
  ): Promise<PackedValues> {
    const order = ascendingOrder(places, count);
    if (!order) {
      const span = await this.#collectSpan(places, count, lengths);
      if (span) return span;
    }
    const starts = new Float64Array(count);
    const ends = new Float64Array(count);
    const prefix = lengths ? 0 : 4;
    let used = 0;
    let previous = -1;
    for (let k = 0; k < count; k++) {
      const i = order ? order[k] : k;
      const place = places[i];
      const same = previous >= 0 && places[previous] === place;
      if (same && (!lengths || lengths[previous] === lengths[i])) {
        starts[i] = starts[previous];
        ends[i] = ends[previous];
        continue;
      }
      previous = i;
      if (place + prefix > this.#chain.length) this.#failPlace(place, i);
      if (place < this.#windowStart || place + prefix > this.#windowEnd) {
        const pending = this.#moveWindow(place);
        if (pending) await pending;
      }
      const length = lengths ? lengths[i] : this.#view.getUint32(place - this.#windowStart, true);
      if (!(place + prefix + length <= this.#chain.length)) this.#failLength(place, length, i);
      this.#reserve(used, length, place, lengths ? SHARED_BYTES : 0);
      starts[i] = used;
      ends[i] = used + length;
      const target = this.#packed.subarray(used, used + length);
      if (place + prefix + length <= this.#windowEnd) {
        const at = place + prefix - this.#windowStart;
        target.set(this.#window.subarray(at, at + length));
      } else {
        const pending = this.#chain.readInto(place + prefix, target);
        if (pending) await pending;
      }
      used += length;
    }
    return { bytes: this.#packed.slice(0, used), starts, ends };
  }

  /**
   * Values that lie close to each other, in order, in one stretch of the signal data; undefined where
   * they do not, or where something is wrong with them.
   */
  async #collectSpan(
    places: Float64Array,
    count: number,
    lengths?: Float64Array,
  ): Promise<PackedValues | undefined> {
    if (count === 0) return undefined;
    const prefix = lengths ? 0 : 4;
    const first = places[0];
    const last = places[count - 1];
    const room = last - first + prefix;
    if (room > CLOSE_BYTES * count || last + prefix > this.#chain.length) return undefined;
    let rest = lengths ? lengths[count - 1] : 0;
    if (!lengths) {
      const length = new Uint8Array(4);
      const pending = this.#chain.readInto(last, length);
      if (pending) await pending;
      rest = new DataView(length.buffer).getUint32(0, true);
    }
    const size = room + rest;
    if (!(last + prefix + rest <= this.#chain.length) || !(size <= this.#spanLimit)) {
      return undefined;
    }
    let bytes = this.#chain.peek?.(first, size);
    if (!bytes) {
      bytes = new Uint8Array(size);
      const pending = this.#chain.readInto(first, bytes);
      if (pending) await pending;
    }
    const starts = new Uint32Array(count);
    const ends = new Uint32Array(count);
    const used = lengths
      ? boundRuns(places, lengths, first, size, starts, ends)
      : boundTold(places, new DataView(bytes.buffer, bytes.byteOffset, size), starts, ends);
    return used <= this.#chain.length ? { bytes, starts, ends } : undefined;
  }

  /** Most bytes that are read for values that may need fewer. */
  get #spanLimit(): number {
    return Math.min(this.#limit, 0xffffffff);
  }

  /**
   * The places of the values of records `[first, first + count)` where values and records correspond
   * one to one in order, whatever the records say.
   */
  async placesInOrder(first: number, places: Float64Array, count: number): Promise<void> {
    if (first < this.#orderRecord) {
      this.#orderRecord = 0;
      this.#orderPlace = 0;
    }
    const end = first + count;
    while (this.#orderRecord < end) {
      const place = this.#orderPlace;
      if (place + 4 > this.#chain.length) this.#failPlace(place, this.#orderRecord);
      if (place < this.#windowStart || place + 4 > this.#windowEnd) {
        const pending = this.#moveWindow(place);
        if (pending) await pending;
      }
      if (this.#orderRecord >= first) places[this.#orderRecord - first] = place;
      this.#orderPlace += 4 + this.#view.getUint32(place - this.#windowStart, true);
      this.#orderRecord++;
    }
  }

  #moveWindow(place: number): void | Promise<void> {
    this.#windowStart = place;
    this.#windowEnd = Math.min(this.#chain.length, place + this.#window.length);
    return this.#chain.readInto(place, this.#window.subarray(0, this.#windowEnd - place));
  }

  #reserve(used: number, length: number, place: number, shared: number): void {
    // Values that share bytes without being the same would make a small file fill any memory.
    if (used + length > this.#chain.length + shared) {
      throw new CorruptFileError(
        `the values together need more than the ${this.#chain.length} bytes of the signal data; ` +
          "they overlap, so the places in the records or the lengths are wrong",
        this.#place(place),
      );
    }
    if (used + length > this.#limit) {
      throw new LimitExceededError(
        `the values of variable length need more than ${this.#limit} bytes; read fewer records at ` +
          "a time or raise limits.signalBytes",
        this.#owner,
      );
    }
    if (used + length > this.#packed.length) {
      const larger = new Uint8Array(Math.max(used + length, 2 * this.#packed.length));
      larger.set(this.#packed.subarray(0, used));
      this.#packed = larger;
    }
  }

  #failPlace(place: number, record: number): never {
    throw new CorruptFileError(
      `record ${record} of the stretch places its value at byte ${place} of signal data of ` +
        `${this.#chain.length} bytes`,
      this.#place(place),
    );
  }

  #failLength(place: number, length: number, record: number): never {
    throw new CorruptFileError(
      `the value of record ${record} of the stretch, at byte ${place} of the signal data, says it ` +
        `is ${length} bytes long; the data has ${this.#chain.length} bytes`,
      this.#place(place),
    );
  }

  /** The block that holds a byte of the signal data; the channel where there is none. */
  #place(at: number): MdfErrorPlace {
    const place = this.#chain.placeOf(at);
    return place.offset === undefined ? this.#owner : place;
  }
}

/**
 * Bounds of the values at `places`, each with its length before it, in a stretch that starts at the
 * first. Gives the bytes of all values that differ in place; Infinity where one ends behind the stretch.
 */
function boundTold(
  places: Float64Array,
  stretch: DataView,
  starts: Uint32Array,
  ends: Uint32Array,
): number {
  const [first, size, count] = [places[0], stretch.byteLength, starts.length];
  let used = 0;
  let before = -1;
  for (let i = 0; i < count; i++) {
    const at = places[i] - first;
    const start = at + 4;
    if (!(start <= size)) return Infinity;
    const length = stretch.getUint32(at, true);
    if (start + length > size) return Infinity;
    if (at !== before) used += length;
    before = at;
    starts[i] = start;
    ends[i] = start + length;
  }
  return used;
}

/** The same where the lengths are given. */
function boundRuns(
  places: Float64Array,
  lengths: Float64Array,
  first: number,
  size: number,
  starts: Uint32Array,
  ends: Uint32Array,
): number {
  let used = 0;
  let before = -1;
  for (let i = 0; i < starts.length; i++) {
    const at = places[i] - first;
    if (!(at + lengths[i] <= size)) return Infinity;
    if (at !== before) used += lengths[i];
    before = at;
    starts[i] = at;
    ends[i] = at + lengths[i];
  }
  return used;
}

/** Indexes in ascending order of place; undefined when they are in order already. */
function ascendingOrder(places: Float64Array, count: number): Uint32Array | undefined {
  let sorted = true;
  for (let i = 1; i < count && sorted; i++) sorted = places[i - 1] <= places[i];
  if (sorted) return undefined;
  return Uint32Array.from({ length: count }, (_, i) => i)
    .sort((a, b) => places[a] - places[b]);
}
