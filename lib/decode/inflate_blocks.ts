/**
 * The function, in WebAssembly, that inflates a zlib stream.
 *
 * @module
 * @see {@link https://www.rfc-editor.org/rfc/rfc1950} for the stream
 */
import { FAST_BYTES } from "./inflate_fast.ts";
import { ADVANCED, ENTRY, FUNCTION, PHASE, STATE, USED_BITS } from "./inflate_scratch.ts";
import { takeMatch } from "./inflate_match.ts";
import { makeCodes } from "./inflate_codes.ts";
import { inputLasts, LOCAL, LOCAL_COUNTS, refuse, stateAt, strand } from "./inflate_locals.ts";
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

const { scratch: SCRATCH, place: PLACE_LOCAL, inputEnd: INPUT_END, output: OUTPUT } = LOCAL;
const { start: START, fastEnd: FAST_END, input: INPUT, length: LENGTH, from: FROM } = LOCAL;
const { end: END, outputEnd: OUTPUT_END, phase: PHASE_LOCAL, last: LAST, type: TYPE } = LOCAL;
const { symbol: SYMBOL, sum: SUM, left: LEFT, seen: SEEN } = LOCAL;
const { refill, isLiteral, putLiterals } = strand;
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

const outputLasts: Code = when(above(get(OUTPUT), get(OUTPUT_END)), refuse);

const keep = (name: "phase" | "last", local: number): Code =>
  store32(get(SCRATCH), get(local), stateAt(name));
const fetch = (name: "phase" | "last" | "outputEnd", local: number): Code =>
  set(local, load32(get(SCRATCH), stateAt(name)));

const matchesAreFrequent: Code = below(
  subtract(get(SEEN), BOTH_KINDS.least),
  BOTH_KINDS.most - BOTH_KINDS.least + 1,
);
const codeIsFixed: Code = load32(get(SCRATCH), stateAt("fixed"));

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
      // Each kind has its number, so that these add up.
      giveBack(add(add(matchesAreFrequent, ADVANCED.literals), shiftLeft(codeIsFixed, 1))),
    ),
  ),
);

const copyBytewise: Code = code(
  when(above(get(END), get(OUTPUT_END)), refuse),
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
          when(equal(has(ENTRY.end), 0), refuse),
          drop(strand.lengthBits),
          branch(3),
        ),
      ),
      takeMatch(strand, () => refuse),
      copyBytewise,
    ),
  ),
  set(LEFT, subtract(get(LEFT), 1)),
  when(equal(get(LEFT), 0), code(leaveToFast, startSample)),
)));

const takeSymbols: Code = code(startSample, takeOneByOne);

/** The byte behind the one that the last used bit is in. */
const findInput: Code = set(INPUT, shiftRight(add(get(PLACE_LOCAL), USED_BITS + 7), 3));
const setPlace = (input: Code): Code => set(PLACE_LOCAL, subtract(shiftLeft(input, 3), USED_BITS));

const storedBlock: Code = code(
  findInput,
  when(above(add(get(INPUT), 4), get(INPUT_END)), refuse),
  set(LENGTH, load16(get(INPUT))),
  when(unequal(xor(get(LENGTH), load16(get(INPUT), 2)), 0xffff), refuse),
  increase(INPUT, 4),
  when(above(get(LENGTH), subtract(get(INPUT_END), get(INPUT))), refuse),
  when(above(get(LENGTH), subtract(get(OUTPUT_END), get(OUTPUT))), refuse),
  copyBytes(get(OUTPUT), get(INPUT), get(LENGTH)),
  setPlace(add(get(INPUT), get(LENGTH))),
  increase(OUTPUT, get(LENGTH)),
);

const codedBlock: Code = code(makeCodes, takeSymbols);

/** The two bytes before the data: the method, and no dictionary. */
const checkHeader: Code = code(
  findInput,
  when(less(subtract(get(INPUT_END), get(INPUT)), 2 + ADLER_BYTES), refuse),
  set(SYMBOL, load8(get(INPUT))),
  set(TYPE, load8(get(INPUT), 1)),
  when(unequal(and(get(SYMBOL), 15), 8), refuse),
  when(above(get(SYMBOL), 0x7f), refuse),
  when(and(get(TYPE), 0x20), refuse),
  when(remainder(add(shiftLeft(get(SYMBOL), 8), get(TYPE)), 31), refuse),
  setPlace(add(get(INPUT), 2)),
);

/** All output must be there, and have the sum that follows the data. */
const checkEnd: Code = code(
  when(unequal(get(OUTPUT), get(OUTPUT_END)), refuse),
  findInput,
  when(above(add(get(INPUT), ADLER_BYTES), get(INPUT_END)), refuse),
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
      when(equal(get(TYPE), 3), refuse),
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
  parameters: LOCAL_COUNTS.parameters,
  result: true,
  i32Locals: LOCAL_COUNTS.i32,
  i64Locals: LOCAL_COUNTS.i64,
  code: code(
    strand.load,
    fetch("outputEnd", OUTPUT_END),
    fetch("phase", PHASE_LOCAL),
    fetch("last", LAST),
    when(equal(get(PHASE_LOCAL), PHASE.refused), refuse),
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
