/**
 * The function, in WebAssembly, that makes a decoding table from the lengths of the codes.
 *
 * @module
 */
import {
  ENTRY,
  ENTRY_BYTES,
  ENTRY_PART,
  LITERAL_END,
  PLACE,
  ROOT_BITS,
  TABLE_ENTRIES,
} from "./inflate_scratch.ts";
import { fillJoined, isWorthJoining, type JoinLocals } from "./inflate_joined.ts";
import type { WasmFunction } from "./wasm_code.ts";
import {
  above,
  add,
  and,
  atLeast,
  below,
  branchIf,
  type Code,
  code,
  equal,
  get,
  giveBack,
  increase,
  less,
  load16,
  load32,
  load64,
  load8,
  or,
  set,
  shiftLeft,
  shiftRight,
  store16,
  store32,
  store64,
  store8,
  subtract,
  unequal,
  value,
  when,
  whilst,
  wide,
  wideAdd,
  wideMultiply,
  widen,
} from "./wasm_expressions.ts";

/** Parameters of the function. */
const [LENGTHS, COUNT, ROOT, TABLE, SYMBOLS, SCRATCH] = [0, 1, 2, 3, 4, 5];
const PARAMETERS = 6;
const LOCALS = 15;
/** An entry, with its second word. */
const WIDE = PARAMETERS + LOCALS;
const ENTRY_SHIFT = Math.log2(ENTRY_BYTES);
const [I, LENGTH, MOST, LEFT, CODE, ENTRY_LOCAL, SYMBOL] = [6, 7, 8, 9, 10, 11, 12];
const [NEXT, PREFIX, BASE, SUB_BITS, J, BIT, SECOND] = [13, 14, 15, 16, 17, 18, 19];
/** Bits of the shortest code of a literal. */
const LEAST = 20;
const JOIN: JoinLocals = {
  ...{ scratch: SCRATCH, symbol: SYMBOL, length: LENGTH, wide: WIDE, place: J },
  ...{ distance: SECOND, bits: BIT },
};

/** Longest code. */
const MOST_BITS = 15;
const LITERALS = 256;

const word = (place: number, index: Code): Code =>
  add(add(get(SCRATCH), place), shiftLeft(index, 2));
const entryAt = (index: Code): Code => add(get(TABLE), shiftLeft(index, ENTRY_SHIFT));
const lengthOf = (symbol: Code): Code => load8(add(get(LENGTHS), symbol));
const countOf = (length: Code): Code => load32(word(PLACE.counts, length));
const setCount = (length: Code, count: Code): Code => store32(word(PLACE.counts, length), count);
const one = (bits: Code): Code => shiftLeft(1, bits);

/** Does something for each number from `first` while it is below `end`. */
function each(local: number, first: Code | number, end: Code | number, body: Code): Code {
  return code(set(local, first), whilst(less(get(local), end), code(body, increase(local, 1))));
}

/** Counts the codes of each length, and finds the longest. */
const countLengths: Code = code(
  each(I, 0, MOST_BITS + 1, setCount(get(I), value(0))),
  each(
    I,
    0,
    get(COUNT),
    code(set(LENGTH, lengthOf(get(I))), setCount(get(LENGTH), add(countOf(get(LENGTH)), 1))),
  ),
  set(MOST, MOST_BITS),
  whilst(
    and(above(get(MOST), 0), equal(countOf(get(MOST)), 0)),
    set(MOST, subtract(get(MOST), 1)),
  ),
);

/** Leaves the codes that are not given in `LEFT`; too many end the function. */
const checkLengths: Code = code(
  set(LEFT, 1),
  each(
    LENGTH,
    1,
    MOST_BITS + 1,
    code(
      set(LEFT, subtract(shiftLeft(get(LEFT), 1), countOf(get(LENGTH)))),
      when(less(get(LEFT), 0), giveBack(1)),
    ),
  ),
  when(
    above(get(LEFT), 0),
    code(
      // One code of one bit, or none, is all that may be incomplete, and not for lengths.
      when(above(get(MOST), 1), giveBack(1)),
      when(equal(get(ROOT), ROOT_BITS.lengths), giveBack(1)),
      each(I, 0, one(get(ROOT)), store64(entryAt(get(I)), wide(ENTRY.special))),
    ),
  ),
);

