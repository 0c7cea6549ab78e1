import { assert, assertEquals, assertThrows } from "@std/assert";
import { inflateSync } from "node:zlib";
import { type Bits, codeOf, makeRandom, matchSymbols, streamOf } from "./_deflate_bits.ts";
import { GUARD, unpack } from "./_unpack_ways.ts";

const random = makeRandom(11);
const below = (end: number) => Math.floor(end * random());

/** Lengths of a complete code for so many symbols; those that are named get the shortest. */
function codeLengths(
  symbols: readonly number[],
  count: number,
  short: readonly number[],
): number[] {
  const leaves = [1, 1];
  while (leaves.length < symbols.length) {
    // Splitting those that are long already makes some codes short and others long.
    const at = random() < 0.7 ? leaves.length - 1 : below(leaves.length);
    if (leaves[at] === 15) {
      leaves.sort((a, b) => b - a);
      continue;
    }
    const [bits] = leaves.splice(at, 1);
    leaves.push(bits + 1, bits + 1);
  }
  leaves.sort((a, b) => a - b);
  const lengths = new Array<number>(count).fill(0);
  const ordered = [...short, ...symbols.filter((symbol) => !short.includes(symbol))];
  ordered.forEach((symbol, i) => lengths[symbol] = leaves[i]);
  return lengths;
}

/** The codes that lengths stand for, in the order of the format. */
function codesOf(lengths: readonly number[]): Bits[] {
  const codes = lengths.map((): Bits => [0, 0]);
  let code = 0;
  for (let bits = 1; bits < 16; bits++, code *= 2) {
    lengths.forEach((length, symbol) => {
      if (length === bits) codes[symbol] = codeOf(code++, bits);
    });
  }
  return codes;
}

const LENGTH_ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

/** The head of a block with codes of its own, each of whose lengths stands there by itself. */
function headOf(literals: readonly number[], distances: readonly number[]): Bits[] {
  const four = codesOf(Array(16).fill(4));
  return [
    [literals.length - 257, 5],
    [distances.length - 1, 5],
    [19 - 4, 4],
    ...LENGTH_ORDER.map((symbol): Bits => [symbol < 16 ? 4 : 0, 3]),
    ...[...literals, ...distances].map((length) => four[length]),
  ];
}

const range = (from: number, end: number) => Array.from({ length: end - from }, (_, i) => from + i);

interface Made {
  stream: Uint8Array;
  plain: Uint8Array;
}

/** A stream of literals and matches, most of which have short codes; one may reach too far back. */
function makeStream(shortLengths: readonly number[], tooFar?: number): Made {
  // Where it is too far, it is so by one of these.
  const firstDistance = tooFar ? 20 : below(21);
  const bytes = range(0, 256).filter(() => random() < 0.3);
  const lengths = codeLengths([...bytes, ...range(256, 286)], 286, shortLengths);
  const distances = codeLengths(range(0, 30), 30, range(firstDistance, firstDistance + 10));
  const [literalCodes, distanceCodes] = [codesOf(lengths), codesOf(distances)];
  const plain: number[] = [];
  const parts: Bits[] = [];
  const byte = () => {
    const one = bytes[below(bytes.length)];
    plain.push(one);
    parts.push(literalCodes[one]);
  };
  const match = (length: number, distance: number) => {
    const symbols = matchSymbols(length, distance);
    parts.push(literalCodes[symbols.length], symbols.lengthExtra);
    parts.push(distanceCodes[symbols.distance], symbols.distanceExtra);
    for (let k = 0; k < length; k++) plain.push(plain[plain.length - distance] ?? GUARD);
  };
  for (let k = 0; k < 700; k++) byte();
  for (let k = 0; k < (tooFar ? 2000 : 20_000); k++) {
    if (k === 1000 && tooFar) match(tooFar, plain.length + 1);
    for (let literals = below(4); literals > 0; literals--) byte();
    const length = random() < 0.9 ? 3 + below(8) : 3 + below(256);
    const far = Math.min(plain.length, 32_768);
    match(length, random() < 0.5 ? 1 + below(300) : 1 + below(far));
  }
  parts.push(literalCodes[256]);
  const expected = Uint8Array.from(plain);
  return {
    plain: expected,
    stream: streamOf(2, [...headOf(lengths, distances), ...parts], expected),
  };
}

Deno.test("lengths and distances are the same joined in one entry or not, for any codes", () => {
  for (let round = 0; round < 24; round++) {
    // Those with the shortest codes, from one bit on, are joined with distances, the others are not.
    const short = range(257, 265).filter(() => random() < 0.6);
    const { stream, plain } = makeStream(round % 4 === 3 ? [256, ...short] : short);
    assertEquals(new Uint8Array(inflateSync(stream)), plain, "zlib reads what was made");
    const found = unpack(stream, plain.length);
    assert(found?.every((byte, i) => byte === plain[i]), `round ${round}`);
  }
});

Deno.test("a length that is joined with a distance beyond the start is refused", () => {
  for (const length of [3, 6, 10]) {
    const { stream, plain } = makeStream(range(257, 265), length);
    assertThrows(() => inflateSync(stream), Error, "too far back");
    assertEquals(unpack(stream, plain.length), undefined);
  }
});
