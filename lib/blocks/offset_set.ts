/**
 * Sets of offsets in the file, for what must not be read twice: one bit for every place at which a
 * block may start. A bit is found by looking at a number or two, where a `Set` has to hash.
 *
 * @module
 */

/** Bytes of the file for which one array has the bits. */
const SECTION_BYTES = 262144;

/** A set of offsets. */
export class OffsetSet {
  readonly #sections = new Map<number, Int32Array>();
  /** Offsets that are no multiple of 8, at which only damaged files have blocks. */
  readonly #odd = new Set<number>();
  #section = -1;
  #bits: Int32Array = new Int32Array(0);

  /** Adds an offset; false when it was there. */
  add(offset: number): boolean {
    const section = Math.floor(offset / SECTION_BYTES);
    if (section !== this.#section) this.#turnTo(section);
    if ((offset & 7) !== 0) {
      if (this.#odd.has(offset)) return false;
      this.#odd.add(offset);
      return true;
    }
    const word = (offset >>> 8) & 1023;
    const bit = 1 << (offset >>> 3);
    const bits = this.#bits;
    if ((bits[word] & bit) !== 0) return false;
    bits[word] |= bit;
    return true;
  }

  /** Whether an offset is there. */
  has(offset: number): boolean {
    if ((offset & 7) !== 0) return this.#odd.has(offset);
    const bits = this.#sections.get(Math.floor(offset / SECTION_BYTES));
    return bits !== undefined && (bits[(offset >>> 8) & 1023] & (1 << (offset >>> 3))) !== 0;
  }

  #turnTo(section: number): void {
    this.#section = section;
    let bits = this.#sections.get(section);
    if (!bits) this.#sections.set(section, bits = new Int32Array(SECTION_BYTES / 256));
    this.#bits = bits;
  }
}
