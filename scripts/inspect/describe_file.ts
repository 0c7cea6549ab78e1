/**
 * What is told of a file, as plain data: the tree, the table and the JSON are made of it.
 *
 * @module
 */
import type { MdfError } from "../../lib/errors.ts";
import { isMdfError } from "../../lib/errors.ts";
import { type CommentProperty, parseComment, plainComment } from "../../lib/signal/comment.ts";
import type { Mdf } from "../../lib/signal/mdf.ts";
import type { ConversionModel } from "../../lib/structure/measurement.ts";
import { problemError } from "../../lib/structure/problem.ts";
import { flagWords, TIME_CLASSES, UNFINALIZED_WORDS } from "./code_words.ts";
import type { ConversionDetail } from "./conversion_words.ts";
import { type DescribeContext } from "./describe_channel.ts";
import {
  type AttachmentDescription,
  describeAttachments,
  describeEvents,
  describeHierarchy,
  describeHistory,
  type EventDescription,
  type HierarchyDescription,
  type HistoryDescription,
} from "./describe_details.ts";
import { timeText, zoneWords } from "./describe_time.ts";
import { describeGroup, type GroupDescription } from "./describe_group.ts";
import { compressionWords, dataWords, storedBytes } from "./data_words.ts";

/** A part that was left out because of damage, and the block whose link led to it. */
export interface LeftOut {
  error: MdfError;
  holder: number;
}

/** The file as a whole. */
export interface HeaderDescription {
  name: string;
  size: number;
  version: string;
  program: string;
  finalized: boolean;
  /** What was not brought up to date, in words. */
  unfinalized: string[];
  unfinalizedFlags: number;
  customFlags: number;
  /** ISO 8601. */
  startTime: string;
  startTimeNs: bigint;
  /** What the time stamp says about its zone. */
  zone: string;
  clock: string;
  /** Radians; absent where the file tells none. */
  startAngle?: number;
  /** Metres; absent where the file tells none. */
  startDistance?: number;
  comment: string;
  properties: CommentProperty[];
}

/** A data group: channel groups that share their data. */
export interface DataGroupDescription {
  index: number;
  comment: string;
  recordIdBytes: number;
  /** Whether all records are of one kind. */
  sorted: boolean;
  /** How much data, in words. */
  data: string;
  bytes: number;
  storedBytes: number;
  blocks: number;
  compression: string;
  /** Invalidation bytes that are stored apart, in words. */
  invalidation?: string;
  groups: GroupDescription[];
  problems: MdfError[];
}

/** All of a file. */
export interface FileDescription {
  header: HeaderDescription;
  history: HistoryDescription[];
  attachments: AttachmentDescription[];
  events: EventDescription[];
  hierarchy: HierarchyDescription[];
  dataGroups: DataGroupDescription[];
  /** Conversions as the format stores them, referring to each other by their index. */
  conversions: readonly ConversionModel[];
  /** What is wrong beside groups and channels. */
  problems: MdfError[];
}

/** What to tell. */
export interface DescribeOptions {
  detail: ConversionDetail;
  /** Parts that were left out when the file was opened. */
  leftOut?: readonly LeftOut[];
}

/** Describes an open file. */
export function describeFile(mdf: Mdf, options: DescribeOptions): FileDescription {
  const { measurement } = mdf;
  const names = new Map<number, string>();
  for (const { channels } of measurement.groups) {
    for (const { offset, name } of channels) names.set(offset, name);
  }
  const context: DescribeContext = {
    measurement,
    file: mdf.name,
    detail: options.detail,
    nameAt: (offset) => names.get(offset),
  };
  const file: FileDescription = {
    header: describeHeader(mdf),
    history: describeHistory(mdf),
    attachments: describeAttachments(mdf),
    events: describeEvents(mdf),
    hierarchy: describeHierarchy(mdf),
    dataGroups: measurement.dataGroups.map((_, index) => describeDataGroup(mdf, index, context)),
    conversions: measurement.conversions,
    problems: measurement.problems.map((problem) => problemError(problem, mdf.name)),
  };
  placeLeftOut(file, options.leftOut ?? []);
  placeProblems(file);
  return file;
}

