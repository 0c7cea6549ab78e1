/**
 * The function, in WebAssembly, that inflates a zlib stream.
 *
 * @module
 * @see {@link https://www.rfc-editor.org/rfc/rfc1950} for the stream
 */
import { ENTRY, PLACE, ROOT_BITS, USED_BITS } from "./inflate_scratch.ts";
import type { WasmFunction } from "./wasm_code.ts";
import {
  above,
  add,
  and,
  below,
  branch,
  call,
  type Code,
  code,
  copyBytes,
  equal,
  get,
  giveBack,
  increase,
  less,
  load16,
  load32,
  load64,
  load8,
  narrow,
  type Operand,
  or,
  remainder,
  repeatWhile,
  set,
  shiftLeft,
  shiftRight,
  store16,
  store64,
  store8,
  subtract,
  unequal,
  value,
  vector,
  when,
  whilst,
  wide,
  wideAnd,
  widen,
  wideOr,
  wideShiftLeft,
  wideShiftRight,
  wideSubtract,
  xor,
} from "./wasm_expressions.ts";

/** Parameters; the lengths become where input and output end. */
const [INPUT, INPUT_END, OUTPUT, OUTPUT_END, SCRATCH] = [0, 1, 2, 3, 4];
const PARAMETERS = 5;
const [START, FAST_END, LEFT, ENTRY_LOCAL, LENGTH, DISTANCE, FROM, END, LAST, TYPE] = [
  ...[5, 6, 7, 8, 9, 10, 11, 12, 13, 14],
];
const [LITERALS, DISTANCES, INDEX, TOTAL, SYMBOL, REPEAT, SUM] = [15, 16, 17, 18, 19, 20, 21];
const LOCALS = 17;
/**
 * Bits that were read. The lowest two were used already; so the bits behind them, with these left
 * out, are places in a table of entries of four bytes, and need not be shifted.
 */
const BITS = 22;

/** Bytes that one turn of the fast loop may write: four pairs of literals, a match, and what it spills. */
const FAST_BYTES = 288;
/** Bits are read this many bytes ahead at most. */
const AHEAD_BYTES = 8;
const ADLER_BYTES = 4;

/**
 * Fills `BITS` up to at least 56, with the used ones. Of `LEFT`, their number, only the lowest six bits count, so
 * that whole entries may be subtracted from it.
 */
const refill: Code = code(
  set(BITS, wideOr(get(BITS), wideShiftLeft(load64(get(INPUT)), widen(get(LEFT))))),
  increase(INPUT, and(shiftRight(xor(get(LEFT), 63), 3), 7)),
  set(LEFT, or(get(LEFT), 56)),
);

/** Drops as many bits as the lowest six bits of a number say. */
const drop = (bits: Operand): Code =>
  code(
    set(BITS, wideShiftRight(get(BITS), widen(bits))),
    set(LEFT, subtract(get(LEFT), bits)),
  );

/** The lowest bits that are not used yet, four times as much as they say. */
const lowBits4 = (count: Operand): Code => and(narrow(get(BITS)), subtract(shiftLeft(4, count), 4));

const lowBits = (count: Operand): Code => shiftRight(lowBits4(count), USED_BITS);

/** The entry of the first table for the bits that come next. */
const lookUp = (place: number, rootBits: number): Code =>
  set(
    ENTRY_LOCAL,
    load32(
      add(get(SCRATCH), and(narrow(get(BITS)), (4 << rootBits) - 4)),
      place,
    ),
  );

const has = (mark: number): Code => and(get(ENTRY_LOCAL), mark);

/** Goes on from an entry that links to a further table. */
const followLink = (place: number, rootBits: number): Code =>
  code(
    drop(rootBits),
    set(
      ENTRY_LOCAL,
      load32(
        add(
          get(SCRATCH),
          add(
            shiftLeft(shiftRight(get(ENTRY_LOCAL), 16), 2),
            lowBits4(and(shiftRight(get(ENTRY_LOCAL), 8), 31)),
          ),
        ),
        place,
      ),
    ),
  );

/** Base of the entry plus its extra bits; drops the code and these. */
const takeNumber = (local: number): Code =>
  code(
    set(
      local,
      add(
        shiftRight(get(ENTRY_LOCAL), 16),
        narrow(
          wideShiftRight(
            wideAnd(
              get(BITS),
              wideSubtract(wideShiftLeft(wide(4), widen(get(ENTRY_LOCAL))), wide(1)),
            ),
            widen(and(shiftRight(get(ENTRY_LOCAL), 8), 31)),
          ),
        ),
      ),
    ),
    drop(get(ENTRY_LOCAL)),
  );

/** Writes one literal or two. */
const putLiterals: Code = code(
  drop(get(ENTRY_LOCAL)),
  store16(get(OUTPUT), shiftRight(get(ENTRY_LOCAL), 8)),
  increase(OUTPUT, add(and(shiftRight(get(ENTRY_LOCAL), 30), 1), 1)),
);

const isLiteral: Code = less(get(ENTRY_LOCAL), 0);

