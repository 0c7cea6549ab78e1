/**
 * The loops, in WebAssembly, in which deflated streams spend nearly all of their time. What is not
 * usual (the end of a block or of the output) they leave to `inflate_blocks.ts`, which also sees whether
 * input was read beyond its end: what that makes of other bytes ends with the output, and is refused.
 *
 * A symbol cannot be looked up before the one before it is known, so that a processor mostly waits
 * where one stream is inflated alone. Two streams that take turns need hardly more time than one.
 *
 * @module
 */
import { ENTRY, PHASE, PLACE, STATE } from "./inflate_scratch.ts";
import { copyFast, takeMatch } from "./inflate_match.ts";
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
/**
 * A refill gives 54 bits, and a match without links has at most 36: 10 and 5 of its length, 8 and 13 of
 * its distance.
 */
const LASTING_BITS = 18;
/** Literals, or pairs of them, for which the bits of one refill last. */
const MOST_LOOKS = 5;

const I32_LOCALS = 11;

/** Locals of the stream with that number. */
function strandAt(scratch: readonly number[], index: number): Strand {
  const local = (k: number) => index * I32_LOCALS + k;
  // Accesses of eight bytes then share one comparison with those to the table of the first stream.
  const bias = Math.min(...scratch) + PLACE.literals;
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
   * Where matches are frequent: so many symbols before each are taken as what may be literals. Whether
   * one more literal follows can then hardly be foreseen, and it is cheaper not to branch on that.
   */
  readonly beforeMatch?: number;
}

/** Up to five literals or pairs of them, which end the turn; or fewer, and what follows. */
function runOfLiterals(strand: Strand): Code {
  const { putLiterals, lookUpLiteral, isLiteral, refill } = strand;
  // Of the blocks, the bits last in one, they may last, or they do not; the last is that of the turn.
  const [last, mayLast, end, turned] = [2, 1, 0, 3];
  const unlessLiteral = (levels: number) => branchIf(levels, equal(isLiteral, 0));
  const take = (levels: number) => code(putLiterals, lookUpLiteral, unlessLiteral(levels));
  return within(code(
    within(code(
      within(code(
        ...[startTurn(strand), unlessLiteral(last), take(last), take(mayLast)],
        ...Array<Code>(MOST_LOOKS - 3).fill(take(end)),
        ...[putLiterals, branch(turned)],
      )),
      ...[refill, branch(1)],
    )),
    refillIfNeeded(strand),
  ));
}

/** So many symbols that may be literals, and what follows; one more literal ends the turn. */
function maybeLiterals(strand: Strand, count: number): Code {
  return code(
    startTurn(strand),
    ...Array<Code>(count).fill(strand.maybeLiterals),
    refillIfNeeded(strand),
    branchIf(0, strand.isLiteral),
  );
}

/** Remembers where the turn began, in a local that is needed again only behind it. */
function startTurn({ locals: { place, from }, refill, lookUpLiteral }: Strand): Code {
  return code(set(from, get(place)), refill, lookUpLiteral);
}

function refillIfNeeded({ locals: { place, from }, refill }: Strand): Code {
  return when(above(subtract(get(place), get(from)), LASTING_BITS), refill);
}

/**
 * One turn of a stream: some literals, and the match behind them. In a block of instructions, `leave`
 * levels inside of the one that ends the loop.
 */
function turn(strand: Strand, leave: number, beforeMatch: number): Code {
  const enter = (phase: number) => strand.keep(PLACE.state + STATE.phase, phase);
  const refuse = (levels: number) => code(enter(PHASE.refused), branch(leave + levels));
  const special = when(
    unlikely(strand.has(ENTRY.special)),
    code(
      when(
        strand.has(ENTRY.link),
        code(
          strand.followLiteral,
          when(strand.isLiteral, code(strand.putLiterals, branch(3))),
        ),
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
  return within(code(
    beforeMatch > 0 ? maybeLiterals(strand, beforeMatch) : runOfLiterals(strand),
    special,
    takeMatch(strand, refuse),
    copyFast(strand),
  ));
}

/**
 * A function that takes symbols of streams in turns until something is not usual in one of them. Their
 * states are in their scratch memory, before and after.
 */
export function fastLoop(
  name: string,
  { scratch, beforeMatch = 0 }: FastLoopOptions,
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
        ...strands.map((strand) => turn(strand, leave, beforeMatch)),
      ))),
      ...strands.map(({ save }) => save),
    ),
  };
}
