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
import { copyFast, takeFixedMatch, takeMatch } from "./inflate_match.ts";
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

/** Inside of a turn: its own block, the loop, and the block around that. */
const LEAVE = 2;

/** What a function of {@link fastLoop} is for. */
export interface FastLoopOptions {
  /** Addresses of the scratch memory of the streams that take turns. */
  readonly scratch: readonly number[];
  /**
   * Where matches are frequent: so many symbols before each are taken as what may be literals. Whether
   * one more literal follows can then hardly be foreseen, and it is cheaper not to branch on that.
   */
  readonly beforeMatch?: number;
  /**
   * Whether all streams have blocks with the fixed code, as fast writers make them. They then look up
   * in the tables of the first: the inner cache, which also has what matches repeat, is too small for
   * more. Where matches are frequent, a length and its distance are looked up together.
   */
  readonly fixed?: boolean;
}

/** The stream with that number. */
function strandAt({ scratch, fixed = false }: FastLoopOptions, index: number): Strand {
  const local = (k: number) => index * I32_LOCALS + k;
  const [tables, address] = [scratch[fixed ? 0 : index], scratch[index]];
  // Accesses of eight bytes then share one comparison with those to the table of the first stream.
  const bias = Math.min(...scratch) + PLACE.literals;
  return new Strand({ address, tables, fixed, bias }, {
    ...{ place: local(0), inputEnd: local(1), output: local(2), start: local(3) },
    ...{ fastEnd: local(4), entry: local(5), length: local(6) },
    ...{ distance: local(7), from: local(8), end: local(9), index: local(10) },
    bits: scratch.length * I32_LOCALS + index,
  });
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
        ...[startTurn(strand), lookUpLiteral, unlessLiteral(last), take(last), take(mayLast)],
        ...Array<Code>(MOST_LOOKS - 3).fill(take(end)),
        ...[putLiterals, branch(turned)],
      )),
      ...[refill, branch(1)],
    )),
    refillIfNeeded(strand),
  ));
}

/** So many symbols that may be literals. */
function maybeLiterals(strand: Strand, count: number): Code {
  const take = code(strand.lookUpLiteral, strand.maybeLiterals);
  return code(startTurn(strand), ...Array<Code>(count).fill(take));
}

/** What follows, unless it is one more literal, which ends the turn, so many levels inside of it. */
function noLiteral(strand: Strand, depth: number): Code {
  return code(strand.lookUpLiteral, refillIfNeeded(strand), branchIf(depth, strand.isLiteral));
}

/** Remembers where the turn began, in a local that is needed again only behind it. */
function startTurn({ locals: { place, from }, refill }: Strand): Code {
  return code(set(from, get(place)), refill);
}

function refillIfNeeded({ locals: { place, from }, refill }: Strand): Code {
  return when(above(subtract(get(place), get(from)), LASTING_BITS), refill);
}

function enter(strand: Strand, phase: number): Code {
  return strand.keep(PLACE.state + STATE.phase, phase);
}

/** Code for what cannot be, so many levels inside of the turn, and of more conditions. */
function refuseAt(strand: Strand, depth: number): (levels: number) => Code {
  return (levels) => code(enter(strand, PHASE.refused), branch(LEAVE + depth + levels));
}

/** From what is no literal to a match, so many levels inside of the turn. */
function matchAt(strand: Strand, depth: number): Code {
  const refuse = refuseAt(strand, depth);
  const special = when(
    unlikely(strand.has(ENTRY.special)),
    code(
      when(
        strand.has(ENTRY.link),
        code(
          strand.followLiteral,
          when(strand.isLiteral, code(strand.putLiterals, branch(depth + 3))),
        ),
      ),
      when(
        strand.has(ENTRY.special),
        code(
          when(equal(strand.has(ENTRY.end), 0), refuse(3)),
          strand.drop(strand.lengthBits),
          enter(strand, PHASE.ended),
          branch(LEAVE + depth + 2),
        ),
      ),
    ),
  );
  return code(special, takeMatch(strand, refuse));
}

/** One turn of a stream, in a block of instructions: some literals, and the match behind them. */
function turn(strand: Strand, { beforeMatch = 0, fixed }: FastLoopOptions): Code {
  if (beforeMatch === 0) {
    return within(code(runOfLiterals(strand), matchAt(strand, 0), copyFast(strand)));
  }
  const others = (depth: number) => code(noLiteral(strand, depth), matchAt(strand, depth));
  const match = fixed
    ? code(
      strand.lookUpFixedMatch,
      when(
        unlikely(equal(get(strand.locals.entry), 0)),
        others(1),
        takeFixedMatch(strand, refuseAt(strand, 1)),
      ),
    )
    : others(0);
  return within(code(maybeLiterals(strand, beforeMatch), match, copyFast(strand)));
}

/**
 * A function that takes symbols of streams in turns until something is not usual in one of them. Their
 * states are in their scratch memory, before and after.
 */
export function fastLoop(name: string, options: FastLoopOptions): WasmFunction {
  const count = options.scratch.length;
  const strands = options.scratch.map((_, i) => strandAt(options, i));
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
        ...strands.map((strand) => turn(strand, options)),
      ))),
      ...strands.map(({ save }) => save),
    ),
  };
}
