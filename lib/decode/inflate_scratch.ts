/**
 * The memory that inflating needs beside its input and output, and what an entry of a decoding table
 * says.
 *
 * An entry has two words. The low eight bits of the first are the bits that a literal or a distance
 * stands for, with its extra bits; in the table of literals they are 0 for what is no literal, so that
 * what may be a literal can be taken without asking. For a literal this is all of the word; the second
 * has the byte, that of a second literal above it, and in its highest byte how many there are. A length
 * or distance has its base in bits 16 to 30 and the bits of its code, with the used ones below it, in
 * bits 8 to 12; a length with extra bits has bit 13 set, and all its bits are the second word. Bit 15
 * marks what is neither: with bit 14 a link to a table of more bits (where it starts, from bit 16 on,
 * and how many bits it has, in bits 8 to 12), with bit 13 the end of the block, with neither a code
 * that means nothing.
 *
 * Where the code is the fixed one, a length without extra bits and the distance behind it are one
 * entry: that of a distance whose code includes that of the length, which is the second word. Other
 * codes have such entries in the table of literals, where the bits of that hold both codes: bit 14
 * marks them, without bit 15, and their second word has the length and, from bit 16 on, all bits.
 *
 * @module
 * @see {@link https://www.rfc-editor.org/rfc/rfc1951} for the format
 */

/** Bits that the first table of a code is looked up by. */
export const ROOT_BITS = { literals: 10, distances: 8, lengths: 7 } as const;

/** Bits of the fixed codes of a length without extra bits, and of a distance. */
const FIXED_CODE = { length: 7, distance: 5 } as const;
/**
 * Bits that are looked up where the code is the fixed one: no code of a literal is longer; and those of
 * a length and its distance.
 */
export const FIXED_BITS = {
  literals: 9,
  matches: FIXED_CODE.length + FIXED_CODE.distance,
} as const;

/** Bytes of an entry. */
export const ENTRY_BYTES = 8;
/** Bits that are kept below those that come next, so that these stand where an entry's place has them. */
export const USED_BITS = 3;

/** Where the parts of an entry's second word are. */
export const ENTRY_PART = { bytes: 4, lengthBits: 4, count: 7, length: 4, bits: 6 } as const;

/** The first word of a literal is less, that of everything else is not. */
export const LITERAL_END = 64;

/** Marks of entries that are no literals. */
export const ENTRY = {
  special: 0x8000,
  link: 0x4000,
  joined: 0x4000,
  end: 0x2000,
  extra: 0x2000,
} as const;

/** Room for the entries of a table with its further tables; complete codes of 15 bits need less. */
export const TABLE_ENTRIES = { literals: 2400, distances: 408 } as const;

/** Bytes of each part of the memory, in their order. */
const PARTS = {
  literals: ENTRY_BYTES * TABLE_ENTRIES.literals,
  fixedMatches: ENTRY_BYTES << FIXED_BITS.matches,
  distances: ENTRY_BYTES * TABLE_ENTRIES.distances,
  lengthCodes: ENTRY_BYTES << ROOT_BITS.lengths,
  counts: 4 * 16,
  offsets: 4 * 16,
  codeLengths: 480,
  sorted: 2 * 288,
  literalSymbols: ENTRY_BYTES * 288,
  distanceSymbols: ENTRY_BYTES * 32,
  lengthSymbols: ENTRY_BYTES * 19,
  lengthOrder: 20,
  state: 36,
} as const;

type Part = keyof typeof PARTS;

/** Places in the memory, in bytes. */
export const PLACE: Readonly<Record<Part, number>> = placesOf(PARTS);

/** Bytes of the memory. */
export const INFLATE_SCRATCH_BYTES: number = PLACE.state + PARTS.state;

/** Words of the state of a stream, while nobody works on it; they start at `PLACE.state`. */
export const STATE = {
  /** Place of the first used bit, counted from address 0; and the byte behind the input. */
  place: 0,
  inputEnd: 4,
  /** Where the next byte goes, and where output starts and ends. */
  output: 8,
  start: 12,
  outputEnd: 16,
  /** Where the loop that writes beyond a match has to stop. */
  fastEnd: 20,
  /** Which of {@link PHASE}, and whether the block is the last. */
  phase: 24,
  last: 28,
  /** Whether the block that it is in has the fixed code. */
  fixed: 32,
} as const;

