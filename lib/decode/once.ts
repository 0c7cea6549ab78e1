/**
 * Things that a thread needs once, and may have to do without.
 *
 * @module
 */

/** Gives what `make` makes at the first call; undefined, then and later, where that throws. */
export function once<T extends object>(make: () => T | undefined): () => T | undefined {
  let made: T | undefined;
  let tried = false;
  return () => {
    if (tried) return made;
    tried = true;
    try {
      made = make();
    } catch {
      // What is made of WebAssembly may be missing or forbidden; there is always another way.
    }
    return made;
  };
}
