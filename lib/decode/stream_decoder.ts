/**
 * Takes the channels of data streams (version 4.3) apart. Where a value lies follows from the values
 * before it, so that each stream is gone through from its start.
 *
 * @module
 */
import { CorruptFileError } from "../errors.ts";
import { byteSpan, type NumberLayout } from "../plan/column_layout.ts";
import type { StreamLayout, StreamNode, StreamPosition } from "../plan/stream_layout.ts";
import { type NumberArray, type NumberDecoder, numberDecoder } from "./number_kernels.ts";

/** What was found of one channel: some values for each stream. */
export interface StreamValues {
  /** Numbers, of channels that are numbers. */
  numbers?: NumberArray;
  /** Bytes of each value, of all others. */
  bytes: Uint8Array[];
  /** Values found up to the end of each stream. */
  ends: Float64Array;
}

/** Tells the number that a channel outside of the stream has for a record. */
export type ReferenceValue = (channel: number, record: number) => bigint | number;

/** Bits from the start of the stream. */
interface Cursor {
  bit: number;
  /** Byte that positions are aligned to. */
  origin: number;
}

const BIT_PACKED = 255;

/** Goes through streams and keeps the values of the channels that are wanted. */
export class StreamDecoder {
  readonly #layout: StreamLayout;
  readonly #reference: ReferenceValue;
  readonly #file: string;
  readonly #found = new Map<number, Collector>();
  /** Numbers found in the present stream that tell sizes and options. */
  readonly #told = new Map<number, bigint | number>();
  readonly #decoders = new Map<number, NumberDecoder[]>();
  #bytes: Uint8Array = new Uint8Array();
  #view: DataView = new DataView(new ArrayBuffer(0));
  #record = 0;

  /** Keeps the values of `wanted` channels; `reference` tells those of channels outside. */
  constructor(
    layout: StreamLayout,
    wanted: Iterable<number>,
    reference: ReferenceValue,
    file: string,
  ) {
    this.#layout = layout;
    this.#reference = reference;
    this.#file = file;
    for (const channel of wanted) this.#found.set(channel, new Collector());
  }

