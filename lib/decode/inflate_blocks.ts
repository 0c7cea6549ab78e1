/**
 * The function, in WebAssembly, that inflates a zlib stream.
 *
 * @module
 * @see {@link https://www.rfc-editor.org/rfc/rfc1950} for the stream
 */
import { FAST_BYTES } from "./inflate_fast.ts";
import {
  ADVANCED,
  ENTRY,
  FUNCTION,
  PHASE,
  PLACE,
  ROOT_BITS,
  STATE,
  USED_BITS,
} from "./inflate_scratch.ts";
import { takeMatch } from "./inflate_match.ts";
import { Strand } from "./inflate_strand.ts";
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
  load8,
  loopForever,
  type Operand,
  or,
  remainder,
  repeatWhile,
  set,
  shiftLeft,
  shiftRight,
  store32,
  store8,
  subtract,
  unequal,
  when,
  whilst,
  within,
  xor,
} from "./wasm_expressions.ts";

/** Address of the scratch memory, in which the state of the stream is. */
const SCRATCH = 0;
const PARAMETERS = 1;
const [PLACE_LOCAL, INPUT_END, OUTPUT, START, FAST_END, INPUT, ENTRY_LOCAL, LENGTH, DISTANCE] = [
  1,
  2,
  3,
  4,
  5,
  6,
  7,
  8,
  9,
];
const [FROM, END] = [10, 11];
const [OUTPUT_END, PHASE_LOCAL, LAST, TYPE, LITERALS, DISTANCES] = [12, 13, 14, 15, 16, 17];
const [INDEX, TOTAL, SYMBOL, REPEAT, SUM, LEFT, SEEN] = [18, 19, 20, 21, 22, 23, 24];
const [ENTRY_INDEX, KIND] = [25, 26];
const LOCALS = 26;
const BITS = 27;

const strand = new Strand({ local: SCRATCH }, {
  ...{ place: PLACE_LOCAL, inputEnd: INPUT_END, output: OUTPUT, start: START },
  ...{ fastEnd: FAST_END, entry: ENTRY_LOCAL, length: LENGTH },
  ...{ distance: DISTANCE, from: FROM, end: END, index: ENTRY_INDEX, bits: BITS },
});
const { refill, isLiteral, putLiterals, inputUsedUp } = strand;
const drop = strand.drop.bind(strand);
const lowBits = strand.lowBits.bind(strand);
const has = strand.has.bind(strand);

/**
 * The fast loops come back after so many bytes: engines change to code that they have optimized when
 * a function is called, and not inside of it.
 */
const FAST_STEP = 256 * 1024;
const ADLER_BYTES = 4;

/** So many symbols are taken one at a time, to see of what kind those are that come. */
const SAMPLE = 64;
/** Where so many of them are literals, or fewer, the loops for both kinds are faster than those for runs. */
const BOTH_KINDS = { least: 20, most: 47 } as const;

const refuse = (): Code => giveBack(ADVANCED.refused);
const inputLasts: Code = when(inputUsedUp, refuse());
const outputLasts: Code = when(above(get(OUTPUT), get(OUTPUT_END)), refuse());

const stateAt = (name: keyof typeof STATE): number => PLACE.state + STATE[name];
const keep = (name: "phase" | "last", local: number): Code =>
  store32(get(SCRATCH), get(local), stateAt(name));
const fetch = (name: "phase" | "last" | "outputEnd", local: number): Code =>
  set(local, load32(get(SCRATCH), stateAt(name)));

/** Leaves the stream to the fast loops where there is room for them. */
const leaveToFast: Code = code(
  // With little output, the place may lie before the output, and the fast loops are left out.
  set(FAST_END, get(START)),
  when(
    above(subtract(get(OUTPUT_END), get(OUTPUT)), FAST_BYTES),
    code(
      set(FAST_END, subtract(get(OUTPUT_END), FAST_BYTES)),
      when(
        above(subtract(get(FAST_END), get(OUTPUT)), FAST_STEP),
        set(FAST_END, add(get(OUTPUT), FAST_STEP)),
      ),
    ),
  ),
  when(
    below(get(OUTPUT), get(FAST_END)),
    code(
      set(PHASE_LOCAL, PHASE.symbols),
      keep("phase", PHASE_LOCAL),
      keep("last", LAST),
      strand.save,
      set(
        KIND,
        below(subtract(get(SEEN), BOTH_KINDS.least), BOTH_KINDS.most - BOTH_KINDS.least + 1),
      ),
      when(
        load32(get(SCRATCH), stateAt("fixed")),
        giveBack(add(get(KIND), ADVANCED.fixedLiterals)),
      ),
      giveBack(add(get(KIND), ADVANCED.literals)),
    ),
  ),
);

const copyBytewise: Code = code(
  when(above(get(END), get(OUTPUT_END)), refuse()),
  whilst(
    below(get(OUTPUT), get(END)),
    code(store8(get(OUTPUT), load8(get(FROM))), increase(OUTPUT, 1), increase(FROM, 1)),
  ),
);

const startSample: Code = code(set(LEFT, SAMPLE), set(SEEN, 0));

/**
 * Symbols of a block, one at a time, to its end or until there is room for the fast loops again. The
 * block of instructions ends with the data's block.
 */