/** How far a stream has come. */
export const PHASE = {
  /** Nothing was read. */
  header: 0,
  /** Among the symbols of a block. */
  symbols: 1,
  /** Behind the end of a block. */
  ended: 2,
  /** Something in it cannot be. */
  refused: 3,
} as const;

/** What `advance` says of a stream. */
export const ADVANCED = {
  /** It has ended well. */
  done: 0,
  /** Something in it cannot be. */
  refused: 1,
  /**
   * The fast loops can take over, where literals come in runs, or where matches are frequent; these
   * kinds have odd numbers.
   */
  literals: 2,
  matches: 3,
  /** The same where the code is the fixed one; two more than there. */
  fixedLiterals: 4,
  fixedMatches: 5,
} as const;

/** Numbers of the functions of the module that others call. */
export const FUNCTION = { makeTable: 0, adler32: 1 } as const;

/** Bytes behind input and output that may be read, and behind the output that may be written. */
export const INFLATE_SLACK_BYTES = 64;

/** Order in which a block gives the lengths of the codes for lengths. */
const LENGTH_ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

/** What the memory has to hold before it is used first: entries without the lengths of their codes. */
export function inflateScratch(): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(INFLATE_SCRATCH_BYTES);
  const view = new DataView(bytes.buffer);
  const put = (place: number, entries: readonly number[]) =>
    entries.forEach((entry, i) => view.setInt32(place + ENTRY_BYTES * i, entry, true));
  const putSecond = (place: number, words: readonly number[]) =>
    words.forEach((word, i) => view.setInt32(place + ENTRY_BYTES * i + 4, word, true));
  put(PLACE.literalSymbols, [
    ...new Array<number>(256).fill(0),
    ENTRY.special | ENTRY.end,
    ...lengthEntries(),
    // Two codes exist in fixed blocks only and mean nothing.
    ...[ENTRY.special, ENTRY.special],
  ]);
  putSecond(PLACE.literalSymbols, [
    ...Array.from({ length: 256 }, (_, byte) => 1 << 24 | byte),
    0,
    ...Array.from({ length: 28 }, (_, i) => extraBitsOfLength(i)),
  ]);
  for (const { code, entry, length } of fixedMatches()) {
    put(PLACE.fixedMatches + ENTRY_BYTES * code, [entry]);
    putSecond(PLACE.fixedMatches + ENTRY_BYTES * code, [length]);
  }
  put(PLACE.distanceSymbols, [...distanceEntries(), ENTRY.special, ENTRY.special]);
  put(PLACE.lengthSymbols, LENGTH_ORDER.map((_, symbol) => symbol << 16));
  bytes.set(LENGTH_ORDER, PLACE.lengthOrder);
  return bytes;
}

function placesOf(parts: Record<Part, number>): Record<Part, number> {
  let place = 0;
  const places = Object.entries(parts).map(([part, bytes]) => {
    place += bytes;
    return [part, place - bytes];
  });
  return Object.fromEntries(places);
}

function extraBitsOfLength(i: number): number {
  return Math.max(0, (i >> 2) - 1);
}

function lengthEntries(): number[] {
  const entries: number[] = [];
  let base = 3;
  for (let i = 0; i < 28; i++) {
    const extra = extraBitsOfLength(i);
    entries.push(base << 16 | (extra > 0 ? ENTRY.extra : 0) | USED_BITS << 8);
    base += 1 << extra;
  }
  return [...entries, 258 << 16 | USED_BITS << 8];
}

function distanceEntries(): number[] {
  const entries: number[] = [];
  let base = 1;
  for (let i = 0; i < 30; i++) {
    const extra = Math.max(0, (i >> 1) - 1);
    entries.push(base << 16 | USED_BITS << 8 | extra);
    base += 1 << extra;
  }
  return entries;
}

/** Matches of 3 to 10 bytes, with the bits of their fixed codes in the order in which they come. */
function fixedMatches(): { code: number; entry: number; length: number }[] {
  return distanceEntries().flatMap((entry, distance) =>
    Array.from({ length: 8 }, (_, i) => ({
      code: reverse(i + 1, FIXED_CODE.length) |
        reverse(distance, FIXED_CODE.distance) << FIXED_CODE.length,
      entry: entry + 0x101 * FIXED_BITS.matches,
      length: 3 + i,
    }))
  );
}

/** So many bits, the last one first. */
function reverse(code: number, bits: number): number {
  let reversed = 0;
  for (let k = 0; k < bits; k++) reversed |= (code >> k & 1) << bits - 1 - k;
  return reversed;
}
