/** Measurement files put together block by block, for tests of what stands around the samples. */
import {
  type BlockTable,
  CG,
  CN,
  DG,
  DT,
  HD,
  ID_BYTES,
  MD,
  TX,
} from "../../lib/blocks/block_tables.ts";
import {
  alignTo8,
  type BlockContents,
  encodeBlock,
  encodeIdentification,
  encodeText,
} from "../../lib/blocks/encode_block.ts";
import type { FieldTable, ValuesOf } from "../../lib/blocks/field_layout.ts";
import { type ByteSource, Mdf, type OpenOptions } from "../../mod.ts";

type HeaderLinks = Partial<Record<(typeof HD.links)[number], number>>;

/** Collects blocks; each gets the next offset that is a multiple of 8. */
export class BlockFile {
  #end = ID_BYTES + 104;
  readonly #blocks: { at: number; bytes: Uint8Array }[] = [];

  add<F extends FieldTable, L extends string>(
    table: BlockTable<F, L>,
    contents: BlockContents<F, L> = {},
  ): number {
    return this.raw(encodeBlock(table, contents));
  }

  raw(bytes: Uint8Array): number {
    const at = this.#end;
    this.#blocks.push({ at, bytes });
    this.#end = alignTo8(at + bytes.length);
    return at;
  }

  text(text: string): number {
    return this.add(TX, { payload: encodeText(text) });
  }

  xml(text: string): number {
    return this.add(MD, { payload: encodeText(text) });
  }

  /** Blocks of one type in a list: the first link of each leads to the next. */
  list<F extends FieldTable, L extends string>(
    table: BlockTable<F, L>,
    contents: BlockContents<F, L>[],
  ): number[] {
    const offsets: number[] = [];
    for (const block of contents.toReversed()) {
      const links = { [table.links[0]]: offsets[0] ?? 0, ...block.links } as Record<L, number>;
      offsets.unshift(this.add(table, { ...block, links }));
    }
    return offsets;
  }

  /** A data group with one group of little-endian uint8 channels, one record for each row. */
  group(
    names: string[],
    rows: number[][],
    extra: { links?: Partial<Record<(typeof CG.links)[number], number>> } = {},
  ): { dataGroup: number; group: number; channels: number[] } {
    const channels: number[] = [];
    let following = 0;
    for (let i = names.length - 1; i >= 0; i--) {
      following = this.add(CN, {
        links: { cn_cn_next: following, cn_tx_name: this.text(names[i]) },
        fields: {
          cn_type: i === 0 ? 2 : 0,
          cn_sync_type: i === 0 ? 1 : 0,
          cn_byte_offset: i,
          cn_bit_count: 8,
        },
      });
      channels.unshift(following);
    }
    const data = this.add(DT, { payload: Uint8Array.from(rows.flat()) });
    const group = this.add(CG, {
      links: { cg_cn_first: channels[0], ...extra.links },
      fields: { cg_cycle_count: rows.length, cg_data_bytes: names.length },
    });
    const dataGroup = this.add(DG, { links: { dg_cg_first: group, dg_data: data } });
    return { dataGroup, group, channels };
  }

  /** The file's bytes, with the header that links to what was added. */
  bytes(links: HeaderLinks, fields: Partial<ValuesOf<typeof HD.fields>> = {}): Uint8Array {
    const file = new Uint8Array(this.#end);
    file.set(encodeIdentification({
      id_file: "MDF     ",
      id_vers: "4.20    ",
      id_prog: "test    ",
      id_ver: 420,
    }));
    file.set(encodeBlock(HD, { links, fields }), ID_BYTES);
    for (const { at, bytes } of this.#blocks) file.set(bytes, at);
    return file;
  }
}

/** Overwrites link number `index` of the block at `at`: for files that are damaged. */
export function setLink(file: Uint8Array, at: number, index: number, target: number): void {
  new DataView(file.buffer).setBigUint64(at + 24 + 8 * index, BigInt(target), true);
}

/** A source that gives each caller fewer bytes than asked for. */
function stingy(bytes: Uint8Array): ByteSource {
  return {
    name: "stingy",
    size: () => Promise.resolve(bytes.length),
    read: (offset, length) =>
      Promise.resolve(bytes.slice(offset, offset + Math.min(length, 1 + offset % 7))),
  };
}

/** Runs a check on a file that was opened as it is, from its index, and from minimal pieces. */
export async function eachWay(
  bytes: Uint8Array,
  check: (mdf: Mdf) => void | Promise<void>,
  options: OpenOptions = {},
): Promise<void> {
  const direct = await Mdf.open(bytes, options);
  await check(direct);
  const index = JSON.parse(JSON.stringify(direct.toIndex()));
  await check(await Mdf.fromIndex(index, bytes, options));
  await check(await Mdf.open(stingy(bytes), options));
}

/** The values of a channel as a plain array. */
export async function valuesOf(mdf: Mdf, name: string): Promise<unknown[]> {
  return [...(await mdf.read(name)).values as Iterable<unknown>];
}

const CORPUS = new URL("../../../shared/corpus/", import.meta.url);

/** A file of the corpus; undefined where the corpus is not beside the checkout. */
export function corpusFile(path: string): Uint8Array | undefined {
  try {
    return Deno.readFileSync(new URL(path, CORPUS));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/** What the corpus expects of its files, by path. */
export function corpusGolden(): Record<string, Golden> {
  const bytes = corpusFile("golden.json");
  return bytes ? JSON.parse(new TextDecoder().decode(bytes)) : {};
}

interface Golden {
  startTime: string;
  events: number;
  attachments: number;
  fileHistory: number;
}

/** Registers a test that needs a file of the corpus; it is ignored where the corpus is not there. */
export function corpusTest(
  name: string,
  path: string,
  test: (bytes: Uint8Array) => Promise<void>,
): void {
  const bytes = corpusFile(path);
  Deno.test({ name, ignore: !bytes, fn: () => test(bytes!) });
}
