/**
 * Memory of large results that comes to the next one.
 *
 * An allocator gives the end of its heap back to the system once that is free, as that of Linux does. Of
 * results that are read one after the other, each is made before the one in front of it was collected, so
 * that they lie at two places in turns, of which one is the end: every second result would be new memory,
 * whose pages cost more than the values in them. With something small behind it that is still in use,
 * the memory of a result stays for the one after the next. Nothing is kept that way once no result is.
 *
 * @module
 */

/** More than the buffers that are free between results, so that it comes to lie behind them. */
const BEHIND_BYTES = 1280 * 1024;

/** What lies behind a result, and behind the one before it, by an array of the result. */
const kept = new WeakMap<object, readonly ArrayBuffer[]>();
let last: WeakRef<ArrayBuffer> | undefined;

/** Room behind the arrays of one result. */
export class RoomBehind {
  /** What lies behind the result before, if that was not collected yet. */
  readonly #before: ArrayBuffer | undefined = last?.deref();

  /**
   * Has something lie behind the arrays of the result, which were all made just now and of which this is
   * one. It stays as long as this result or the next one.
   */
  keep(array: object): void {
    const own = new ArrayBuffer(BEHIND_BYTES);
    kept.set(array, this.#before ? [this.#before, own] : [own]);
    last = new WeakRef(own);
  }
}