  /** Goes through the streams of `count` records, and gives what was found in them. */
  decode(count: number, streamOf: (record: number) => Uint8Array): Map<number, StreamValues> {
    for (const collector of this.#found.values()) collector.start(count);
    for (let i = 0; i < count; i++) {
      this.#record = i;
      this.#bytes = streamOf(i);
      const { buffer, byteOffset, byteLength } = this.#bytes;
      this.#view = new DataView(buffer, byteOffset, byteLength);
      this.#told.clear();
      // A record without a stream has no values; a stream that breaks off is damaged.
      if (byteLength > 0) this.#sequence(this.#layout.members, { bit: 0, origin: 0 });
      for (const collector of this.#found.values()) collector.endStream(i);
    }
    return new Map(
      Array.from(this.#found, ([channel, collector]) => [channel, collector.values()]),
    );
  }

  #sequence(nodes: readonly StreamNode[], cursor: Cursor): void {
    for (const node of nodes) this.#node(node, cursor, node.position);
  }

  #node({ channel, value }: StreamNode, cursor: Cursor, position: StreamPosition): void {
    const start = startOf(position, cursor);
    const collector = this.#found.get(channel);
    switch (value.kind) {
      case "number":
        return this.#number(channel, value, cursor, start, position.alignment === BIT_PACKED);
      case "bytes":
        return this.#take(collector, cursor, toByte(start), value.byteCount);
      case "prefixed": {
        const at = toByte(start);
        this.#need(at, 4);
        return this.#take(collector, cursor, at + 4, this.#view.getUint32(at, true));
      }
      case "sized": {
        const size = this.#size(value.sizeChannel);
        return this.#take(collector, cursor, toByte(start), size);
      }
      case "sequence":
        cursor.bit = start;
        this.#sequence(value.members, cursor);
        break;
      case "union": {
        let end = start;
        for (const member of value.members) {
          const own: Cursor = { bit: start, origin: cursor.origin };
          this.#node(member, own, member.position);
          end = Math.max(end, own.bit);
        }
        cursor.bit = end;
        break;
      }
      case "variant": {
        const told = BigInt(this.#tell(value.discriminator));
        const option = value.values.indexOf(told);
        cursor.bit = start;
        if (option >= 0) this.#sequence([value.options[option]], cursor);
        break;
      }
      case "list":
        cursor.bit = start;
        this.#list(value, cursor);
    }
    if (!collector) return;
    const from = Math.min(toByte(start), this.#bytes.length);
    collector.addBytes(this.#bytes.subarray(from, toByte(cursor.bit)));
  }

  #list(
    list: Extract<StreamNode["value"], { kind: "list" }>,
    cursor: Cursor,
  ): void {
    const size = this.#size(list.sizeChannel);
    const [first, ...others] = list.members;
    if (!first) return;
    const end = list.countsElements ? Infinity : toByte(cursor.bit) + size;
    for (let i = 0; list.countsElements ? i < size : toByte(cursor.bit) < end; i++) {
      const before = cursor.bit;
      this.#node(first, cursor, i === 0 ? first.position : list.next);
      this.#sequence(others, cursor);
      // Elements without extent would never fill the bytes, and could be counted without end.
      if (cursor.bit === before) this.#fail("an element of a list takes up no bits", cursor.bit);
    }
  }

  #number(
    channel: number,
    layout: NumberLayout,
    cursor: Cursor,
    start: number,
    packed: boolean,
  ): void {
    const at = Math.floor(start / 8);
    const shift = start % 8;
    const span = byteSpan({ ...layout, bitOffset: shift });
    this.#need(at, span);
    cursor.bit = packed ? start + layout.bitCount : 8 * (at + span);
    const collector = this.#found.get(channel);
    const told = this.#layout.references.has(channel);
    if (!collector && !told) return;
    const decoder = this.#decoder(channel, layout, shift);
    if (collector) decoder.own(this.#view, at, 0, 1, ...collector.numberPlace(decoder));
    if (told) {
      const value = decoder.allocate(1);
      decoder.own(this.#view, at, 0, 1, value, 0);
      this.#told.set(channel, value[0]);
    }
  }

  #decoder(channel: number, layout: NumberLayout, shift: number): NumberDecoder {
    let decoders = this.#decoders.get(channel);
    if (!decoders) this.#decoders.set(channel, decoders = []);
    return decoders[shift] ??= numberDecoder({ ...layout, byteOffset: 0, bitOffset: shift });
  }

  #take(collector: Collector | undefined, cursor: Cursor, at: number, length: number): void {
    this.#need(at, length);
    collector?.addBytes(this.#bytes.subarray(at, at + length));
    cursor.bit = 8 * (at + length);
  }

  /** The number that a channel of the stream, or of the record, tells. */
  #tell(channel: number): bigint | number {
    if (!this.#layout.channels.has(channel)) return this.#reference(channel, this.#record);
    const told = this.#told.get(channel);
    if (told === undefined) this.#fail("what tells a size or an option comes after it", 0);
    return told;
  }

  #size(channel: number): number {
    const size = Number(this.#tell(channel));
    if (!(Number.isSafeInteger(size) && size >= 0)) this.#fail(`a size is ${size}`, 0);
    return size;
  }

  #need(at: number, length: number): void {
    if (at + length <= this.#bytes.length) return;
    this.#fail(
      `${length} bytes are expected at byte ${at} of a stream of ${this.#bytes.length}`,
      8 * at,
    );
  }

  #fail(reason: string, bit: number): never {
    throw new CorruptFileError(
      `the data stream of record ${this.#record} of the stretch is damaged at byte ${
        Math.floor(bit / 8)
      }: ${reason}`,
      { file: this.#file, block: "DS" },
    );
  }
}

/** The bit at which a value starts; moves the origin of alignment where that is asked for. */
function startOf(position: StreamPosition, cursor: Cursor): number {
  const { alignment, byteOffset, bitOffset, reset } = position;
  if (reset) cursor.origin = toByte(cursor.bit);
  if (alignment === BIT_PACKED) return cursor.bit + 8 * byteOffset + bitOffset;
  const step = 2 ** alignment;
  const past = toByte(cursor.bit) - cursor.origin;
  const aligned = cursor.origin + Math.ceil(past / step) * step;
  return 8 * (aligned + byteOffset) + bitOffset;
}

/** The byte at which a bit is, or after which it lies. */
function toByte(bit: number): number {
  return Math.ceil(bit / 8);
}

/** Values of one channel. */
class Collector {
  #numbers?: NumberArray;
  #bytes: Uint8Array[] = [];
  #ends = new Float64Array();
  #count = 0;

  start(streams: number): void {
    this.#bytes = [];
    this.#ends = new Float64Array(streams);
    this.#count = 0;
  }

  addBytes(bytes: Uint8Array): void {
    this.#bytes.push(bytes);
    this.#count++;
  }

  /** The array and the place in it for the next number. */
  numberPlace(decoder: NumberDecoder): [NumberArray, number] {
    this.#numbers ??= decoder.allocate(16);
    if (this.#count === this.#numbers.length) {
      const larger = decoder.allocate(2 * this.#count);
      (larger as Float64Array).set(this.#numbers as Float64Array);
      this.#numbers = larger;
    }
    return [this.#numbers, this.#count++];
  }

  endStream(stream: number): void {
    this.#ends[stream] = this.#count;
  }

  values(): StreamValues {
    return {
      numbers: this.#numbers?.slice(0, this.#count),
      bytes: this.#bytes,
      ends: this.#ends,
    };
  }
}
