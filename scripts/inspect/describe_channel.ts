/**
 * What is told of a channel, as plain data.
 *
 * @module
 */
import { plainComment } from "../../lib/signal/comment.ts";
import { problemError } from "../../lib/structure/problem.ts";
import { ARRAY_STORAGE, CHANNEL_FLAG } from "../../lib/structure/format_codes.ts";
import type {
  ArrayModel,
  BlockTriple,
  ChannelGroupModel,
  ChannelModel,
  ConversionModel,
  Measurement,
  SourceModel,
} from "../../lib/structure/measurement.ts";
import type { MdfError } from "../../lib/errors.ts";
import {
  ARRAY_STORAGE_WORDS,
  ARRAY_TYPE_WORDS,
  BUS_TYPE_WORDS,
  CHANNEL_FLAG_WORDS,
  flagWords,
  SOURCE_TYPE_WORDS,
  wordFor,
} from "./code_words.ts";
import { type ConversionDetail, conversionWords } from "./conversion_words.ts";
import { dataWords } from "./data_words.ts";
import { bitWords, roleWords, typeWords } from "./type_words.ts";

/** A conversion in words and in numbers. */
export interface ConversionDescription {
  /** For example `linear: 0.25 × raw + 10`. */
  words: string;
  name?: string;
  unit?: string;
  comment?: string;
  /** Index into the file's list of conversions. */
  index: number;
}

/** A channel. */
export interface ChannelDescription {
  name: string;
  /** Position in the group's list of channels. */
  index: number;
  /** Position of the structure that the channel is a member of. */
  parent?: number;
  /** Structures around the channel. */
  depth: number;
  offset: number;
  /** Type in words. */
  type: string;
  /** Master, variable length and the like. */
  roles: string[];
  unit: string;
  samples: number;
  conversion?: ConversionDescription;
  comment: string;
  source?: string;
  /** Bits of the record, where they do not fill whole bytes. */
  bits?: string;
  flags: string[];
  /** Further facts in words: axes of arrays, stored data, links to other channels. */
  notes: string[];
  /** Numbers as the format stores them. */
  stored: {
    type: number;
    syncType: number;
    dataType: number;
    byteOffset: number;
    bitOffset: number;
    bitCount: number;
    flags: number;
    invalidationBit?: number;
    arrays?: readonly ArrayModel[];
  };
  problems: MdfError[];
}

/** What describing needs beside the channel. */
export interface DescribeContext {
  readonly measurement: Measurement;
  /** Name of the file, for errors. */
  readonly file: string;
  readonly detail: ConversionDetail;
  /** Name of the channel at an offset. */
  nameAt(offset: number): string | undefined;
}

/** Describes a channel of a group. */
export function describeChannel(
  group: ChannelGroupModel,
  index: number,
  context: DescribeContext,
): ChannelDescription {
  const { measurement } = context;
  const model = group.channels[index];
  const conversion = model.conversion === undefined
    ? undefined
    : measurement.conversions[model.conversion];
  const source = model.source === undefined ? undefined : measurement.sources[model.source];
  const { type, syncType, dataType, byteOffset, bitOffset, bitCount, flags, arrays } = model;
  const invalidates = (flags & CHANNEL_FLAG.invalidationBit) !== 0;
  return {
    name: model.name,
    index,
    parent: model.parent,
    depth: depthOf(group, model),
    offset: model.offset,
    type: typeWords(model),
    roles: roleWords(model, group.channels),
    unit: plainComment(model.unit ?? conversion?.unit).trim(),
    samples: group.recordCount,
    conversion: conversion && describeConversion(model.conversion!, conversion, context),
    comment: plainComment(model.comment),
    source: source && sourceWords(source),
    bits: bitWords(model),
    flags: flagWords(CHANNEL_FLAG_WORDS, flags),
    notes: notesOf(model, context),
    stored: {
      ...{ type, syncType, dataType, byteOffset, bitOffset, bitCount, flags, arrays },
      invalidationBit: invalidates ? model.invalidationBit : undefined,
    },
    problems: problemsOf(model, context),
  };
}

/** A source in words: `"ECU1" (bus CAN), path "x"`. */
export function sourceWords({ name, path, type, busType, flags }: SourceModel): string {
  const kinds: string[] = [];
  if (type !== 0) kinds.push(wordFor(SOURCE_TYPE_WORDS, type));
  if (busType !== 0) kinds.push(wordFor(BUS_TYPE_WORDS, busType));
  if (flags & 1) kinds.push("simulated");
  const parts = [name, kinds.length > 0 ? `(${kinds.join(", ")})` : "", path && `path ${path}`];
  return parts.filter((part) => part !== "").join(" ");
}

function depthOf(group: ChannelGroupModel, model: ChannelModel): number {
  let depth = 0;
  // A structure stands before its members, so the way up ends.
  for (let at = model; at.parent !== undefined; depth++) at = group.channels[at.parent];
  return depth;
}

