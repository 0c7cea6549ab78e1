/**
 * Data chains in an index: where each data block lies is told by its distance to the one before, so
 * that blocks written one after the other cost next to nothing.
 *
 * @module
 */
import { DEFLATE_MAX_RATIO } from "../structure/format_codes.ts";
import type { DataChain, Fragment, Problem } from "../structure/measurement.ts";
import {
  type Coder,
  flag,
  type IndexReader,
  isInteger,
  isObject,
  list,
  member,
  optional,
  show,
  string,
  whole,
} from "./coder.ts";
import { record, table } from "./table.ts";

/** Where something is, or should be: a link that is wrong may hold any 64 bits. */
const PLACE: Coder<number> = {
  write: (offset) => offset,
  read(json, from) {
    return typeof json === "number" && Number.isInteger(json) && json >= 0 && json <= 2 ** 64
      ? json
      : from.fail(`${show(json)} is no place`);
  },
  schema: { type: "integer", minimum: 0, maximum: 2 ** 64 },
};

/** A problem of a part of the file. */
export const PROBLEM: Coder<Problem> = record<Problem>({
  code: member(string(/^(corrupt|limit|truncated|unsupported)$/) as Coder<Problem["code"]>),
  reason: member(string()),
  block: optional(member(string())),
  offset: optional(member(PLACE)),
  path: optional(member(string())),
});

/** A fragment by its distance to the end of the one before; none for zeros that are not stored. */
interface PlacedFragment {
  gap?: number;
  length: number;
  zip?: number;
  stored?: number;
  columns?: number;
  head?: number;
}

interface StoredChain {
  fragments: PlacedFragment[];
  /** Bytes of the stream, where they are not those of the fragments. */
  total?: number;
  kind?: string;
  open?: true;
  lost?: Problem;
  problem?: Problem;
  unread?: number;
}

const STORED: Coder<StoredChain> = record<StoredChain>({
  fragments: member(table<PlacedFragment>({
    gap: optional(whole(53, { least: -Number.MAX_SAFE_INTEGER })),
    length: whole(53, { least: 1 }),
    zip: optional(whole(8)),
    stored: optional(whole(53)),
    columns: optional(whole(32)),
    head: optional(whole(53)),
  }, 8)),
  total: optional(whole(53)),
  kind: optional(member(string(/^[A-Z]{2}$/))),
  open: flag(),
  lost: optional(member(PROBLEM)),
  problem: optional(member(PROBLEM)),
  unread: optional(whole(53, { least: 1 })),
});

/** A chain of one plain block is `[offset, length]`, and one of none is `[]`. */
const SHORT = list<number>(whole(53).coder);

/** A chain of data blocks. */
export const CHAIN: Coder<DataChain> = {
  write(chain, out) {
    const { fragments, length, kind, open, lost, problem, unread } = chain;
    const total = fragments.reduce((sum, { length }) => sum + length, 0);
    const simple = total === length && kind === undefined && !open && !lost && !problem &&
      unread === undefined;
    if (simple && fragments.every(isPlain) && fragments.length < 2) {
      return fragments.flatMap(({ offset, length }) => [offset, length]);
    }
    const stored: StoredChain = { fragments: placed(fragments), kind, lost, problem, unread };
    if (total !== length) stored.total = length;
    if (open) stored.open = true;
    return STORED.write(stored, out);
  },
  read(json, from) {
    if (!isObject(json)) {
      const short = SHORT.read(json, from);
      if (short.length === 0) return { fragments: [], length: 0 };
      if (short.length !== 2) from.fail("a chain of one block is [offset, length]");
      const [offset, length] = short;
      const fragment = { offset, length };
      checkFragment(fragment, from);
      return { fragments: [fragment], length };
    }
    const stored = STORED.read(json, from);
    const { kind } = stored;
    const chain: DataChain = { fragments: unplaced(stored, from), length: 0 };
    for (const { length } of chain.fragments) chain.length += length;
    if (stored.total !== undefined) {
      if (!isInteger(stored.total, 0, chain.length)) from.fail("the data ends before its total");
      chain.length = stored.total;
    }
    if (kind !== undefined) chain.kind = kind;
    if (stored.open) chain.open = true;
    if (stored.lost) chain.lost = stored.lost;
    if (stored.problem) chain.problem = stored.problem;
    if (stored.unread !== undefined) {
      if (chain.fragments.length > 0) from.fail("data that was not looked up has no blocks yet");
      chain.unread = stored.unread;
    }
    return chain;
  },
  schema: { anyOf: [{ ...SHORT.schema, maxItems: 2 }, STORED.schema] },
};

function isPlain({ offset, zip, head }: Fragment): boolean {
  return offset >= 0 && zip === undefined && head === undefined;
}

function placed(fragments: readonly Fragment[]): PlacedFragment[] {
  let end = 0;
  return fragments.map(({ offset, ...fragment }) => {
    if (offset < 0) return fragment;
    const gap = offset - end;
    end = offset + (fragment.stored ?? fragment.length);
    return { gap, ...fragment };
  });
}

/** Blocks of invalidation bytes that are all zero need not be stored. */
const MAY_BE_ZERO: ReadonlySet<string | undefined> = new Set(["DI", "RI"]);

function unplaced({ fragments, kind }: StoredChain, from: IndexReader): Fragment[] {
  let end = 0;
  return fragments.map(({ gap, ...fragment }) => {
    if (gap === undefined) {
      if (!MAY_BE_ZERO.has(kind)) from.fail("a fragment of the data lies nowhere");
      return { offset: -1, ...fragment };
    }
    const found: Fragment = { offset: end + gap, ...fragment };
    checkFragment(found, from);
    end = found.offset + (found.stored ?? found.length);
    return found;
  });
}

function checkFragment(
  { offset, length, zip, stored, columns }: Fragment,
  from: IndexReader,
): void {
  const { fileSize, inflatedBlockBytes } = from.facts;
  if (!isInteger(offset, 0, fileSize) || offset + (stored ?? length) > fileSize) {
    from.fail(`a data block at ${offset} is not within the ${fileSize} bytes of the file`);
  }
  if (zip === undefined && stored === undefined) return;
  if (zip === undefined || stored === undefined || (zip % 2 === 1) !== (columns !== undefined)) {
    from.fail(`what is told of the compressed block at ${offset} is not complete`);
  }
  if (length > inflatedBlockBytes || (zip <= 1 && length > stored * DEFLATE_MAX_RATIO + 64)) {
    from.fail(`${stored} bytes at ${offset} do not unpack to ${length}`);
  }
}
