/**
 * Sample reductions of a channel group: mean, minimum and maximum over intervals, made for display.
 *
 * @module
 */
import { SR } from "../blocks/block_tables.ts";
import type { OffsetSet } from "../blocks/offset_set.ts";
import { link } from "../blocks/block.ts";
import { readRecordData, type RecordBlocks } from "./record_data.ts";
import { REDUCTION_FLAG } from "./format_codes.ts";
import { LinkedBlocks } from "./linked_blocks.ts";
import { type ChannelGroupModel, jsonNumber, type ReductionModel } from "./measurement.ts";
import type { DetailContext } from "./walk_details.ts";

/** Types of the blocks that hold the records of a reduction. */
export const REDUCTION_DATA: RecordBlocks = { rows: "RD", values: "RV", invalidation: "RI" };

/** A group's link to its first reduction. */
export interface ReductionLink {
  /** The group. */
  readonly group: ChannelGroupModel;
  /** Offset of the first block. */
  readonly first: number;
  /** Path to the group. */
  readonly path: string;
}

/** A reduction whose data is still to be followed. */
export interface ReductionData {
  /** The group. */
  readonly group: ChannelGroupModel;
  /** The reduction. */
  readonly reduction: ReductionModel;
  /** Link to its data. */
  readonly start: number;
  /** Path to the reduction. */
  readonly path: string;
}

/**
 * Reads the reductions of a group; what is needed to follow their data is added to `toFollow`, and
 * the offsets of their blocks to `visited`.
 */
export async function walkReductions(
  { reader }: DetailContext,
  { group, first, path: parent }: ReductionLink,
  toFollow: ReductionData[],
  visited: OffsetSet,
): Promise<void> {
  const reductions: ReductionModel[] = [];
  group.reductions = reductions;
  const blocks = new LinkedBlocks(reader, SR, "sr_sr_next", first, `${parent}>SR`, visited);
  while (blocks.more()) {
    const block = blocks.peek() ?? await blocks.load();
    const { path } = blocks;
    const { fields } = block;
    const reduction: ReductionModel = {
      offset: block.offset,
      cycleCount: fields.sr_cycle_count,
      interval: jsonNumber(fields.sr_interval),
      syncType: fields.sr_sync_type,
      flags: fields.sr_flags,
      data: { fragments: [], length: 0 },
    };
    reductions.push(reduction);
    toFollow.push({ group, reduction, start: link(block, "sr_data"), path });
  }
}

/** Finds where the data of a reduction lies. */
export async function followReductionData(
  { reader }: DetailContext,
  { group, reduction, start, path }: ReductionData,
): Promise<void> {
  const stored = (reduction.flags & REDUCTION_FLAG.invalidationBytes) !== 0;
  const invalidationBytes = stored ? group.invalidationBytes : 0;
  Object.assign(
    reduction,
    await readRecordData(
      reader,
      start,
      invalidationBytes,
      3 * group.dataBytes,
      path,
      REDUCTION_DATA,
    ),
  );
}
