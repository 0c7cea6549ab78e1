/**
 * What is done with the symbols of one deflated stream, as WebAssembly code for whatever locals hold
 * the stream: several streams can be worked on in one function.
 *
 * @module
 * @see {@link https://www.rfc-editor.org/rfc/rfc1951} for the format
 */
import {
  ENTRY,
  ENTRY_BYTES,
  ENTRY_PART,
  FIXED_BITS,
  LITERAL_END,
  PLACE,
  ROOT_BITS,
  STATE,
  USED_BITS,
} from "./inflate_scratch.ts";
import {
  above,
  add,
  and,
  below,
  type Code,
  code,
  equal,
  get,
  increase,
  load16,
  load32,
  load32Widened,
  load64,
  load8,
  narrow,
  type Operand,
  set,
  shiftLeft,
  shiftRight,
  store32,
  store64,
  subtract,
  widen,
  wideShiftRight,
} from "./wasm_expressions.ts";

/** Locals of one stream; all of 32 bits but `bits`. */
export interface StrandLocals {
  /** Place of the first used bit, counted from address 0. */
  readonly place: number;
  readonly inputEnd: number;
  readonly output: number;
  readonly start: number;
  readonly fastEnd: number;
  readonly entry: number;
  readonly length: number;
  readonly distance: number;
  readonly from: number;
  readonly end: number;
  /** Where the entry is in its table. */
  readonly index: number;
  /**
   * Bits that were read. The lowest three were used already; so the bits behind them, with these left
   * out, are places in a table of entries of eight bytes, and need not be shifted.
   */
  readonly bits: number;
}

/** Where the memory is that inflating needs: in a local, or known beforehand, which spares additions. */
export type Scratch = { readonly local: number } | {
  readonly address: number;
  /** Where the scratch memory is whose tables are used. */
  readonly tables: number;
  /** Whether the code is the fixed one. */
  readonly fixed: boolean;
  /**
   * Taken from all addresses in locals, and added again with each access. Engines compare an address
   * with the end of the memory less what is added, and can share that among all accesses of one kind.
   */
  readonly bias: number;
};

/** Words of the state that a function keeps in locals, by their names. */
const KEPT = ["place", "output", "start", "fastEnd", "inputEnd"] as const;
/** Those that the fast loops look at, and those that they change. */
const FAST = { kept: KEPT.slice(0, 4), changed: KEPT.slice(0, 2) };

/**
 * Code for the symbols of the stream in some locals. Between two symbols, a place and where output goes
 * is all that it needs, so that the locals of two streams stay in registers.
 */
export class Strand {
  readonly #scratch: Scratch;
  /** What is taken from all addresses in locals. */
  readonly bias: number;
  /** Whether a refill is for more than one symbol, so that seldom ones need another. */
  readonly #refillsSeldom: boolean;
  /** Whether the code is known to be the fixed one, in which no lengths are joined with distances. */
  readonly isFixed: boolean;
  readonly locals: StrandLocals;
  /** Reads the bits at the place anew: at least 57, with the used ones. */
  readonly refill: Code;
  /** Whether the entry is one literal or two. */
  readonly isLiteral: Code;
  /** Writes one literal or two. */
  readonly putLiterals: Code;
  readonly lookUpLiteral: Code;
  /** Goes on from an entry that links to a further table of literals. */
  readonly followLiteral: Code;
  /** Whether input was read beyond its end, which the fast loops leave to whoever goes on behind them. */
  readonly inputUsedUp: Code;
  /** Fetches the state into the locals. */
  readonly load: Code;
  /** Puts it back. */
  readonly save: Code;

  constructor(scratch: Scratch, locals: StrandLocals) {
    this.#scratch = scratch;
    this.#refillsSeldom = "address" in scratch;
    this.isFixed = "address" in scratch && scratch.fixed;
    const { place, inputEnd, output, entry, bits } = this.locals = locals;
    const bias = this.bias = "address" in scratch ? scratch.bias : 0;
    this.refill = set(
      bits,
      wideShiftRight(load64(shiftRight(get(place), 3), bias), widen(and(get(place), 7))),
    );
    this.isLiteral = below(get(entry), LITERAL_END);
    this.putLiterals = code(
      this.dropExactly(get(entry)),
      // What is written behind the literals is written over later.
      store64(get(output), this.#ofLiterals(load32Widened, ENTRY_PART.bytes), bias),
      // From memory, since processors have few units that shift.
      increase(output, this.#ofLiterals(load8, ENTRY_PART.count)),
    );
    const fast = "address" in scratch;
    const { literals } = this.isFixed ? FIXED_BITS : ROOT_BITS;
    this.lookUpLiteral = this.lookUp(PLACE.literals, literals);
    this.followLiteral = this.follow(PLACE.literals, ROOT_BITS.literals);
    this.inputUsedUp = above(shiftRight(get(place), 3), get(inputEnd));
    const biased = { place: 8 * bias, inputEnd: bias, output: bias, start: bias, fastEnd: bias };
    this.load = code(
      ...(fast ? FAST.kept : KEPT).map((name) =>
        set(locals[name], subtract(this.scratchWord(PLACE.state + STATE[name]), biased[name]))
      ),
    );
    this.save = code(
      ...(fast ? FAST.changed : KEPT).map((name) =>
        this.keep(PLACE.state + STATE[name], add(get(locals[name]), biased[name]))
      ),
    );
  }

  /** A word of the scratch memory. */
  scratchWord(place: number): Code {
    const scratch = this.#scratch;
    if ("address" in scratch) return load32(0, scratch.address + place);
    return load32(get(scratch.local), place);
  }

  /** Changes a word of the scratch memory. */
  keep(place: number, what: Operand): Code {
    const scratch = this.#scratch;
    if ("address" in scratch) return store32(0, what, scratch.address + place);
    return store32(get(scratch.local), what, place);
  }

  /** A part of an entry of the table of literals. */
  #ofTable(load: typeof load32, place: number, index: Code): Code {
    const scratch = this.#scratch;
    if ("address" in scratch) return load(index, scratch.tables + place);
    return load(add(get(scratch.local), index), place);
  }

  #ofLiterals(load: typeof load32, part: number): Code {
    return this.#ofTable(load, PLACE.literals + part, get(this.locals.index));
  }

