/**
 * Lengths joined with distances, as WebAssembly code: where the bits that the table of literals is
 * looked up by hold the codes of both, one look gives both.
 *
 * @module
 */
import { ENTRY, ENTRY_BYTES, ENTRY_PART, PLACE, ROOT_BITS, USED_BITS } from "./inflate_scratch.ts";
import {
  add,
  and,
  below,
  type Code,
  code,
  equal,
  get,
  increase,
  load32,
  narrow,
  or,
  set,
  shiftLeft,
  shiftRight,
  store32,
  store64,
  subtract,
  when,
  whilst,
} from "./wasm_expressions.ts";

/** Locals that the code uses. */
export interface JoinLocals {
  readonly scratch: number;
  /** The symbol, and the bits of its code. */
  readonly symbol: number;
  readonly length: number;
  /** Its entry. */
  readonly wide: number;
  /** The first place in the table, and then those behind it. */
  readonly place: number;
  /** Two more. */
  readonly distance: number;
  readonly bits: number;
}

/** The first symbol of a length, and how many from there on have no extra bits. */
const [FIRST_LENGTH, PLAIN_LENGTHS] = [257, 8];
/** Lengths with codes of more bits are too seldom, and too few distances fit behind them. */
const MOST_LENGTH_BITS = 5;

/** Whether a symbol is a length that comes so often that joining it is worth it. */
export function isWorthJoining({ symbol, length }: JoinLocals): Code {
  return and(
    below(subtract(get(symbol), FIRST_LENGTH), PLAIN_LENGTHS),
    below(get(length), MOST_LENGTH_BITS + 1),
  );
}

/** Fills the places of a length, with what comes behind it where that is known. */
export function fillJoined(
  { scratch, length, wide, place, distance, bits }: JoinLocals,
  entryAt: (index: Code) => Code,
): Code {
  const behind = and(shiftRight(get(place), get(length)), (1 << ROOT_BITS.distances) - 1);
  const address = add(get(scratch), shiftLeft(behind, Math.log2(ENTRY_BYTES)));
  return whilst(
    below(get(place), 1 << ROOT_BITS.literals),
    code(
      store64(entryAt(get(place)), get(wide)),
      set(distance, load32(address, PLACE.distances)),
      // The bits of both codes, with the used ones.
      set(bits, add(and(shiftRight(get(distance), 8), 31), get(length))),
      when(
        and(
          equal(and(get(distance), ENTRY.special), 0),
          below(get(bits), ROOT_BITS.literals + USED_BITS + 1),
        ),
        code(
          store32(
            entryAt(get(place)),
            or(or(and(get(distance), 0x7fff0000), shiftLeft(get(bits), 8)), ENTRY.joined),
          ),
          store32(
            entryAt(get(place)),
            add(
              shiftRight(narrow(get(wide)), 16),
              shiftLeft(add(and(get(distance), 255), get(length)), 16),
            ),
            ENTRY_PART.length,
          ),
        ),
      ),
      increase(place, shiftLeft(1, get(length))),
    ),
  );
}
