/** What the tests of attachments, events, hierarchy, reductions, comments and times share. */
import { join } from "node:path";
import { type BlockTable, CG, CN, DG, DT, HD } from "../../lib/blocks/block_tables.ts";
import type { BlockContents } from "../../lib/blocks/encode_block.ts";
import type { FieldTable, ValuesOf } from "../../lib/blocks/field_layout.ts";
import { BlockBuilder } from "../_block_builder.ts";
import { corpusDir, corpusTest } from "../_corpus.ts";

export { eachWay, valuesOf } from "../_read_ways.ts";

/** A file whose links from the header are given at the end, so that they may be wrong. */
export class BlockFile extends BlockBuilder {
  constructor() {
    super({ version: "4.20" });
  }

  /** Blocks in a list: the first link of each leads to the next. The last one lies first. */
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

  /** A data group of uint8 channels, the first of them the master, with one record for each row. */
  group(
    names: string[],
    rows: number[][],
    links: Partial<Record<(typeof CG.links)[number], number>> = {},
  ): { dataGroup: number; group: number; channels: number[] } {
    const channels = this.list(
      CN,
      names.map((name, i) => ({
        links: { cn_tx_name: this.text(name) },
        fields: {
          cn_type: i === 0 ? 2 : 0,
          cn_sync_type: i === 0 ? 1 : 0,
          cn_byte_offset: i,
          cn_bit_count: 8,
        },
      })),
    );
    const data = this.add(DT, { payload: Uint8Array.from(rows.flat()) });
    const group = this.add(CG, {
      links: { cg_cn_first: channels[0], ...links },
      fields: { cg_cycle_count: rows.length, cg_data_bytes: names.length },
    });
    const dataGroup = this.add(DG, { links: { dg_cg_first: group, dg_data: data } });
    return { dataGroup, group, channels };
  }

  /** The file's bytes, with links and fields of the header. */
  override bytes(
    links: Partial<Record<(typeof HD.links)[number], number>> = {},
    fields: Partial<ValuesOf<typeof HD.fields>> = {},
  ): Uint8Array {
    for (const [name, target] of Object.entries(links)) this.patchLink(this.hd, name, target);
    for (const [name, value] of Object.entries(fields)) this.patchField(this.hd, name, value);
    return super.bytes();
  }
}

/** Overwrites link number `index` of the block at `at`. */
export function setLink(file: Uint8Array, at: number, index: number, target: number): void {
  new DataView(file.buffer).setBigUint64(at + 24 + 8 * index, BigInt(target), true);
}

/** A test of one file of the collection. */
export function corpusFileTest(
  name: string,
  path: string,
  test: (bytes: Uint8Array, directory: string) => Promise<void>,
): void {
  corpusTest(name, (directory) => test(Deno.readFileSync(join(directory, path)), directory));
}

/** What the collection expects of its files, by path; nothing where there is no collection. */
export function corpusGolden(): Record<string, Golden> {
  const directory = corpusDir();
  return directory ? JSON.parse(Deno.readTextFileSync(join(directory, "golden.json"))) : {};
}

interface Golden {
  startTime: string;
  events: number;
  attachments: number;
  fileHistory: number;
}
