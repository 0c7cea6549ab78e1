/**
 * An open file as the parts of it see it.
 *
 * @module
 */
import type { Limits } from "../blocks/read_block.ts";
import type { SourceReader } from "../source/byte_source.ts";
import type { Measurement } from "../structure/measurement.ts";
import type { Attachment } from "./attachments.ts";

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
  /** @throws {UsageError} when the file was closed */
  checkOpen(): void;
}