/** Puts the symbols that have a code in the order of their codes. */
const sortSymbols: Code = code(
  store32(add(get(SCRATCH), PLACE.offsets + 4), 0),
  each(
    LENGTH,
    1,
    MOST_BITS,
    store32(
      word(PLACE.offsets, add(get(LENGTH), 1)),
      add(load32(word(PLACE.offsets, get(LENGTH))), countOf(get(LENGTH))),
    ),
  ),
  each(
    SYMBOL,
    0,
    get(COUNT),
    code(
      set(LENGTH, lengthOf(get(SYMBOL))),
      when(
        get(LENGTH),
        code(
          set(J, load32(word(PLACE.offsets, get(LENGTH)))),
          store16(
            add(add(get(SCRATCH), PLACE.sorted), shiftLeft(get(J), 1)),
            get(SYMBOL),
          ),
          store32(word(PLACE.offsets, get(LENGTH)), add(get(J), 1)),
        ),
      ),
    ),
  ),
);

const addBits = (times: number): Code =>
  set(WIDE, wideAdd(get(WIDE), wideMultiply(widen(get(LENGTH)), wide(times))));

/** The entry of a symbol, with a code of `LENGTH` bits. */
const makeEntry: Code = code(
  set(ENTRY_LOCAL, add(get(SYMBOLS), shiftLeft(get(SYMBOL), ENTRY_SHIFT))),
  set(WIDE, load64(get(ENTRY_LOCAL))),
  when(
    load8(get(ENTRY_LOCAL), ENTRY_PART.count),
    addBits(1),
    when(equal(get(ROOT), ROOT_BITS.literals), addBits(2 ** 32 + 0x100), addBits(0x101)),
  ),
);

/** Fills every place from `J` on that lies `1 << LENGTH` apart. */
const fill = (end: Code, address: Code): Code =>
  whilst(
    below(get(J), end),
    code(store64(address, get(WIDE)), increase(J, one(get(LENGTH)))),
  );

/** Opens the table for the codes that start with the bits `PREFIX`. */
const openSubTable: Code = code(
  set(BASE, get(NEXT)),
  set(SUB_BITS, subtract(get(LENGTH), get(ROOT))),
  set(LEFT, one(get(SUB_BITS))),
  whilst(
    below(add(get(SUB_BITS), get(ROOT)), get(MOST)),
    code(
      set(LEFT, subtract(get(LEFT), countOf(add(get(SUB_BITS), get(ROOT))))),
      branchIf(1, less(get(LEFT), 1)),
      increase(SUB_BITS, 1),
      set(LEFT, shiftLeft(get(LEFT), 1)),
    ),
  ),
  increase(NEXT, one(get(SUB_BITS))),
  // More entries than there can be; complete codes never come here.
  when(
    equal(get(ROOT), ROOT_BITS.literals),
    when(above(get(NEXT), TABLE_ENTRIES.literals), giveBack(1)),
    when(above(get(NEXT), TABLE_ENTRIES.distances), giveBack(1)),
  ),
  store64(
    entryAt(get(PREFIX)),
    widen(or(
      or(shiftLeft(get(BASE), 16), ENTRY.special | ENTRY.link),
      shiftLeft(get(SUB_BITS), 8),
    )),
  ),
);

