/**
 * Opens files whose structure is damaged: links to what cannot be read are passed over, one by one,
 * until the rest can be. The file itself is not touched.
 *
 * @module
 */
import { writeU64 } from "../../lib/blocks/field_layout.ts";
import { HEADER_BYTES } from "../../lib/blocks/block_tables.ts";
import { isMdfError, type MdfError } from "../../lib/errors.ts";
import { Mdf } from "../../lib/signal/mdf.ts";
import type { ByteSource } from "../../lib/source/byte_source.ts";
import type { LeftOut } from "./describe_file.ts";
import { kindsOf, linkNames } from "./link_names.ts";
import { type BlockScan, type FoundBlock, type LinkPlace, scanBlocks } from "./scan_blocks.ts";

/** Most links that are passed over. */
const MOST_TRIES = 200;

/** What could be opened. */
export interface Opened {
  /** Absent when nothing could be read. */
  mdf?: Mdf;
  /** What was passed over, and where it was linked from. */
  leftOut: LeftOut[];
  /** Why nothing, or no more, could be read. */
  error?: MdfError;
}

/** Opens as much of a file as can be read. The source stays open; its owner closes it. */
export async function openAroundDamage(source: ByteSource): Promise<Opened> {
  const patches = new Map<number, number>();
  const leftOut: LeftOut[] = [];
  let scan: BlockScan | undefined;
  for (;;) {
    try {
      return { mdf: await Mdf.open(patchedSource(source, patches)), leftOut };
    } catch (error) {
      if (!isMdfError(error)) throw error;
      if (!ABOUT_STRUCTURE.has(error.code) || error.offset === undefined) return { leftOut, error };
      if (leftOut.length >= MOST_TRIES) return { leftOut, error };
      try {
        scan ??= await scanBlocks(source);
      } catch (scanError) {
        if (isMdfError(scanError)) return { leftOut, error };
        throw scanError;
      }
      const cuts = findCuts(scan, error, patches);
      if (cuts.length === 0) return { leftOut, error };
      for (const { place, target } of cuts) patches.set(addressOf(place), target);
      leftOut.push({ error, holder: cuts[0].place.block });
    }
  }
}

const ABOUT_STRUCTURE: ReadonlySet<string> = new Set([
  "corrupt",
  "limit",
  "truncated",
  "unsupported",
]);

/** A link, and where it is to lead instead. */
interface Cut {
  place: LinkPlace;
  target: number;
}

/** The links that have to be changed so that reading does not come to the place of the error again. */
function findCuts(scan: BlockScan, error: MdfError, patches: ReadonlyMap<number, number>): Cut[] {
  const target = error.offset!;
  const block = scan.blocks.get(target);
  const links = linksTo(scan, target).filter((link) => !patches.has(addressOf(link.place)));
  const cut = (chosen: readonly NamedLink[], to = 0) =>
    chosen.map(({ place }) => ({ place, target: to }));
  if (!block) return cut(links);
  const wrongKind = links.filter(({ name }) => !(kindsOf(name) ?? [block.id]).includes(block.id));
  if (wrongKind.length > 0) return cut(wrongKind);
  const owning = links.filter(({ name }) => /_(?:next|first)$|_composition$/.test(name));
  // A link that leads back: the nearest to the header is the one that is meant.
  if (owning.length > 1) return cut(owning.filter(({ place }) => !isFirst(block, place)));
  return owning.length === 1 ? cut(owning, nextOf(block)) : cut(links);
}

interface NamedLink {
  place: LinkPlace;
  name: string;
}

function linksTo(scan: BlockScan, target: number): NamedLink[] {
  const found: NamedLink[] = [];
  for (const { id, offset, links } of scan.blocks.values()) {
    let names: string[] | undefined;
    links.forEach((link, index) => {
      if (link !== target) return;
      names ??= linkNames(id, links.length);
      found.push({ place: { block: offset, index }, name: names[index] });
    });
  }
  return found;
}

function isFirst({ foundBy }: FoundBlock, { block, index }: LinkPlace): boolean {
  return foundBy?.block === block && foundBy.index === index;
}

/** The block after this one in its list, so that only one block is lost. */
function nextOf({ id, offset, links }: FoundBlock): number {
  const next = linkNames(id, links.length).findIndex((name) => name.endsWith("_next"));
  return next < 0 || links[next] === offset ? 0 : links[next];
}

function addressOf({ block, index }: LinkPlace): number {
  return block + HEADER_BYTES + 8 * index;
}

/** The bytes of a source with some 64-bit numbers replaced. */
export function patchedSource(
  source: ByteSource,
  patches: ReadonlyMap<number, number>,
): ByteSource {
  const patch = (offset: number, bytes: Uint8Array) => {
    const word = new Uint8Array(8);
    for (const [at, value] of patches) {
      if (at >= offset + bytes.length || at + 8 <= offset) continue;
      writeU64(new DataView(word.buffer), 0, value);
      const from = Math.max(at, offset);
      const to = Math.min(at + 8, offset + bytes.length);
      bytes.set(word.subarray(from - at, to - at), from - offset);
    }
    return bytes;
  };
  const patched: ByteSource = {
    name: source.name,
    get validator() {
      return source.validator;
    },
    size: (options) => source.size(options),
    async read(offset, length, options) {
      return patch(offset, await source.read(offset, length, options));
    },
  };
  if (source.readIntoSync) {
    patched.readIntoSync = (offset, target) => {
      source.readIntoSync!(offset, target);
      patch(offset, target);
    };
  }
  return patched;
}