const takeOneByOne: Code = within(loopForever(code(
  inputLasts,
  refill,
  strand.lookUpLiteral,
  when(
    equal(has(ENTRY.special | ENTRY.link), ENTRY.special | ENTRY.link),
    strand.followLiteral,
  ),
  when(
    isLiteral,
    code(putLiterals, outputLasts, increase(SEEN, 1)),
    code(
      when(
        has(ENTRY.special),
        code(
          when(equal(has(ENTRY.end), 0), refuse()),
          drop(strand.lengthBits),
          branch(3),
        ),
      ),
      takeMatch(strand, refuse),
      copyBytewise,
    ),
  ),
  set(LEFT, subtract(get(LEFT), 1)),
  when(equal(get(LEFT), 0), code(leaveToFast, startSample)),
)));

const takeSymbols: Code = code(startSample, takeOneByOne);

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
      strand.lookUp(PLACE.lengthCodes, ROOT_BITS.lengths),
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

/** The byte behind the one that the last used bit is in. */
const findInput: Code = set(INPUT, shiftRight(add(get(PLACE_LOCAL), USED_BITS + 7), 3));
const setPlace = (input: Code): Code => set(PLACE_LOCAL, subtract(shiftLeft(input, 3), USED_BITS));

const storedBlock: Code = code(
  findInput,
  when(above(add(get(INPUT), 4), get(INPUT_END)), giveBack(1)),
  set(LENGTH, load16(get(INPUT))),
  when(unequal(xor(get(LENGTH), load16(get(INPUT), 2)), 0xffff), giveBack(1)),
  increase(INPUT, 4),
  when(above(get(LENGTH), subtract(get(INPUT_END), get(INPUT))), giveBack(1)),
  when(above(get(LENGTH), subtract(get(OUTPUT_END), get(OUTPUT))), giveBack(1)),
  copyBytes(get(OUTPUT), get(INPUT), get(LENGTH)),
  setPlace(add(get(INPUT), get(LENGTH))),
  increase(OUTPUT, get(LENGTH)),
);

const codedBlock: Code = code(
  store32(get(SCRATCH), equal(get(TYPE), 1), stateAt("fixed")),
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
  findInput,
  when(less(subtract(get(INPUT_END), get(INPUT)), 2 + ADLER_BYTES), giveBack(1)),
  set(SYMBOL, load8(get(INPUT))),
  set(TYPE, load8(get(INPUT), 1)),
  when(unequal(and(get(SYMBOL), 15), 8), giveBack(1)),
  when(above(get(SYMBOL), 0x7f), giveBack(1)),
  when(and(get(TYPE), 0x20), giveBack(1)),
  when(remainder(add(shiftLeft(get(SYMBOL), 8), get(TYPE)), 31), giveBack(1)),
  setPlace(add(get(INPUT), 2)),
);

/** All output must be there, and have the sum that follows the data. */
const checkEnd: Code = code(
  when(unequal(get(OUTPUT), get(OUTPUT_END)), giveBack(1)),
  findInput,
  when(above(add(get(INPUT), ADLER_BYTES), get(INPUT_END)), giveBack(1)),
  set(SUM, 0),
  ...[0, 1, 2, 3].map((k) => set(SUM, or(shiftLeft(get(SUM), 8), load8(get(INPUT), k)))),
  unequal(get(SUM), call(FUNCTION.adler32, get(START), subtract(get(OUTPUT_END), get(START)))),
);

/** The blocks from the current place on, and what is behind the last. */
const takeBlocks: Code = code(
  whilst(
    equal(get(LAST), 0),
    code(
      inputLasts,
      refill,
      set(LAST, lowBits(1)),
      drop(1),
      set(TYPE, lowBits(2)),
      drop(2),
      when(equal(get(TYPE), 3), refuse()),
      when(get(TYPE), codedBlock, storedBlock),
    ),
  ),
  checkEnd,
);

/**
 * Goes on with the stream whose scratch memory it is given until it ends, or the fast loops can take
 * over. Calls `makeTable` as function 0 and `adler32` as function 1.
 */
export const advance: WasmFunction = {
  name: "advance",
  parameters: PARAMETERS,
  result: true,
  i32Locals: LOCALS,
  i64Locals: 1,
  code: code(
    strand.load,
    fetch("outputEnd", OUTPUT_END),
    fetch("phase", PHASE_LOCAL),
    fetch("last", LAST),
    when(equal(get(PHASE_LOCAL), PHASE.refused), refuse()),
    when(equal(get(PHASE_LOCAL), PHASE.header), checkHeader),
    when(equal(get(PHASE_LOCAL), PHASE.symbols), takeSymbols),
    takeBlocks,
  ),
};

/**
 * Makes a stream ready: takes the address of the scratch memory, those of input and output, each with
 * its length.
 */
export const begin: WasmFunction = {
  name: "begin",
  parameters: 5,
  i32Locals: 0,
  i64Locals: 0,
  code: (() => {
    const [scratch, input, inputBytes, output, outputBytes] = [0, 1, 2, 3, 4];
    const put = (name: keyof typeof STATE, what: Operand) =>
      store32(get(scratch), what, stateAt(name));
    return code(
      put("place", subtract(shiftLeft(get(input), 3), USED_BITS)),
      put("inputEnd", add(get(input), get(inputBytes))),
      ...[put("output", get(output)), put("start", get(output))],
      put("outputEnd", add(get(output), get(outputBytes))),
      ...[put("phase", PHASE.header), put("last", 0)],
    );
  })(),
};
