/**
 * What stands around the samples in the model of a measurement file: attachments, events, the channel
 * hierarchy, sample reductions.
 *
 * @module
 */
import type { DataChain, JsonNumber, Problem } from "./measurement.ts";

/** A channel group, or a channel of it. */
export interface ChannelPlace {
  /** Index into the measurement's groups. */
  group: number;
  /** Position in the group's channels; absent for the group itself. */
  channel?: number;
}

/** An attached file. */
export interface AttachmentModel {
  /** Offset of the attachment's block in the file. */
  offset: number;
  /** Name or path, as the file tells it. */
  name: string;
  /** MIME type, "" where the file does not tell. */
  mimeType: string;
  /** Comment, text or XML as stored. */
  comment?: string;
  /** `at_flags`: bit 0 embedded, bit 1 compressed, bit 2 checksum valid. */
  flags: number;
  /** Index into the file history: who attached or last changed it. */
  creator: number;
  /** MD5 checksum of the original bytes, in hexadecimal, where it is valid. */
  md5?: string;
  /** Bytes of the attached file. */
  originalSize: number;
  /** Bytes embedded here, after compression. */
  embeddedSize: number;
  /** Offset in the file of the embedded bytes. */
  payloadOffset: number;
  /** Set when the embedded bytes cannot be read. */
  problem?: Problem;
}

/** An event. */
export interface EventModel {
  /** Offset of the event's block in the file. */
  offset: number;
  /** Name. */
  name: string;
  /** Name that events of one purpose share. */
  groupName?: string;
  /** Comment, text or XML as stored. */
  comment?: string;
  /** `ev_type`: 0 recording, 1 and 2 interrupts, 3 and 4 start and stop trigger, 5 trigger, 6 marker. */
  type: number;
  /** `ev_sync_type`: 1 time, 2 angle, 3 distance, 4 index. */
  syncType: number;
  /** `ev_range_type`: 0 point, 1 beginning, 2 end of a range. */
  rangeType: number;
  /** `ev_cause`: 0 other, 1 error, 2 tool, 3 script, 4 user. */
  cause: number;
  /** `ev_flags`: bit 0 added after the recording, bit 1 group name present. */
  flags: number;
  /** Index into the file history: who made or changed it. */
  creator: number;
  /** `ev_sync_base_value`, decimal text. */
  syncBase: string;
  /** `ev_sync_factor`; the position is the product of both. */
  syncFactor: JsonNumber;
  /** Index of the event that this one belongs to. */
  parent?: number;
  /** Index of the event that begins the range which this one ends. */
  rangeBegin?: number;
  /** Of a template: index of the group whose records are the parents. */
  parentGroup?: number;
  /** Of a template: index of the group whose records begin the ranges. */
  rangeBeginGroup?: number;
  /** Groups and channels that this event names as its scope. */
  scope: ChannelPlace[];
  /** Indexes of its attachments. */
  attachments: number[];
}

/** A node of the channel hierarchy. */
export interface HierarchyModel {
  /** Offset of the node's block in the file. */
  offset: number;
  /** `ch_type`. */
  type: number;
  /** Name. */
  name: string;
  /** Comment, text or XML as stored. */
  comment?: string;
  /** Channels of the node. */
  elements: ChannelPlace[];
  /** Nodes below. */
  children: HierarchyModel[];
}

/** A sample reduction of a channel group. */
export interface ReductionModel {
  /** Offset of the reduction's block in the file. */
  offset: number;
  /** The counter of intervals stored in the file. */
  cycleCount: number;
  /** Length of an interval, in units of the synchronisation. */
  interval: JsonNumber;
  /** `sr_sync_type`: 1 time, 2 angle, 3 distance, 4 index. */
  syncType: number;
  /** `sr_flags`: bit 0 invalidation bytes present, bit 1 one invalid sample makes the interval so. */
  flags: number;
  /** The records; without their invalidation bytes where those are stored apart. */
  data: DataChain;
  /** Invalidation bytes that are stored apart. */
  invalidation?: DataChain;
}