function describeConversion(
  index: number,
  model: ConversionModel,
  { measurement, detail }: DescribeContext,
): ConversionDescription {
  const { name, unit, comment } = model;
  return {
    words: conversionWords(measurement.conversions, index, detail),
    ...{ name, unit: unit && plainComment(unit), comment: comment && plainComment(comment) },
    index,
  };
}

function notesOf(model: ChannelModel, context: DescribeContext): string[] {
  const { measurement } = context;
  const notes = (model.arrays ?? []).flatMap((array) => arrayNotes(array, context));
  if (model.signalData !== undefined) {
    notes.push(`values: ${dataWords(measurement.signalData[model.signalData])}`);
  }
  if (model.storageGroup !== undefined) {
    const { name, recordId } = measurement.groups[model.storageGroup];
    const told = name ? ` ${name}` : "";
    notes.push(`values: in storage group${told} with record id ${recordId}`);
  }
  if (model.eventTemplate !== undefined) {
    const { name } = measurement.eventTemplates![model.eventTemplate];
    notes.push(`records are events: ${name || "(no name)"}`);
  }
  if (model.defaultX) notes.push(`default x axis: ${tripleName(model.defaultX, context)}`);
  for (const offset of [model.syncAttachment, ...model.attachments ?? []]) {
    if (offset === undefined) continue;
    const attachment = measurement.attachments.find((each) => each.offset === offset);
    if (attachment) notes.push(`attachment: ${attachment.name || "(no name)"}`);
  }
  return notes;
}

function arrayNotes(array: ArrayModel, context: DescribeContext): string[] {
  const { conversions } = context.measurement;
  const what = [wordFor(ARRAY_TYPE_WORDS, array.type), `[${array.dimensions.join(" × ")}]`];
  if (array.flags & 64) what.push("columns first");
  if (array.storage !== ARRAY_STORAGE.record) what.push(elementWords(array));
  const notes = [what.join(" ")];
  array.dimensions.forEach((_, i) => {
    const axis: string[] = [];
    const fixed = array.axisValues?.[i];
    if (fixed) axis.push(fixed.join(", "));
    const channel = array.axisChannels?.[i];
    if (channel?.channel) axis.push(`points in channel ${tripleName(channel, context)}`);
    const input = array.inputChannels?.[i];
    if (input?.channel) axis.push(`input ${tripleName(input, context)}`);
    const conversion = array.axisConversions?.[i];
    if (typeof conversion === "number") {
      axis.push(conversionWords(conversions, conversion, context.detail));
    }
    const size = array.sizeChannels?.[i];
    if (size?.channel) axis.push(`size in channel ${tripleName(size, context)}`);
    if (axis.length > 0) notes.push(`axis ${i + 1}: ${axis.join("; ")}`);
  });
  if (array.outputChannel) notes.push(`output: ${tripleName(array.outputChannel, context)}`);
  if (array.comparisonChannel) {
    notes.push(`compared with: ${tripleName(array.comparisonChannel, context)}`);
  }
  return notes;
}

/** Where elements with records of their own are, and how many records the file counts for them. */
function elementWords({ storage, cycleCounts = [] }: ArrayModel): string {
  const fewest = cycleCounts.reduce((least, count) => Math.min(least, count), Infinity);
  const most = cycleCounts.reduce((most, count) => Math.max(most, count), 0);
  const counts = fewest === most ? `${most}` : `${fewest} to ${most}`;
  return `elements ${wordFor(ARRAY_STORAGE_WORDS, storage)}, ${counts} records each`;
}

function tripleName({ channel }: BlockTriple, context: DescribeContext): string {
  if (channel === 0) return "none";
  return context.nameAt(channel) ?? `a channel that is not in the file (offset ${channel})`;
}

function problemsOf(model: ChannelModel, { measurement, file }: DescribeContext): MdfError[] {
  const problems = [
    model.problem,
    ...(model.arrays ?? []).flatMap(({ elementData = [] }) =>
      elementData.flatMap(({ data, invalidation }) => [data.problem, invalidation?.problem])
    ),
    model.signalData === undefined ? undefined : measurement.signalData[model.signalData].problem,
    ...conversionProblems(measurement.conversions, model.conversion),
  ];
  return problems.filter((problem) => problem !== undefined)
    .map((problem) => problemError(problem, file));
}

function conversionProblems(conversions: readonly ConversionModel[], first: number | undefined) {
  const seen = new Set<number>();
  const waiting = first === undefined ? [] : [first];
  for (let index = waiting.pop(); index !== undefined; index = waiting.pop()) {
    if (seen.has(index) || !conversions[index]) continue;
    seen.add(index);
    for (const each of conversions[index].references) {
      if (typeof each === "number") waiting.push(each);
    }
  }
  return [...seen].map((index) => conversions[index].problem);
}
