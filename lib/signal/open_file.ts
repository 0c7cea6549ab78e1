/**
 * An open file as the parts of it see it.
 *
 * @module
 */
import type { Limits } from "../blocks/limits.ts";
import type { SourceReader } from "../source/byte_source.ts";
import type { Measurement } from "../structure/measurement.ts";
import type { Attachment } from "./attachments.ts";
import type { Channel } from "./channel.ts";
import type { MdfEvent } from "./events.ts";

/** What groups, channels and attachments need of the file they belong to. */
export interface OpenFile {
  /** The file's structure. */
  readonly measurement: Measurement;
  /** The file's bytes. */
  readonly source: SourceReader;
  /** Limits in force. */
  readonly limits: Limits;
  /** The attachment whose block starts at an offset. */
  attachmentAt(offset: number): Attachment | undefined;
  /** The channel whose block starts at an offset; undefined where there is none, or for 0. */
  channelAt(offset: number): Channel | undefined;
  /** The template of events that are stored as records. */
  eventTemplate(index: number): MdfEvent;
  /** @throws {UsageError} when the file was closed */
  checkOpen(): void;
}
