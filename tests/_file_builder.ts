/**
 * MDF files made block by block, so that a test can have any file, also a wrong one.
 *
 * ```ts
 * const file = new FileBuilder({ version: "4.10" });
 * file.group({
 *   channels: [
 *     { name: "t", unit: "s", cn_type: 2, cn_data_type: 4, cn_bit_count: 64 },
 *     { name: "rpm", cn_byte_offset: 8, cn_bit_count: 16 },
 *   ],
 *   records, // Uint8Array
 *   blockSizes: [7], // records straddle blocks of seven bytes
 * });
 * const mdf = await Mdf.open(file.bytes());
 * ```
 *
 * @module
 */
import { type BlockTable, CG, CN, DG, SI } from "../lib/blocks/block_tables.ts";
import type { BlockContents } from "../lib/blocks/encode_block.ts";
import type { FieldTable, ValuesOf } from "../lib/blocks/field_layout.ts";
import { BlockBuilder } from "./_block_builder.ts";
import { addData, type DataParts } from "./_data_blocks.ts";

/** Fields and links of a block, side by side; links win over the texts that stand for them. */
type Parts<T extends BlockTable> =
  & Partial<ValuesOf<T["fields"]>>
  & Partial<Record<T["links"][number], number>>
  & { moreLinks?: readonly number[] };

/** A channel; what is left out is 0. `cn_cn_next` is set by the builder. */
export interface ChannelParts extends Parts<typeof CN> {
  name?: string;
  /** Text of the unit. */
  unit?: string;
  /** Plain text, or XML when it starts with `<`. */
  comment?: string;
  /** Channels of which this one is composed. */
  members?: readonly ChannelParts[];
}

/**
 * A channel group; what is left out is 0. `cg_data_bytes` is by default the end of the last channel,
 * and `cg_cycle_count` what is in the records when the group is alone in its data group.
 */
export interface GroupParts extends Parts<typeof CG> {
  name?: string;
  comment?: string;
  channels: readonly ChannelParts[];
}

/** Records, as they lie in the file: with record ids, when there are any. */
export interface RecordParts extends DataParts {
  records?: Uint8Array;
  /** Bytes of a record id. */
  recordIdSize?: number;
  /** Comment of the data group. */
  dataGroupComment?: string;
  /** A chain of data blocks made otherwise, in place of `records`. */
  dataLink?: number;
}

/** Offsets of the blocks of a channel group. */
export interface AddedGroup {
  cg: number;
  /** Depth first: a channel before its members. */
  channels: number[];
}

/** A file under construction. Starts with the identification and the header. */
export class FileBuilder extends BlockBuilder {
  /** Adds a source. */
  source(name: string, path = "", fields: Partial<ValuesOf<typeof SI.fields>> = {}): number {
    const links = { si_tx_name: this.text(name), si_tx_path: this.text(path) };
    return this.add(SI, { links, fields });
  }

  /** Adds a data group with one channel group; see {@link FileBuilder.dataGroup}. */
  group(parts: GroupParts & RecordParts): AddedGroup & { dg: number; data: number } {
    const { records, recordIdSize, dataGroupComment, dataLink, ...rest } = parts;
    const { blockSizes, zip, listLength, equalLength, ...group } = rest;
    const { dg, groups, data } = this.dataGroup({
      ...{ records, recordIdSize, dataGroupComment, dataLink },
      ...{ blockSizes, zip, listLength, equalLength },
      groups: [group],
    });
    return { dg, data, ...groups[0] };
  }

