/**
 * The floor: what reading the bytes of a file costs, with nothing done to them.
 *
 * @module
 */
import { closeSync, openSync, readSync } from "node:fs";
import { median } from "simple-statistics";

/** Sizes of pieces that {@link findBestPiece} tries. */
export const PIECE_SIZES: readonly number[] = [64, 128, 256, 512, 1024, 4096].map((kib) =>
  kib * 1024
);

const PIECE_BYTES = 256 * 1024;
const TRIES = 5;
// Reads into memory that lies up to 31 bytes further in its page than the bytes do in that of the file
// run at a third of the speed on some processors; large buffers start 16 bytes behind a page.
const OFF_PAGE = 64;
const pieces = new Map<number, Uint8Array>();

/** Reads a whole file in pieces that stay in the cache, and gives its number of bytes. */
export function bareRead(path: string, pieceBytes = PIECE_BYTES): number {
  const piece = pieceOf(pieceBytes);
  const file = openSync(path, "r");
  try {
    let at = 0;
    for (;;) {
      const count = readSync(file, piece, 0, pieceBytes, at);
      if (count === 0) return at;
      at += count;
    }
  } finally {
    closeSync(file);
  }
}

/** The size of pieces in which a file is read fastest, all sizes being tried in turns. */
export function findBestPiece(path: string): number {
  const times = new Map<number, number[]>(PIECE_SIZES.map((size) => [size, []]));
  for (let i = 0; i < TRIES; i++) {
    for (const [size, list] of times) {
      const started = performance.now();
      bareRead(path, size);
      list.push(performance.now() - started);
    }
  }
  const [[best]] = [...times].sort(([, a], [, b]) => median(a) - median(b));
  return best;
}

function pieceOf(bytes: number): Uint8Array {
  let piece = pieces.get(bytes);
  if (!piece) {
    piece = new Uint8Array(new ArrayBuffer(bytes + OFF_PAGE), OFF_PAGE, bytes);
    pieces.set(bytes, piece);
  }
  return piece;
}
