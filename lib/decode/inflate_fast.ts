/**
 * The loops, in WebAssembly, in which deflated streams spend nearly all of their time. What is not
 * usual (the end of a block, of the input or of the output) they leave to `inflate_blocks.ts`.
 *
 * A symbol cannot be looked up before the one before it is known, so that a processor mostly waits
 * where one stream is inflated alone. Two streams that take turns need hardly more time than one.
 *
 * @module
 */
import { ENTRY, PHASE, PLACE, STATE } from "./inflate_scratch.ts";
import { Strand } from "./inflate_strand.ts";
import type { WasmFunction } from "./wasm_code.ts";
import {
  atLeast,
  branch,
  branchIf,
  type Code,
  code,
  equal,
  get,
  loopForever,
  when,
  within,
} from "./wasm_expressions.ts";

/** Bytes that one turn may write: five pairs of literals, a match, and what it spills. */
export const FAST_BYTES = 288;
/** Literals, or pairs of them, for which the bits of one refill last. */
const MOST_LOOKS = 5;

const I32_LOCALS = 10;

/** Locals of the stream with that number. */
function strandAt(address: number, index: number, count: number): Strand {
  const local = (k: number) => index * I32_LOCALS + k;
  return new Strand({ address }, {
    ...{ place: local(0), inputEnd: local(1), output: local(2), start: local(3) },
    ...{ fastEnd: local(4), entry: local(5), length: local(6) },
    ...{ distance: local(7), from: local(8), end: local(9) },
    bits: count * I32_LOCALS + index,
  });
}

/** What a function of {@link fastLoop} is for. */
export interface FastLoopOptions {
  /** Addresses of the scratch memory of the streams that take turns. */
  readonly scratch: readonly number[];
  /**
   * Matches are about as frequent as literals. Whether a second literal follows the first can then
   * hardly be foreseen, and it is cheaper not to branch on that.
   */
  readonly manyMatches?: boolean;
}

/**
 * One turn of a stream: up to five literals or pairs of them, and the match behind fewer. In a block
 * of instructions, `leave` levels inside of the one that ends the loop.
 */
function turn(strand: Strand, leave: number, manyMatches: boolean): Code {
  const { putLiterals, lookUpLiteral, isLiteral, refill } = strand;
  const enter = (phase: number) => strand.keep(PLACE.state + STATE.phase, phase);
  const refuse = (levels: number) => code(enter(PHASE.refused), branch(leave + levels));
  const foreseen = MOST_LOOKS - (manyMatches ? 1 : 0);
  let literals = code(putLiterals, branch(foreseen));
  for (let look = foreseen; look > 1; look--) {
    const second = manyMatches && look === 2 ? strand.maybeLiterals : [];
    literals = code(putLiterals, lookUpLiteral, second, when(isLiteral, literals));
  }
  const special = when(
    strand.has(ENTRY.special),
    code(
      when(
        strand.has(ENTRY.link),
        code(strand.followLiteral, when(isLiteral, code(putLiterals, branch(3)))),
      ),
      when(
        strand.has(ENTRY.special),
        code(
          when(equal(strand.has(ENTRY.end), 0), refuse(3)),
          strand.drop(get(strand.locals.entry)),
          enter(PHASE.ended),
          branch(leave + 2),
        ),
      ),
    ),
  );
  return within(code(
    refill,
    lookUpLiteral,
    when(isLiteral, code(literals, refill)),
    special,
    strand.takeMatch(refuse),
    strand.copyFast,
  ));
}

/**
 * A function that takes symbols of streams in turns until something is not usual in one of them. Their
 * states are in their scratch memory, before and after.
 */
export function fastLoop(
  name: string,
  { scratch, manyMatches = false }: FastLoopOptions,
): WasmFunction {
  const count = scratch.length;
  const strands = scratch.map((address, i) => strandAt(address, i, count));
  // Inside of a turn: its own block, the loop, and the block around that.
  const leave = 2;
  return {
    name,
    parameters: 0,
    i32Locals: count * I32_LOCALS,
    i64Locals: count,
    code: code(
      ...strands.map(({ load }) => load),
      within(loopForever(code(
        ...strands.flatMap(({ inputUsedUp, locals: { output, fastEnd } }) => [
          branchIf(1, atLeast(get(output), get(fastEnd))),
          branchIf(1, inputUsedUp),
        ]),
        ...strands.map((strand) => turn(strand, leave, manyMatches)),
      ))),
      ...strands.map(({ save }) => save),
    ),
  };
}
