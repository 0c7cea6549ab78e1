/**
 * What is told of file history, attachments, events and hierarchy, as plain data.
 *
 * @module
 */
import type { MdfError } from "../../lib/errors.ts";
import type { Channel, ChannelGroup } from "../../lib/signal/channel.ts";
import type { HierarchyNode } from "../../lib/signal/hierarchy.ts";
import type { Mdf } from "../../lib/signal/mdf.ts";
import { problemError } from "../../lib/structure/problem.ts";
import { timeText, zoneWords } from "./describe_time.ts";

/** An entry of the file history. */
export interface HistoryDescription {
  time: string;
  zone: string;
  tool?: string;
  vendor?: string;
  toolVersion?: string;
  user?: string;
  comment: string;
}

/** An attached file. */
export interface AttachmentDescription {
  name: string;
  mimeType: string;
  /** `embedded`, `embedded, compressed` or `outside this file`. */
  storage: string;
  size: number;
  storedBytes: number;
  md5?: string;
  comment: string;
  problems: MdfError[];
}

/** An event. */
export interface EventDescription {
  name: string;
  groupName?: string;
  type: string;
  range: string;
  cause: string;
  axis: string;
  value: number;
  unit: string;
  /** The exact number whose product with `factor` is `value`. */
  base: bigint;
  factor: number;
  postProcessed: boolean;
  /** Names of the groups and channels; none for the whole file. */
  scope: string[];
  attachments: string[];
  comment: string;
}

/** A node of the channel hierarchy. */
export interface HierarchyDescription {
  name: string;
  type: string;
  comment: string;
  channels: string[];
  children: HierarchyDescription[];
}

/** The history of a file. */
export function describeHistory(mdf: Mdf): HistoryDescription[] {
  return mdf.fileHistory.map((entry) => ({
    time: timeText(entry.time),
    zone: zoneWords(entry.time),
    tool: entry.toolId,
    vendor: entry.toolVendor,
    toolVersion: entry.toolVersion,
    user: entry.userName,
    comment: entry.comment,
  }));
}

/** The attachments of a file. */
export function describeAttachments(mdf: Mdf): AttachmentDescription[] {
  return mdf.attachments.map(({ model, embedded, compressed, size, md5, comment }) => ({
    name: model.name,
    mimeType: model.mimeType,
    storage: !embedded ? "outside this file" : compressed ? "embedded, compressed" : "embedded",
    size,
    storedBytes: model.embeddedSize,
    md5,
    comment,
    problems: model.problem ? [problemError(model.problem, mdf.name)] : [],
  }));
}

/** The events of a file. */
export function describeEvents(mdf: Mdf): EventDescription[] {
  return mdf.events.map((event) => ({
    name: event.name,
    groupName: event.groupName,
    type: event.type,
    range: event.rangeType,
    cause: event.cause,
    axis: event.syncType,
    value: event.value,
    unit: event.unit,
    base: event.base,
    factor: event.factor,
    postProcessed: event.postProcessed,
    scope: event.scope.map(scopeName),
    attachments: event.attachments.map((attachment) => attachment.name),
    comment: event.comment,
  }));
}

function scopeName(part: ChannelGroup | Channel): string {
  return "group" in part ? part.name : `group ${part.index}${part.name ? ` ${part.name}` : ""}`;
}

/** The channel hierarchy of a file. */
export function describeHierarchy(mdf: Mdf): HierarchyDescription[] {
  return mdf.hierarchy.map(describeNode);
}

function describeNode(node: HierarchyNode): HierarchyDescription {
  return {
    name: node.name,
    type: node.type,
    comment: node.comment,
    channels: node.channels.map(({ name }) => name),
    children: node.children.map(describeNode),
  };
}
