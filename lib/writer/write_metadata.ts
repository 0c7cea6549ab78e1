/**
 * The blocks that describe a file and its groups.
 *
 * @module
 */
import { CG, CN, DG, FH, HD, ID_BYTES, MD } from "../blocks/block_tables.ts";
import { encodeBlock, encodeIdentification, encodeText } from "../blocks/encode_block.ts";
import { BlockBatch, type BlockPool } from "./block_pool.ts";
import { channelTypeCode, layoutRecord, STORAGE, SYNC_TYPE } from "./channel_types.ts";
import type { WriterSettings } from "./check_options.ts";
import { escapeXml } from "./comment_xml.ts";
import type { GroupOptions } from "./writer_options.ts";

/** Version of this library, as the file history names it. */
export const TOOL_VERSION = "0.1.0";
const TOOL_VENDOR = "MF4 for Deno";

/** `id_unfin_flags` of a file that is being written: the counters of its groups are not up to date. */
const COUNTERS_OPEN = 1;

/** Offset of the header block. */
export const HEADER_AT = ID_BYTES;

/** Where the blocks of a group stand in the file. */
export interface GroupPlaces {
  /** Offset of the DG block. */
  readonly dataGroup: number;
  /** Offset of the CG block. */
  readonly group: number;
  /** Offsets of the CN blocks, in the order of the channels. */
  readonly channels: readonly number[];
}

/** The identification block, of a file that is still open or of one that is complete. */
export function encodeFileIdentification(settings: WriterSettings, complete: boolean): Uint8Array {
  return encodeIdentification({
    id_file: complete ? "MDF     " : "UnFinMF ",
    id_vers: settings.version.padEnd(8),
    id_prog: settings.program,
    id_ver: Math.round(Number(settings.version) * 100),
    id_unfin_flags: complete ? 0 : COUNTERS_OPEN,
  });
}

/** The start of an open file: identification, header and file history. */
export function encodeFileHead(settings: WriterSettings, pool: BlockPool): Uint8Array {
  const head = new BlockBatch(0);
  const headerBytes = encodeBlock(HD).length;
  const rest = new BlockBatch(HEADER_AT + headerBytes);
  const historyComment = rest.add(encodeBlock(MD, { payload: encodeText(historyXml(settings)) }));
  const history = rest.add(
    encodeBlock(FH, {
      links: { fh_md_comment: historyComment },
      fields: { fh_time_ns: settings.historyTimeNs },
    }),
  );
  const comment = pool.comment(rest, "HDcomment", settings.comment);
  head.add(encodeFileIdentification(settings, false));
  head.add(
    encodeBlock(HD, {
      links: { hd_fh_first: history, hd_md_comment: comment },
      fields: { hd_start_time_ns: settings.startTimeNs },
    }),
  );
  head.add(rest.bytes());
  return head.bytes();
}

function historyXml(settings: WriterSettings): string {
  return "<FHcomment><TX>created</TX>" +
    `<tool_id>${escapeXml(settings.program)}</tool_id>` +
    `<tool_vendor>${TOOL_VENDOR}</tool_vendor>` +
    `<tool_version>${TOOL_VERSION}</tool_version></FHcomment>`;
}

/** The blocks of a group without records, to stand at offset `start`, and where each will be. */
export function encodeGroup(
  group: GroupOptions,
  start: number,
  pool: BlockPool,
): { bytes: Uint8Array; places: GroupPlaces } {
  const channelBytes = encodeBlock(CN).length;
  const groupAt = start + encodeBlock(DG).length;
  const channelsAt = groupAt + encodeBlock(CG).length;
  const channels = group.channels.map((_, i) => channelsAt + i * channelBytes);
  const rest = new BlockBatch(channelsAt + channels.length * channelBytes);
  const layout = layoutRecord(group.channels.map((channel) => channel.type));

  const whole = new BlockBatch(start);
  whole.add(encodeBlock(DG, { links: { dg_cg_first: groupAt } }));
  whole.add(
    encodeBlock(CG, {
      links: {
        cg_cn_first: channels[0],
        cg_tx_acq_name: pool.text(rest, group.name),
        cg_si_acq_source: pool.source(rest, group.source),
        cg_md_comment: pool.comment(rest, "CGcomment", group.comment),
      },
      fields: { cg_data_bytes: layout.bytes },
    }),
  );
  group.channels.forEach((channel, i) => {
    whole.add(
      encodeBlock(CN, {
        links: {
          cn_cn_next: channels[i + 1] ?? 0,
          cn_tx_name: pool.text(rest, channel.name),
          cn_si_source: pool.source(rest, channel.source),
          cn_cc_conversion: pool.conversion(rest, channel.conversion),
          cn_md_unit: pool.text(rest, channel.unit),
          cn_md_comment: pool.comment(rest, "CNcomment", channel.comment),
        },
        fields: {
          cn_type: channelTypeCode(channel.type, channel.master),
          cn_sync_type: channel.master ? SYNC_TYPE[channel.master] : 0,
          cn_data_type: STORAGE[channel.type].dataType,
          cn_byte_offset: layout.offsets[i],
          cn_bit_count: 8 * STORAGE[channel.type].bytes,
        },
      }),
    );
  });
  whole.add(rest.bytes());
  return { bytes: whole.bytes(), places: { dataGroup: start, group: groupAt, channels } };
}