function describeHeader(mdf: Mdf): HeaderDescription {
  const { identification, header } = mdf.measurement;
  const angle = (header.flags & 1) !== 0;
  const distance = (header.flags & 2) !== 0;
  return {
    name: mdf.name,
    size: mdf.size,
    version: mdf.version,
    program: mdf.program,
    finalized: mdf.finalized,
    unfinalized: flagWords(UNFINALIZED_WORDS, identification.unfinalizedFlags),
    unfinalizedFlags: identification.unfinalizedFlags,
    customFlags: identification.customFlags,
    startTime: timeText(mdf.startTime),
    startTimeNs: mdf.startTimeNs,
    zone: zoneWords(mdf.startTime),
    clock: TIME_CLASSES[header.timeClass] ?? `clock of class ${header.timeClass}`,
    startAngle: angle ? Number(header.startAngle) : undefined,
    startDistance: distance ? Number(header.startDistance) : undefined,
    comment: mdf.comment,
    properties: propertiesOf(header.comment),
  };
}

/** Properties of a comment; none where its XML is damaged, since the comment then shows all of it. */
export function propertiesOf(comment: string | undefined): CommentProperty[] {
  try {
    return parseComment(comment).properties;
  } catch (error) {
    if (isMdfError(error)) return [];
    throw error;
  }
}

function describeDataGroup(
  mdf: Mdf,
  index: number,
  context: DescribeContext,
): DataGroupDescription {
  const { measurement, name } = mdf;
  const { data, invalidation, recordIdBytes, comment } = measurement.dataGroups[index];
  const groups = measurement.groups.flatMap((model, number) =>
    model.dataGroup === index ? [describeGroup(mdf, number, context)] : []
  );
  const problems = [data.problem, invalidation?.problem].filter((each) => each !== undefined);
  return {
    index,
    comment: plainComment(comment),
    recordIdBytes,
    sorted: groups.length <= 1,
    data: dataWords(data),
    bytes: data.length,
    storedBytes: storedBytes(data),
    blocks: data.fragments.length,
    compression: compressionWords(data),
    invalidation: invalidation && dataWords(invalidation),
    groups,
    problems: problems.map((problem) => problemError(problem, name)),
  };
}

/** Puts what could not be followed to the block whose link led there. */
function placeLeftOut(file: FileDescription, leftOut: readonly LeftOut[]): void {
  const owners = ownersByOffset(file);
  for (const { error, holder } of leftOut) (owners.get(holder) ?? file).problems.push(error);
}

/**
 * A problem that names the block of a group or channel belongs there. An error about a link names
 * the kind that was expected; what stands there instead has nothing to do with it.
 */
function placeProblems(file: FileDescription): void {
  const owners = ownersByOffset(file);
  file.problems = file.problems.filter((error) => {
    const owner = error.offset === undefined ? undefined : owners.get(error.offset);
    if (owner?.block !== error.block) return true;
    owner?.problems.push(error);
    return owner === undefined;
  });
}

interface Owner {
  block: string;
  problems: MdfError[];
}

function ownersByOffset({ dataGroups }: FileDescription): Map<number, Owner> {
  const owners = new Map<number, Owner>();
  for (const { offset, problems, channels } of dataGroups.flatMap(({ groups }) => groups)) {
    owners.set(offset, { block: "CG", problems });
    for (const channel of channels) {
      owners.set(channel.offset, { block: "CN", problems: channel.problems });
    }
  }
  return owners;
}

/**
 * The file with only the channels whose name contains a text, in upper or lower case, and the groups
 * that have some.
 */
export function withChannels(file: FileDescription, filter: string): FileDescription {
  const wanted = filter.toLowerCase();
  const dataGroups = file.dataGroups.map((dataGroup) => ({
    ...dataGroup,
    groups: dataGroup.groups
      .map((group) => ({
        ...group,
        channels: group.channels.filter(({ name }) => name.toLowerCase().includes(wanted)),
      }))
      .filter(({ channels }) => channels.length > 0),
  })).filter(({ groups }) => groups.length > 0);
  return { ...file, dataGroups };
}

/** Everything that is wrong with a file. */
export function allProblems(file: FileDescription): MdfError[] {
  const problems = [...file.problems, ...file.attachments.flatMap((each) => each.problems)];
  for (const { problems: own, groups } of file.dataGroups) {
    problems.push(...own);
    for (const group of groups) {
      problems.push(...group.problems, ...group.channels.flatMap((each) => each.problems));
    }
  }
  return problems;
}
