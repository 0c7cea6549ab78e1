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
  load32,
  load32Widened,
  load64,
  load8,
  narrow,
  type Operand,
  repeatWhile,
  set,
  shiftLeft,
  shiftRight,
  store32,
  store64,
  subtract,
  unlikely,
  vector,
  when,
  whilst,
  wide,
  wideAnd,
  widen,
  wideShiftLeft,
  wideShiftRight,
  wideSubtract,
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
  /**
   * Taken from all addresses in locals, and added again with each access. Engines compare an address
   * with the end of the memory less what is added, and can share that among all accesses of one kind.
   */
  readonly bias: number;
};

/** Words of the state that a function keeps in locals, by their names. */
const KEPT = ["place", "inputEnd", "output", "start", "fastEnd"] as const;

/**
 * Code for the symbols of the stream in some locals. Between two symbols, a place and where output goes
 * is all that it needs, so that the locals of two streams stay in registers.
 */
export class Strand {
  readonly #scratch: Scratch;
  readonly #bias: number;
  /** Whether a refill is for more than one symbol, so that seldom ones need another. */
  readonly #refillsSeldom: boolean;
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
  /** Whether input was read beyond its end; whether it was used up is seen at the end. */
  readonly inputUsedUp: Code;
  /** Fetches the state into the locals. */
  readonly load: Code;
  /** Puts it back. */
  readonly save: Code;

  constructor(scratch: Scratch, locals: StrandLocals) {
    this.#scratch = scratch;
    this.#refillsSeldom = "address" in scratch;
    const { place, inputEnd, output, entry, bits } = this.locals = locals;
    const bias = this.#bias = "address" in scratch ? scratch.bias : 0;
    this.refill = set(
      bits,
      wideShiftRight(load64(shiftRight(get(place), 3), bias), widen(and(get(place), 7))),
    );
    this.isLiteral = below(get(entry), LITERAL_END);
    this.putLiterals = code(
      this.#dropExactly(get(entry)),
      // What is written behind the literals is written over later.
      store64(get(output), this.#ofLiterals(load32Widened, ENTRY_PART.bytes), bias),
      // From memory, since processors have few units that shift.
      increase(output, this.#ofLiterals(load8, ENTRY_PART.count)),
    );
    this.lookUpLiteral = this.lookUp(PLACE.literals, ROOT_BITS.literals);
    this.followLiteral = this.#follow(PLACE.literals, ROOT_BITS.literals);
    this.inputUsedUp = above(shiftRight(get(place), 3), get(inputEnd));
    const biased = { place: 8 * bias, inputEnd: bias, output: bias, start: bias, fastEnd: bias };
    this.load = code(
      ...KEPT.map((name) =>
        set(locals[name], subtract(this.scratchWord(PLACE.state + STATE[name]), biased[name]))
      ),
    );
    this.save = code(
      ...KEPT.map((name) =>
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
    if ("address" in scratch) return load(index, scratch.address + place);
    return load(add(get(scratch.local), index), place);
  }

  #ofLiterals(load: typeof load32, part: number): Code {
    return this.#ofTable(load, PLACE.literals + part, get(this.locals.index));
  }

  /**
   * Writes one literal or two where the entry is such, and looks up what follows; else it leaves
   * all as it is, without a branch that could be foreseen wrongly.
   */
  get maybeLiterals(): Code {
    const { entry, output } = this.locals;
    return code(
      store64(get(output), this.#ofLiterals(load32Widened, ENTRY_PART.bytes), this.#bias),
      increase(output, this.#ofLiterals(load8, ENTRY_PART.count)),
      this.drop(get(entry)),
      this.lookUpLiteral,
    );
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
  #dropExactly(count: Operand): Code {
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

  /** Reads more bits before, where asked: those of the last refill might not last. */
  #follow(place: number, rootBits: number): Code {
    const { entry, index } = this.locals;
    const start = shiftLeft(shiftRight(get(entry), 16), USED_BITS);
    const inside = this.#lowPlace(and(shiftRight(get(entry), 8), 31));
    return code(
      this.#refillsSeldom ? this.refill : [],
      this.drop(rootBits),
      set(index, add(start, inside)),
      set(entry, narrow(this.#ofTable(load64, place, get(index)))),
    );
  }

  /** Base of the entry plus its extra bits; drops the code and these. */
  #takeNumber(local: number, allBits: Code): Code {
    const { entry, bits } = this.locals;
    const mask = wideSubtract(wideShiftLeft(wide(1 << USED_BITS), widen(allBits)), wide(1));
    const codeBits = and(shiftRight(get(entry), 8), 31);
    return code(
      set(
        local,
        add(
          shiftRight(get(entry), 16),
          narrow(wideShiftRight(wideAnd(get(bits), mask), widen(codeBits))),
        ),
      ),
      this.drop(allBits),
    );
  }

  /**
   * From the entry of a length to the length, and to where its bytes are. `refuse` gives the code for
   * what cannot be, inside of so many more conditions.
   */
  takeMatch(refuse: (levels: number) => Code): Code {
    const { output, start, entry, length, distance, from, end } = this.locals;
    return code(
      when(
        this.has(ENTRY.extra),
        this.#takeNumber(length, this.lengthBits),
        code(set(length, shiftRight(get(entry), 16)), this.#dropExactly(this.lengthBits)),
      ),
      this.lookUp(PLACE.distances, ROOT_BITS.distances),
      when(
        unlikely(this.has(ENTRY.special)),
        code(
          when(equal(this.has(ENTRY.link), 0), refuse(2)),
          this.#follow(PLACE.distances, ROOT_BITS.distances),
          when(this.has(ENTRY.special), refuse(2)),
        ),
      ),
      this.#takeNumber(distance, get(entry)),
      set(from, subtract(get(output), get(distance))),
      // No output lies so low that this could be less than nothing.
      when(unlikely(below(get(from), get(start))), refuse(1)),
      set(end, add(get(output), get(length))),
    );
  }

  /** Copies a match in steps of 16 or 8 bytes, beyond its end if need be. */
  get copyFast(): Code {
    const { output, distance, from, end, length } = this.locals;
    const bias = this.#bias;
    const copyWord = store64(get(output), load64(get(from), bias), bias);
    return code(
      when(
        above(get(distance), 7),
        code(
          copyWord,
          when(
            above(get(length), 8),
            when(
              above(get(distance), 15),
              repeatWhile(
                code(
                  vector.store(get(output), vector.load(get(from), bias + 8), bias + 8),
                  increase(output, 16),
                  increase(from, 16),
                ),
                below(add(get(output), 8), get(end)),
              ),
              repeatWhile(
                code(increase(output, 8), increase(from, 8), copyWord),
                below(add(get(output), 8), get(end)),
              ),
            ),
          ),
        ),
        code(
          // What repeats within eight bytes is written again and again, twice as much each time.
          repeatWhile(
            code(
              copyWord,
              increase(output, get(distance)),
              set(distance, shiftLeft(get(distance), 1)),
            ),
            below(get(distance), 8),
          ),
          whilst(
            below(get(output), get(end)),
            code(copyWord, increase(output, 8), increase(from, 8)),
          ),
        ),
      ),
      set(output, get(end)),
    );
  }
}
