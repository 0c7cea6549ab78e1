/**
 * What is done with the symbols of one deflated stream, as WebAssembly code for whatever locals hold
 * the stream: several streams can be worked on in one function.
 *
 * @module
 * @see {@link https://www.rfc-editor.org/rfc/rfc1951} for the format
 */
import { ENTRY, PLACE, ROOT_BITS, STATE, USED_BITS } from "./inflate_scratch.ts";
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
  less,
  load32,
  load64,
  narrow,
  type Operand,
  repeatWhile,
  set,
  shiftLeft,
  shiftRight,
  shiftRightSigned,
  store16,
  store32,
  store64,
  subtract,
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
  /**
   * Bits that were read. The lowest two were used already; so the bits behind them, with these left
   * out, are places in a table of entries of four bytes, and need not be shifted.
   */
  readonly bits: number;
}

/** Where the memory is that inflating needs: in a local, or known beforehand, which spares additions. */
export type Scratch = { readonly local: number } | { readonly address: number };

/** Words of the state that a function keeps in locals, by their names. */
const KEPT = ["place", "inputEnd", "output", "start", "fastEnd"] as const;

/**
 * Code for the symbols of the stream in some locals. Between two symbols, a place and where output goes
 * is all that it needs, so that the locals of two streams stay in registers.
 */
export class Strand {
  readonly #scratch: Scratch;
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
    const { place, inputEnd, output, entry, bits } = this.locals = locals;
    this.refill = set(
      bits,
      wideShiftRight(load64(shiftRight(get(place), 3)), widen(and(get(place), 7))),
    );
    this.isLiteral = less(get(entry), 0);
    this.putLiterals = code(
      this.drop(get(entry)),
      store16(get(output), shiftRight(get(entry), 8)),
      // -1 for one literal, -2 for two.
      set(output, subtract(get(output), shiftRightSigned(get(entry), 30))),
    );
    this.lookUpLiteral = this.lookUp(PLACE.literals, ROOT_BITS.literals);
    this.followLiteral = this.#follow(PLACE.literals, ROOT_BITS.literals);
    this.inputUsedUp = above(shiftRight(get(place), 3), get(inputEnd));
    this.load = code(
      ...KEPT.map((name) => set(locals[name], this.scratchWord(PLACE.state + STATE[name]))),
    );
    this.save = code(
      ...KEPT.map((name) => this.keep(PLACE.state + STATE[name], get(locals[name]))),
    );
  }

  /** A word of the scratch memory. */
  scratchWord(place: number, index?: Code): Code {
    const scratch = this.#scratch;
    if ("address" in scratch) return load32(index ?? 0, scratch.address + place);
    return load32(index ? add(get(scratch.local), index) : get(scratch.local), place);
  }

  /** Changes a word of the scratch memory. */
  keep(place: number, what: Operand): Code {
    const scratch = this.#scratch;
    if ("address" in scratch) return store32(0, what, scratch.address + place);
    return store32(get(scratch.local), what, place);
  }

  /**
   * Writes one literal or two where the entry is such, and looks up what follows; else it leaves
   * all as it is, without a branch that could be foreseen wrongly.
   */
  get maybeLiterals(): Code {
    const { entry, output, length, bits, place } = this.locals;
    return code(
      store16(get(output), shiftRight(get(entry), 8)),
      set(length, shiftRightSigned(get(entry), 31)),
      set(output, subtract(get(output), and(shiftRightSigned(get(entry), 30), get(length)))),
      set(length, and(and(get(entry), 63), get(length))),
      set(bits, wideShiftRight(get(bits), widen(get(length)))),
      increase(place, get(length)),
      this.lookUpLiteral,
    );
  }

  /** Drops as many bits as the lowest six bits of a number say. */
  drop(count: Operand): Code {
    const { bits, place } = this.locals;
    return code(
      set(bits, wideShiftRight(get(bits), widen(count))),
      increase(place, typeof count === "number" ? count : and(count, 63)),
    );
  }

  /** The lowest bits that are not used yet, four times as much as they say. */
  #lowBits4(count: Operand): Code {
    return and(narrow(get(this.locals.bits)), subtract(shiftLeft(4, count), 4));
  }

  /** The lowest bits that are not used yet. */
  lowBits(count: Operand): Code {
    return shiftRight(this.#lowBits4(count), USED_BITS);
  }

  /** Fetches the entry of a first table for the bits that come next. */
  lookUp(place: number, rootBits: number): Code {
    const { entry, bits } = this.locals;
    return set(entry, this.scratchWord(place, and(narrow(get(bits)), (4 << rootBits) - 4)));
  }

  /** A mark of the entry. */
  has(mark: number): Code {
    return and(get(this.locals.entry), mark);
  }

  #follow(place: number, rootBits: number): Code {
    const { entry } = this.locals;
    const start = shiftLeft(shiftRight(get(entry), 16), 2);
    const inside = this.#lowBits4(and(shiftRight(get(entry), 8), 31));
    return code(
      this.drop(rootBits),
      set(entry, this.scratchWord(place, add(start, inside))),
    );
  }

  /** Base of the entry plus its extra bits; drops the code and these. */
  #takeNumber(local: number): Code {
    const { entry, bits } = this.locals;
    const mask = wideSubtract(wideShiftLeft(wide(4), widen(get(entry))), wide(1));
    const codeBits = and(shiftRight(get(entry), 8), 31);
    return code(
      set(
        local,
        add(
          shiftRight(get(entry), 16),
          narrow(wideShiftRight(wideAnd(get(bits), mask), widen(codeBits))),
        ),
      ),
      this.drop(get(entry)),
    );
  }

  /**
   * From the entry of a length to the length, and to where its bytes are. `refuse` gives the code for
   * what cannot be, inside of so many more conditions.
   */
  takeMatch(refuse: (levels: number) => Code): Code {
    const { output, start, length, distance, from, end } = this.locals;
    return code(
      when(
        this.has(ENTRY.extra),
        this.#takeNumber(length),
        code(
          set(length, shiftRight(get(this.locals.entry), 16)),
          this.drop(get(this.locals.entry)),
        ),
      ),
      this.lookUp(PLACE.distances, ROOT_BITS.distances),
      when(
        this.has(ENTRY.special),
        code(
          when(equal(this.has(ENTRY.link), 0), refuse(2)),
          this.#follow(PLACE.distances, ROOT_BITS.distances),
          when(this.has(ENTRY.special), refuse(2)),
        ),
      ),
      this.#takeNumber(distance),
      when(above(get(distance), subtract(get(output), get(start))), refuse(1)),
      set(from, subtract(get(output), get(distance))),
      set(end, add(get(output), get(length))),
    );
  }

  /** Copies a match in steps of 16 or 8 bytes, beyond its end if need be. */
  get copyFast(): Code {
    const { output, distance, from, end } = this.locals;
    const copyWord = store64(get(output), load64(get(from)));
    return code(
      when(
        above(get(distance), 15),
        repeatWhile(
          code(
            vector.store(get(output), vector.load(get(from))),
            increase(output, 16),
            increase(from, 16),
          ),
          below(get(output), get(end)),
        ),
        code(
          // What repeats within eight bytes is written again and again, twice as much each time.
          whilst(
            below(get(distance), 8),
            code(
              copyWord,
              increase(output, get(distance)),
              set(distance, shiftLeft(get(distance), 1)),
            ),
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
