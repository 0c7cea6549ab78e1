/**
 * What is done with a match of a deflated stream, as WebAssembly code: from the entry of its length to
 * the bytes that it repeats.
 *
 * @module
 * @see {@link https://www.rfc-editor.org/rfc/rfc1951} for the format
 */
import { ENTRY, PLACE, ROOT_BITS, USED_BITS } from "./inflate_scratch.ts";
import type { Strand } from "./inflate_strand.ts";
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
  load64,
  narrow,
  repeatWhile,
  set,
  shiftLeft,
  shiftRight,
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

/** Base of the entry plus its extra bits; drops its code with these, `allBits` together. */
function takeNumber(strand: Strand, local: number, allBits: Code): Code {
  const { entry, bits } = strand.locals;
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
    strand.drop(allBits),
  );
}

/**
 * From the entry of a length to the length, and to where its bytes are. `refuse` gives the code for
 * what cannot be, inside of so many more conditions.
 */
export function takeMatch(strand: Strand, refuse: (levels: number) => Code): Code {
  if (strand.isFixed) return takeParted(strand, refuse);
  const inside = (levels: number) => refuse(levels + 1);
  return when(strand.isJoined, takeJoined(strand, inside), takeParted(strand, inside));
}

/** The same from an entry for a length and its distance. */
function takeJoined(strand: Strand, refuse: (levels: number) => Code): Code {
  return code(
    set(strand.locals.length, strand.joinedLength),
    takeDistance(strand, strand.joinedBits, refuse),
  );
}

/** The same from an entry for the length alone. */
function takeParted(strand: Strand, refuse: (levels: number) => Code): Code {
  const { entry, length } = strand.locals;
  return code(
    when(
      strand.has(ENTRY.extra),
      takeNumber(strand, length, strand.lengthBits),
      code(set(length, shiftRight(get(entry), 16)), strand.dropExactly(strand.lengthBits)),
    ),
    strand.lookUp(PLACE.distances, ROOT_BITS.distances),
    when(
      unlikely(strand.has(ENTRY.special)),
      code(
        when(equal(strand.has(ENTRY.link), 0), refuse(2)),
        strand.follow(PLACE.distances, ROOT_BITS.distances),
        when(strand.has(ENTRY.special), refuse(2)),
      ),
    ),
    takeDistance(strand, get(entry), refuse),
  );
}

/** The same where the code is the fixed one. */
export function takeFixedMatch(strand: Strand, refuse: (levels: number) => Code): Code {
  const { entry, length } = strand.locals;
  return code(set(length, strand.fixedLength), takeDistance(strand, get(entry), refuse));
}

function takeDistance(strand: Strand, bits: Code, refuse: (levels: number) => Code): Code {
  const { output, start, length, distance, from, end } = strand.locals;
  return code(
    takeNumber(strand, distance, bits),
    set(from, subtract(get(output), get(distance))),
    // No output lies so low that this could be less than nothing.
    when(unlikely(below(get(from), get(start))), refuse(1)),
    set(end, add(get(output), get(length))),
  );
}

/** Copies a match in steps of 16 or 8 bytes, beyond its end if need be. */
export function copyFast({ locals, bias }: Strand): Code {
  const { output, distance, from, end, length } = locals;
  const copyWord = store64(get(output), load64(get(from), bias), bias);
  const copyVector = vector.store(get(output), vector.load(get(from), bias + 8), bias + 8);
  const more = below(add(get(output), 8), get(end));
  return code(
    when(
      above(get(distance), 7),
      code(
        // Most matches are short.
        copyWord,
        when(
          above(get(length), 8),
          when(
            above(get(distance), 15),
            repeatWhile(code(copyVector, increase(output, 16), increase(from, 16)), more),
            repeatWhile(code(increase(output, 8), increase(from, 8), copyWord), more),
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