/** From the entry of a length to the length, and to where its bytes are. */
const takeMatch: Code = code(
  takeNumber(LENGTH),
  lookUp(PLACE.distances, ROOT_BITS.distances),
  when(
    has(ENTRY.special),
    code(
      when(equal(has(ENTRY.link), 0), giveBack(1)),
      followLink(PLACE.distances, ROOT_BITS.distances),
      when(has(ENTRY.special), giveBack(1)),
    ),
  ),
  takeNumber(DISTANCE),
  when(above(get(DISTANCE), subtract(get(OUTPUT), get(START))), giveBack(1)),
  set(FROM, subtract(get(OUTPUT), get(DISTANCE))),
  set(END, add(get(OUTPUT), get(LENGTH))),
);

const copyWords: Code = code(
  store64(get(OUTPUT), load64(get(FROM))),
  increase(OUTPUT, 8),
  increase(FROM, 8),
);

/** Copies a match in steps of 16 or 8 bytes, beyond its end if need be. */
const copyFast: Code = code(
  when(
    above(get(DISTANCE), 15),
    repeatWhile(
      code(
        vector.store(get(OUTPUT), vector.load(get(FROM))),
        increase(OUTPUT, 16),
        increase(FROM, 16),
      ),
      below(get(OUTPUT), get(END)),
    ),
    code(
      // What repeats within eight bytes is written again and again, twice as much each time.
      whilst(
        below(get(DISTANCE), 8),
        code(
          store64(get(OUTPUT), load64(get(FROM))),
          increase(OUTPUT, get(DISTANCE)),
          set(DISTANCE, shiftLeft(get(DISTANCE), 1)),
        ),
      ),
      whilst(below(get(OUTPUT), get(END)), copyWords),
    ),
  ),
  set(OUTPUT, get(END)),
);

const copyBytewise: Code = code(
  when(above(get(END), get(OUTPUT_END)), giveBack(1)),
  whilst(
    below(get(OUTPUT), get(END)),
    code(store8(get(OUTPUT), load8(get(FROM))), increase(OUTPUT, 1), increase(FROM, 1)),
  ),
);

/**
 * What is done with an entry that is no literal, inside of the loop of a block; at the end of the
 * block it leaves the loop, and the block of instructions around it.
 */
const takeSpecial = (put: Code): Code =>
  when(
    has(ENTRY.special),
    code(
      when(
        has(ENTRY.link),
        code(
          followLink(PLACE.literals, ROOT_BITS.literals),
          when(isLiteral, code(put, branch(3))),
        ),
      ),
      when(
        has(ENTRY.special),
        code(
          when(equal(has(ENTRY.end), 0), giveBack(1)),
          drop(get(ENTRY_LOCAL)),
          branch(4),
        ),
      ),
    ),
  );

const lookUpLiteral = lookUp(PLACE.literals, ROOT_BITS.literals);

/** Up to four literals or pairs of them by one refill; goes back to the start of the loop then. */
const fastLiterals: Code = when(
  isLiteral,
  code(
    putLiterals,
    lookUpLiteral,
    when(
      isLiteral,
      code(
        putLiterals,
        lookUpLiteral,
        when(
          isLiteral,
          code(putLiterals, lookUpLiteral, when(isLiteral, code(putLiterals, branch(4)))),
        ),
      ),
    ),
    refill,
  ),
);

/** The input may be read to a little behind its end; whether it was used up is seen at the end. */
const inputLasts: Code = when(
  above(get(INPUT), add(get(INPUT_END), AHEAD_BYTES)),
  giveBack(1),
);

/**
 * The symbols of a block. Inside of the block of instructions whose end is the end of the data's
 * block: a loop while there is much room, then one that is careful.
 */
const takeSymbols: Code = [
  ...[0x02, 0x40],
  ...whilst(
    below(get(OUTPUT), get(FAST_END)),
    code(
      inputLasts,
      refill,
      lookUpLiteral,
      fastLiterals,
      takeSpecial(putLiterals),
      takeMatch,
      copyFast,
    ),
  ),
  ...whilst(
    value(1),
    code(
      inputLasts,
      refill,
      lookUpLiteral,
      when(
        isLiteral,
        code(
          putLiterals,
          when(above(get(OUTPUT), get(OUTPUT_END)), giveBack(1)),
          branch(1),
        ),
      ),
      takeSpecial(
        code(putLiterals, when(above(get(OUTPUT), get(OUTPUT_END)), giveBack(1))),
      ),
      takeMatch,
      copyBytewise,
    ),
  ),
  0x0b,
];

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
      0,
      ...[lengths, count, rootBits, add(get(SCRATCH), table), add(get(SCRATCH), symbols)],
      get(SCRATCH),
    ),
    giveBack(1),
  );

