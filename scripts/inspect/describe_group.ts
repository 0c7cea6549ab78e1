/**
 * What is told of a channel group, as plain data.
 *
 * @module
 */
import type { MdfError } from "../../lib/errors.ts";
import { plainComment } from "../../lib/signal/comment.ts";
import type { Mdf } from "../../lib/signal/mdf.ts";
import { GROUP_FLAG } from "../../lib/structure/format_codes.ts";
import { problemError } from "../../lib/structure/problem.ts";
import { flagWords, GROUP_FLAG_WORDS } from "./code_words.ts";
import { dataWords } from "./data_words.ts";
import {
  type ChannelDescription,
  describeChannel,
  type DescribeContext,
  sourceWords,
} from "./describe_channel.ts";

/** A sample reduction. */
export interface ReductionDescription {
  interval: number;
  /** Axis that the intervals divide. */
  axis: string;
  intervals?: number;
  data: string;
}

/** A channel group. */
export interface GroupDescription {
  /** Index by which the library knows the group; absent for groups that only store values. */
  index?: number;
  offset: number;
  name: string;
  source?: string;
  comment: string;
  recordId: number;
  records: number;
  /** The file's own counter. */
  cycleCount: number;
  /** Bytes of a record, without its id. */
  recordBytes: number;
  dataBytes: number;
  invalidationBytes: number;
  flags: string[];
  /** Name of the master channel. */
  master?: string;
  /** Whether the records only hold values of other groups' channels. */
  storage: boolean;
  /** Names of the channels whose values a storage group holds. */
  storedFor: string[];
  reductions: ReductionDescription[];
  channels: ChannelDescription[];
  problems: MdfError[];
}

/** Describes the group with that index in the measurement. */
export function describeGroup(
  mdf: Mdf,
  number: number,
  context: DescribeContext,
): GroupDescription {
  const { measurement, name } = mdf;
  const model = measurement.groups[number];
  const view = mdf.groups.find((group) => group.model === model);
  const source = model.source === undefined ? undefined : measurement.sources[model.source];
  const reductions = model.reductions ?? [];
  return {
    index: view?.index,
    offset: model.offset,
    name: model.name,
    source: source && sourceWords(source),
    comment: plainComment(model.comment),
    recordId: model.recordId,
    records: model.recordCount,
    cycleCount: model.cycleCount,
    recordBytes: model.dataBytes + model.invalidationBytes,
    dataBytes: model.dataBytes,
    invalidationBytes: model.invalidationBytes,
    flags: flagWords(GROUP_FLAG_WORDS, model.flags),
    master: view?.master?.name,
    storage: (model.flags & GROUP_FLAG.variableLength) !== 0,
    storedFor: measurement.groups.flatMap(({ channels }) =>
      channels.filter(({ storageGroup }) => storageGroup === number).map(({ name }) => name)
    ),
    reductions: (view?.reductions ?? []).map((reduction) => ({
      interval: reduction.interval,
      axis: reduction.syncType,
      intervals: reduction.count,
      data: dataWords(reduction.model.data),
    })),
    channels: model.channels.map((_, i) => describeChannel(model, i, context)),
    problems: reductions.flatMap(({ data, invalidation }) =>
      [data.problem, invalidation?.problem].flatMap((each) =>
        each ? [problemError(each, name)] : []
      )
    ),
  };
}
