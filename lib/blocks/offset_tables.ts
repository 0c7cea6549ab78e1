/**
 * Sets and maps of offsets in the file. A walk keeps one for every block it has seen; tables of plain
 * numbers are several times faster than `Set` and `Map`, and give the collector nothing to do.
 *
 * @module
 */

/** Places of the offsets in a table that grows with them; no block starts at 0, which is a free slot. */
class OffsetTable {
  /** Number of offsets. */
  size = 0;
  protected keys: Float64Array<ArrayBuffer> = new Float64Array(64);
  #shift = 26;

  /** The slot of an offset, or the free one where it belongs. */
  protected slot(offset: number): number {
    const { keys } = this;
    const last = keys.length - 1;
    let slot = Math.imul(offset, SPREAD) >>> this.#shift;
    while (keys[slot] !== offset && keys[slot] !== 0) slot = (slot + 1) & last;
    return slot;
  }

  /** Puts a new offset into its free slot; true when the table grew, so that slots have changed. */
  protected take(slot: number, offset: number): boolean {
    this.keys[slot] = offset;
    if (2 * ++this.size <= this.keys.length) return false;
    const { keys } = this;
    this.keys = new Float64Array(2 * keys.length);
    this.#shift--;
    for (const key of keys) {
      if (key !== 0) this.keys[this.slot(key)] = key;
    }
    return true;
  }
}

/** A set of offsets. */
export class OffsetSet extends OffsetTable {
  /** Adds an offset other than 0; false when it was there. */
  add(offset: number): boolean {
    const slot = this.slot(offset);
    if (this.keys[slot] === offset) return false;
    this.take(slot, offset);
    return true;
  }

  /** Whether an offset other than 0 is there. */
  has(offset: number): boolean {
    return this.keys[this.slot(offset)] === offset;
  }

  /** The offsets, smallest first. */
  sorted(): Float64Array<ArrayBuffer> {
    return this.keys.filter((key) => key !== 0).sort();
  }
}

/** A map from offsets to values. */
export class OffsetMap<V> extends OffsetTable {
  #places = new Int32Array(64);
  readonly #values: V[] = [];

  /** The value at an offset other than 0. */
  get(offset: number): V | undefined {
    const slot = this.slot(offset);
    return this.keys[slot] === offset ? this.#values[this.#places[slot]] : undefined;
  }

  /** Sets the value at an offset other than 0. */
  set(offset: number, value: V): void {
    const slot = this.slot(offset);
    if (this.keys[slot] === offset) {
      this.#values[this.#places[slot]] = value;
      return;
    }
    const place = this.#values.push(value) - 1;
    const { keys } = this;
    if (!this.take(slot, offset)) {
      this.#places[slot] = place;
      return;
    }
    const places = this.#places;
    this.#places = new Int32Array(this.keys.length);
    for (let old = 0; old < keys.length; old++) {
      if (keys[old] !== 0) this.#places[this.slot(keys[old])] = old === slot ? place : places[old];
    }
  }
}

/** An odd factor that no file can know, so that none can make all its offsets meet in one slot. */
const SPREAD = (Math.random() * 4294967296) | 1;