  /** Adds a data group, its channel groups and its records; `data` is what `dg_data` links to. */
  dataGroup(
    parts: RecordParts & { groups: readonly GroupParts[] },
  ): { dg: number; groups: AddedGroup[]; data: number } {
    const records = parts.records ?? new Uint8Array(0);
    const idSize = parts.recordIdSize ?? 0;
    const groups: AddedGroup[] = [];
    for (const group of parts.groups) {
      const data = group.cg_data_bytes ?? Math.max(0, ...group.channels.map(endOf));
      const recordBytes = idSize + data + (group.cg_inval_bytes ?? 0);
      const alone = parts.groups.length === 1 && recordBytes > 0;
      const added = this.#channelGroup({
        ...group,
        cg_data_bytes: data,
        cg_cycle_count: group.cg_cycle_count ??
          (alone ? Math.floor(records.length / recordBytes) : 0),
      });
      const before = groups.at(-1);
      if (before) this.patchLink(before.cg, "cg_cg_next", added.cg);
      groups.push(added);
    }
    const data = parts.dataLink ?? (records.length === 0 ? 0 : this.data("DT", records, parts));
    const dg = this.addToHeader(DG, {
      links: {
        dg_cg_first: groups[0]?.cg ?? 0,
        dg_data: data,
        dg_md_comment: this.#comment(parts.dataGroupComment),
      },
      fields: { dg_rec_id_size: idSize },
    });
    return { dg, groups, data };
  }

  /** Adds channels, linked in order, and gives the offsets, depth first. */
  channels(parts: readonly ChannelParts[]): number[] {
    const offsets: number[] = [];
    let before = 0;
    for (const { name, unit, comment, members, ...rest } of parts) {
      const { moreLinks, fields, links } = split(CN, rest);
      const inner = members ? this.channels(members) : [];
      const at = this.add(CN, {
        fields,
        moreLinks,
        links: {
          cn_tx_name: this.text(name ?? ""),
          cn_md_unit: this.text(unit ?? ""),
          cn_md_comment: this.#comment(comment),
          cn_composition: inner[0] ?? 0,
          ...links,
        },
      });
      if (before) this.patchLink(before, "cn_cn_next", at);
      before = at;
      offsets.push(at, ...inner);
    }
    return offsets;
  }

  /** Adds data of a kind (`DT`, `SD` …) as one block or as a list, and gives where it starts. */
  data(kind: string, bytes: Uint8Array, parts: DataParts = {}): number {
    return addData(this, kind, bytes, parts);
  }

  #channelGroup({ name, comment, channels, ...rest }: GroupParts): AddedGroup {
    const offsets = this.channels(channels);
    const { moreLinks, fields, links } = split(CG, rest);
    const cg = this.add(CG, {
      fields,
      moreLinks,
      links: {
        cg_cn_first: offsets[0] ?? 0,
        cg_tx_acq_name: this.text(name ?? ""),
        cg_md_comment: this.#comment(comment),
        ...links,
      },
    });
    return { cg, channels: offsets };
  }

  #comment(comment = ""): number {
    return comment.startsWith("<") ? this.metadata(comment) : this.text(comment);
  }
}

function split<F extends FieldTable, L extends string>(
  table: BlockTable<F, L>,
  parts: Record<string, unknown>,
): BlockContents<F, L> {
  const links: Record<string, unknown> = {};
  const fields: Record<string, unknown> = {};
  let moreLinks: readonly number[] | undefined;
  for (const [name, value] of Object.entries(parts)) {
    if (name === "moreLinks") moreLinks = value as number[];
    else if ((table.links as readonly string[]).includes(name)) links[name] = value;
    else if (name in table.fields) fields[name] = value;
    else throw new Error(`${table.id} has neither a field nor a link ${name}`);
  }
  return { links, fields, moreLinks } as BlockContents<F, L>;
}

/** First byte of a record that is behind the channel and its members. */
function endOf(channel: ChannelParts): number {
  const bits = (channel.cn_bit_offset ?? 0) + (channel.cn_bit_count ?? 0);
  const own = bits === 0 ? 0 : (channel.cn_byte_offset ?? 0) + Math.ceil(bits / 8);
  return Math.max(own, ...(channel.members ?? []).map(endOf));
}