  /**
   * Writes one literal or two where the entry is such; else it leaves all as it is, without a branch
   * that could be foreseen wrongly.
   */
  get maybeLiterals(): Code {
    const { entry, output } = this.locals;
    return code(
      store64(get(output), this.#ofLiterals(load32Widened, ENTRY_PART.bytes), this.bias),
      increase(output, this.#ofLiterals(load8, ENTRY_PART.count)),
      this.drop(get(entry)),
    );
  }

  /** Fetches the entry for a length and its distance in a fixed code; it is 0 for all else. */
  get lookUpFixedMatch(): Code {
    return this.lookUp(PLACE.fixedMatches, FIXED_BITS.matches);
  }

  /** The length of such an entry. */
  get fixedLength(): Code {
    return this.#ofTable(load32, PLACE.fixedMatches + ENTRY_PART.length, get(this.locals.index));
  }

  /** Whether the entry is one for a length and its distance, in the table of literals. */
  get isJoined(): Code {
    return equal(this.has(ENTRY.special | ENTRY.joined), ENTRY.joined);
  }

  /** The length of such an entry. */
  get joinedLength(): Code {
    return this.#ofLiterals(load16, ENTRY_PART.length);
  }

  /** The bits of both codes, with the extra bits of the distance. */
  get joinedBits(): Code {
    return this.#ofLiterals(load8, ENTRY_PART.bits);
  }

  /** The bits of the code of a length, or of the end of a block, with its extra bits. */
  get lengthBits(): Code {
    return this.#ofLiterals(load32, ENTRY_PART.lengthBits);
  }

  /** Drops as many bits as the lowest six bits of a number say. */
  drop(count: Operand): Code {
    const { bits, place } = this.locals;
    return code(
      set(bits, wideShiftRight(get(bits), widen(count))),
      increase(place, typeof count === "number" ? count : and(count, 63)),
    );
  }

  /** Drops as many bits as a number says that is less than 64. */
  dropExactly(count: Operand): Code {
    const { bits, place } = this.locals;
    return code(
      set(bits, wideShiftRight(get(bits), widen(count))),
      increase(place, count),
    );
  }

  /** The lowest bits that are not used yet, as a place in a table. */
  #lowPlace(count: Operand): Code {
    const mask = subtract(shiftLeft(ENTRY_BYTES, count), ENTRY_BYTES);
    return and(narrow(get(this.locals.bits)), mask);
  }

  /** The lowest bits that are not used yet. */
  lowBits(count: Operand): Code {
    return shiftRight(this.#lowPlace(count), USED_BITS);
  }

  /** Fetches the entry of a first table for the bits that come next. */
  lookUp(place: number, rootBits: number): Code {
    const { entry, index, bits } = this.locals;
    return code(
      set(index, and(narrow(get(bits)), (ENTRY_BYTES << rootBits) - ENTRY_BYTES)),
      // All of it, so that one comparison with the end of the memory does for all its parts.
      set(entry, narrow(this.#ofTable(load64, place, get(index)))),
    );
  }

  /** A mark of the entry. */
  has(mark: number): Code {
    return and(get(this.locals.entry), mark);
  }

  /** Goes on from an entry that links to a further table. Those are seldom, and the bits may not last. */
  follow(place: number, rootBits: number): Code {
    const { entry, index } = this.locals;
    const start = shiftLeft(shiftRight(get(entry), 16), USED_BITS);
    const inside = this.#lowPlace(and(shiftRight(get(entry), 8), 31));
    return code(
      this.#refillsSeldom ? this.refill : "",
      this.drop(rootBits),
      set(index, add(start, inside)),
      set(entry, narrow(this.#ofTable(load64, place, get(index)))),
    );
  }
}
