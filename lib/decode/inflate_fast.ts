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
  above,
  atLeast,
  branch,
  branchIf,
  type Code,
  code,
  equal,
  get,
  loopForever,
  set,
  subtract,
  unlikely,
  when,
  within,
} from "./wasm_expressions.ts";

/** Bytes that one turn may write: five pairs of literals, a match, and what it spills. */
export const FAST_BYTES = 288;
/** So many bits of a refill may be used where a match without links follows, which has 36. */
const LASTING_BITS = 18;
/** Literals, or pairs of them, for which the bits of one refill last. */
const MOST_LOOKS = 5;

const I32_LOCALS = 12;

/** Locals of the stream with that number. */
function strandAt(scratch: readonly number[], index: number): Strand {
  const local = (k: number) => index * I32_LOCALS + k;
  // What is as far behind as the end of an entry of the first stream's table needs one comparison.
  const bias = Math.max(0, Math.min(...scratch) + PLACE.literals);
  return new Strand({ address: scratch[index], bias }, {
    ...{ place: local(0), inputEnd: local(1), output: local(2), start: local(3) },
    ...{ fastEnd: local(4), entry: local(5), length: local(6) },
    ...{ distance: local(7), from: local(8), end: local(9), index: local(10) },
    bits: scratch.length * I32_LOCALS + index,
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
  readonly manyMatches?: number;
}

/**
 * One turn of a stream: up to five literals or pairs of them, and the match behind fewer. In a block
 * of instructions, `leave` levels inside of the one that ends the loop.
 */
function turn(strand: Strand, leave: number, manyMatches: number): Code {
  const { putLiterals, lookUpLiteral, isLiteral, refill } = strand;
  const { place, from } = strand.locals;
  const enter = (phase: number) => strand.keep(PLACE.state + STATE.phase, phase);
  const refuse = (levels: number) => code(enter(PHASE.refused), branch(leave + levels));
  const unlessLiteral = (levels: number) => branchIf(levels, equal(isLiteral, 0));
  const take = (levels: number) => code(putLiterals, lookUpLiteral, unlessLiteral(levels));
  // Of the three blocks, a match that follows needs no refill in one, may need one, or does need it.
  const [now, maybe, refilled, turned] = [2, 1, 0, 3];
  const special = when(
    unlikely(strand.has(ENTRY.special)),
    code(
      when(
        strand.has(ENTRY.link),
        code(strand.followLiteral, when(isLiteral, code(putLiterals, branch(3)))),
      ),
      when(
        strand.has(ENTRY.special),
        code(
          when(equal(strand.has(ENTRY.end), 0), refuse(3)),
          strand.drop(strand.lengthBits),
          enter(PHASE.ended),
          branch(leave + 2),
        ),
      ),
    ),
  );
  const refillIfNeeded = when(above(subtract(get(place), get(from)), LASTING_BITS), refill);
  const manyLiterals = within(code(
    within(code(
      within(code(
        ...[set(from, get(place)), refill, lookUpLiteral, unlessLiteral(now)],
        ...[take(now), take(maybe)],
        ...Array<Code>(MOST_LOOKS - 3).fill(take(refilled)),
        ...[putLiterals, branch(turned)],
      )),
      ...[refill, branch(1)],
    )),
    refillIfNeeded,
  ));
  const someLiterals = code(
    ...[set(from, get(place)), refill, lookUpLiteral],
    ...Array<Code>(manyMatches).fill(strand.maybeLiterals),
    manyMatches > 2 ? refill : manyMatches > 1 ? refillIfNeeded : [],
    branchIf(0, isLiteral),
  );
  return within(code(
    manyMatches ? someLiterals : manyLiterals,
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
  { scratch, manyMatches = 0 }: FastLoopOptions,
): WasmFunction {
  const count = scratch.length;
  const strands = scratch.map((_, i) => strandAt(scratch, i));
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
        ...strands.map(({ locals: { output, fastEnd } }) =>
          branchIf(1, unlikely(atLeast(get(output), get(fastEnd))))
        ),
        ...strands.map((strand) => turn(strand, leave, manyMatches)),
      ))),
      ...strands.map(({ save }) => save),
    ),
  };
}