/** Repeats a length of a code so often; the length is on the stack. */
const repeatLength = (length: Operand, least: number, bits: number): Code =>
  code(
    set(REPEAT, add(lowBits(bits), least)),
    drop(bits),
    set(SYMBOL, length),
    when(above(add(get(INDEX), get(REPEAT)), get(TOTAL)), giveBack(1)),
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
  when(or(above(get(LITERALS), 286), above(get(DISTANCES), 30)), giveBack(1)),
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
      lookUp(PLACE.lengthCodes, ROOT_BITS.lengths),
      when(has(ENTRY.special), giveBack(1)),
      drop(get(ENTRY_LOCAL)),
      set(SYMBOL, shiftRight(get(ENTRY_LOCAL), 16)),
      when(
        below(get(SYMBOL), 16),
        code(store8(lengthAt(get(INDEX)), get(SYMBOL)), increase(INDEX, 1)),
        when(
          equal(get(SYMBOL), 16),
          code(
            when(equal(get(INDEX), 0), giveBack(1)),
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
  when(equal(load8(lengthAt(256)), 0), giveBack(1)),
);

/** Gives whole bytes back that were read and not used. */
const dropBytes: Code = set(
  INPUT,
  subtract(get(INPUT), shiftRight(subtract(and(get(LEFT), 63), USED_BITS), 3)),
);

const storedBlock: Code = code(
  dropBytes,
  set(BITS, wide(0)),
  set(LEFT, USED_BITS),
  when(above(add(get(INPUT), 4), get(INPUT_END)), giveBack(1)),
  set(LENGTH, load16(get(INPUT))),
  when(unequal(xor(get(LENGTH), load16(get(INPUT), 2)), 0xffff), giveBack(1)),
  increase(INPUT, 4),
  when(above(get(LENGTH), subtract(get(INPUT_END), get(INPUT))), giveBack(1)),
  when(above(get(LENGTH), subtract(get(OUTPUT_END), get(OUTPUT))), giveBack(1)),
  copyBytes(get(OUTPUT), get(INPUT), get(LENGTH)),
  increase(INPUT, get(LENGTH)),
  increase(OUTPUT, get(LENGTH)),
);

const codedBlock: Code = code(
  when(equal(get(TYPE), 1), fixedLengths, dynamicLengths),
  makeTable(lengthAt(0), get(LITERALS), ROOT_BITS.literals, PLACE.literals, PLACE.literalSymbols),
  makeTable(
    ...[lengthAt(get(LITERALS)), get(DISTANCES), ROOT_BITS.distances, PLACE.distances] as const,
    PLACE.distanceSymbols,
  ),
  takeSymbols,
);

/** The two bytes before the data: the method, and no dictionary. */
const checkHeader: Code = code(
  when(less(subtract(get(INPUT_END), get(INPUT)), 2 + ADLER_BYTES), giveBack(1)),
  set(SYMBOL, load8(get(INPUT))),
  set(TYPE, load8(get(INPUT), 1)),
  when(unequal(and(get(SYMBOL), 15), 8), giveBack(1)),
  when(above(get(SYMBOL), 0x7f), giveBack(1)),
  when(and(get(TYPE), 0x20), giveBack(1)),
  when(remainder(add(shiftLeft(get(SYMBOL), 8), get(TYPE)), 31), giveBack(1)),
  increase(INPUT, 2),
);

/** All output must be there, and have the sum that follows the data. */
const checkEnd: Code = code(
  when(unequal(get(OUTPUT), get(OUTPUT_END)), giveBack(1)),
  dropBytes,
  when(above(add(get(INPUT), ADLER_BYTES), get(INPUT_END)), giveBack(1)),
  set(SUM, 0),
  ...[0, 1, 2, 3].map((k) => set(SUM, or(shiftLeft(get(SUM), 8), load8(get(INPUT), k)))),
  unequal(get(SUM), call(1, get(START), subtract(get(OUTPUT_END), get(START)))),
);

/**
 * Inflates a zlib stream: takes its address and length, the address for the output and the output's
 * length, and the address of the scratch memory. Gives 0 when that many bytes came out and their
 * Adler-32 is right, and 1 otherwise. Calls `makeTable` as function 0 and `adler32` as function 1.
 */
export const inflate: WasmFunction = {
  name: "inflate",
  parameters: PARAMETERS,
  result: true,
  i32Locals: LOCALS,
  i64Locals: 1,
  code: code(
    increase(INPUT_END, get(INPUT)),
    set(START, get(OUTPUT)),
    increase(OUTPUT_END, get(OUTPUT)),
    // With little output, the place may lie before the output, and the fast loop is left out.
    set(FAST_END, get(OUTPUT)),
    when(
      above(subtract(get(OUTPUT_END), get(OUTPUT)), FAST_BYTES),
      set(FAST_END, subtract(get(OUTPUT_END), FAST_BYTES)),
    ),
    checkHeader,
    set(LEFT, USED_BITS),
    repeatWhile(
      code(
        inputLasts,
        refill,
        set(LAST, lowBits(1)),
        drop(1),
        set(TYPE, lowBits(2)),
        drop(2),
        when(equal(get(TYPE), 3), giveBack(1)),
        when(get(TYPE), codedBlock, storedBlock),
      ),
      equal(get(LAST), 0),
    ),
    checkEnd,
  ),
};
