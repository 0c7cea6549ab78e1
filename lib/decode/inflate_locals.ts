/**
 * What the parts of the function `advance` share: the locals in which it has a stream, and code for
 * these.
 *
 * @module
 */
import { ADVANCED, PLACE, STATE } from "./inflate_scratch.ts";
import { Strand } from "./inflate_strand.ts";
import { type Code, giveBack, when } from "./wasm_expressions.ts";

/** Locals by what they hold; the first is the parameter, the address of the scratch memory. */
export const LOCAL = {
  ...{ scratch: 0, place: 1, inputEnd: 2, output: 3, start: 4, fastEnd: 5, input: 6, entry: 7 },
  ...{ length: 8, distance: 9, from: 10, end: 11, outputEnd: 12, phase: 13, last: 14, type: 15 },
  ...{ literals: 16, distances: 17, index: 18, total: 19, symbol: 20, repeat: 21, sum: 22 },
  ...{ left: 23, seen: 24, entryIndex: 25, bits: 26 },
} as const;

/** Parameters and locals of 32 and of 64 bits. */
export const LOCAL_COUNTS = { parameters: 1, i32: LOCAL.entryIndex, i64: 1 } as const;

/** The stream in these locals. */
export const strand: Strand = new Strand({ local: LOCAL.scratch }, {
  ...LOCAL,
  index: LOCAL.entryIndex,
});

/** Where a word of the state is in the scratch memory. */
export function stateAt(name: keyof typeof STATE): number {
  return PLACE.state + STATE[name];
}

/** Ends the function: something cannot be. */
export const refuse: Code = giveBack(ADVANCED.refused);

/** Refuses what would need input beyond its end. */
export const inputLasts: Code = when(strand.inputUsedUp, refuse);
