/**
 * The codes of a deflated block, as WebAssembly code: their lengths as the block gives them or the
 * format fixes them, and the tables that are made of these.
 *
 * @module
 * @see {@link https://www.rfc-editor.org/rfc/rfc1951} for the format
 */
import { ENTRY, FUNCTION, PLACE, ROOT_BITS } from "./inflate_scratch.ts";
import { inputLasts, LOCAL, refuse, stateAt, strand } from "./inflate_locals.ts";
import {
  above,
  add,
  below,
  call,
  type Code,
  code,
  equal,
  get,
  increase,
  load8,
  type Operand,
  or,
  repeatWhile,
  set,
  shiftRight,
  store32,
  store8,
  subtract,
  when,
  whilst,
} from "./wasm_expressions.ts";

const { scratch: SCRATCH, entry: ENTRY_LOCAL, type: TYPE, literals: LITERALS } = LOCAL;
const { distances: DISTANCES, index: INDEX, total: TOTAL, symbol: SYMBOL, repeat: REPEAT } = LOCAL;
const { refill } = strand;
const drop = strand.drop.bind(strand);
const lowBits = strand.lowBits.bind(strand);
const has = strand.has.bind(strand);

/** Type of the blocks whose codes the format fixes. */
const FIXED = 1;

const lengthAt = (index: Operand): Code => add(add(get(SCRATCH), PLACE.codeLengths), index);

/** Fills lengths of codes from `INDEX` up to `TOTAL`. */
const fillLengths = (total: number, length: number): Code =>
  code(
    set(TOTAL, total),
    whilst(
      below(get(INDEX), get(TOTAL)),
      code(store8(lengthAt(get(INDEX)), length), increase(INDEX, 1)),
    ),
  );

const fixedLengths: Code = code(
  set(INDEX, 0),
  ...[fillLengths(144, 8), fillLengths(256, 9), fillLengths(280, 7), fillLengths(288, 8)],
  fillLengths(320, 5),
  set(LITERALS, 288),
  set(DISTANCES, 32),
);

const makeTable = (
  lengths: Operand,
  count: Operand,
  rootBits: number,
  table: number,
  symbols: number,
): Code =>
  when(
    call(
      FUNCTION.makeTable,
      ...[lengths, count, rootBits, add(get(SCRATCH), table), add(get(SCRATCH), symbols)],
      get(SCRATCH),
    ),
    refuse,
  );

/** Repeats a length of a code so often; the length is on the stack. */
const repeatLength = (length: Operand, least: number, bits: number): Code =>
  code(
    set(REPEAT, add(lowBits(bits), least)),
    drop(bits),
    set(SYMBOL, length),
    when(above(add(get(INDEX), get(REPEAT)), get(TOTAL)), refuse),
    repeatWhile(
      code(
        store8(lengthAt(get(INDEX)), get(SYMBOL)),
        increase(INDEX, 1),
        set(REPEAT, subtract(get(REPEAT), 1)),
      ),
      get(REPEAT),
    ),
  );

const dynamicLengths: Code = code(
  set(LITERALS, add(lowBits(5), 257)),
  drop(5),
  set(DISTANCES, add(lowBits(5), 1)),
  drop(5),
  set(REPEAT, add(lowBits(4), 4)),
  drop(4),
  when(or(above(get(LITERALS), 286), above(get(DISTANCES), 30)), refuse),
  set(INDEX, 0),
  fillLengths(19, 0),
  set(INDEX, 0),
  whilst(
    below(get(INDEX), get(REPEAT)),
    code(
      refill,
      store8(lengthAt(load8(add(get(SCRATCH), get(INDEX)), PLACE.lengthOrder)), lowBits(3)),
      drop(3),
      increase(INDEX, 1),
    ),
  ),
  makeTable(lengthAt(0), 19, ROOT_BITS.lengths, PLACE.lengthCodes, PLACE.lengthSymbols),
  set(INDEX, 0),
  set(TOTAL, add(get(LITERALS), get(DISTANCES))),
  whilst(
    below(get(INDEX), get(TOTAL)),
    code(
      inputLasts,
      refill,
      strand.lookUp(PLACE.lengthCodes, ROOT_BITS.lengths),
      when(has(ENTRY.special), refuse),
      drop(get(ENTRY_LOCAL)),
      set(SYMBOL, shiftRight(get(ENTRY_LOCAL), 16)),
      when(
        below(get(SYMBOL), 16),
        code(store8(lengthAt(get(INDEX)), get(SYMBOL)), increase(INDEX, 1)),
        when(
          equal(get(SYMBOL), 16),
          code(
            when(equal(get(INDEX), 0), refuse),
            repeatLength(load8(subtract(lengthAt(get(INDEX)), 1)), 3, 2),
          ),
          when(
            equal(get(SYMBOL), 17),
            repeatLength(0, 3, 3),
            repeatLength(0, 11, 7),
          ),
        ),
      ),
    ),
  ),
  // Without a code for its end a block would have none.
  when(equal(load8(lengthAt(256)), 0), refuse),
);

/** Reads or fixes the lengths of the codes of a block of that type, and makes their tables. */
export const makeCodes: Code = code(
  store32(get(SCRATCH), equal(get(TYPE), FIXED), stateAt("fixed")),
  when(equal(get(TYPE), FIXED), fixedLengths, dynamicLengths),
  // Before the table of literals, in which lengths are joined with distances.
  makeTable(
    ...[lengthAt(get(LITERALS)), get(DISTANCES), ROOT_BITS.distances, PLACE.distances] as const,
    PLACE.distanceSymbols,
  ),
  makeTable(lengthAt(0), get(LITERALS), ROOT_BITS.literals, PLACE.literals, PLACE.literalSymbols),
);