const placeSymbol: Code = when(
  above(get(LENGTH), get(ROOT)),
  code(
    set(J, and(get(CODE), subtract(one(get(ROOT)), 1))),
    when(
      unequal(get(J), get(PREFIX)),
      code(set(PREFIX, get(J)), openSubTable),
    ),
    set(J, shiftRight(get(CODE), get(ROOT))),
    set(LENGTH, subtract(get(LENGTH), get(ROOT))),
    makeEntry,
    fill(one(get(SUB_BITS)), entryAt(add(get(BASE), get(J)))),
    set(LENGTH, add(get(LENGTH), get(ROOT))),
  ),
  code(
    set(J, get(CODE)),
    makeEntry,
    when(
      and(equal(get(ROOT), ROOT_BITS.literals), isWorthJoining(JOIN)),
      fillJoined(JOIN, entryAt),
      fill(one(get(ROOT)), entryAt(get(J))),
    ),
  ),
);

/** Adds one to the code, whose first bit is its lowest. */
const nextCode: Code = code(
  set(BIT, one(subtract(get(LENGTH), 1))),
  whilst(and(get(CODE), get(BIT)), set(BIT, shiftRight(get(BIT), 1))),
  when(
    get(BIT),
    set(CODE, add(and(get(CODE), subtract(get(BIT), 1)), get(BIT))),
    set(CODE, 0),
  ),
);

const placeSymbols: Code = code(
  set(PREFIX, -1),
  set(LEAST, MOST_BITS),
  set(NEXT, one(get(ROOT))),
  set(CODE, 0),
  // Symbols without a code are those that are left.
  set(LEFT, subtract(get(COUNT), countOf(value(0)))),
  set(COUNT, get(LEFT)),
  each(
    I,
    0,
    get(COUNT),
    code(
      set(SYMBOL, load16(add(add(get(SCRATCH), PLACE.sorted), shiftLeft(get(I), 1)))),
      set(LENGTH, lengthOf(get(SYMBOL))),
      when(
        and(below(get(SYMBOL), LITERALS), below(get(LENGTH), get(LEAST))),
        set(LEAST, get(LENGTH)),
      ),
      placeSymbol,
      setCount(get(LENGTH), subtract(countOf(get(LENGTH)), 1)),
      nextCode,
    ),
  ),
);

/** Where the bits of the first table hold two literals, one look gives both. */
const pairLiterals: Code = when(
  and(
    equal(get(ROOT), ROOT_BITS.literals),
    below(shiftLeft(get(LEAST), 1), ROOT_BITS.literals + 1),
  ),
  code(
    set(J, subtract(one(get(ROOT)), 1)),
    whilst(
      atLeast(get(J), 1),
      code(
        set(ENTRY_LOCAL, load32(entryAt(get(J)))),
        when(
          below(get(ENTRY_LOCAL), LITERAL_END),
          code(
            // Entries of fewer bits are still single, since they come later.
            set(NEXT, entryAt(shiftRight(get(J), get(ENTRY_LOCAL)))),
            set(SECOND, load32(get(NEXT))),
            set(BIT, add(get(ENTRY_LOCAL), get(SECOND))),
            when(
              and(
                below(get(SECOND), LITERAL_END),
                below(get(BIT), ROOT_BITS.literals + 1),
              ),
              code(
                store32(entryAt(get(J)), get(BIT)),
                store8(entryAt(get(J)), load8(get(NEXT), ENTRY_PART.bytes), ENTRY_PART.bytes + 1),
                store8(entryAt(get(J)), 2, ENTRY_PART.count),
              ),
            ),
          ),
        ),
        set(J, subtract(get(J), 1)),
      ),
    ),
  ),
);

/**
 * Makes a table: takes the address of the lengths and their number, the bits of the first table, the
 * addresses of the table, of the symbols' entries and of the scratch memory. Gives 0, or 1 where the
 * lengths make no code.
 */
export const makeTable: WasmFunction = {
  parameters: PARAMETERS,
  result: true,
  i32Locals: LOCALS,
  i64Locals: 1,
  code: code(countLengths, checkLengths, sortSymbols, placeSymbols, pairLiterals, value(0)),
};
