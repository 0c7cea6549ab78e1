/**
 * MF4 for Deno: reads, indexes, streams and writes ASAM MDF 4 measurement files.
 *
 * ```ts
 * import { Mdf } from "./mod.ts";
 *
 * await using mdf = await Mdf.open("drive.mf4");
 * for (const group of mdf.groups) {
 *   console.log(group.name, group.recordCount, group.channels.map((channel) => channel.name));
 * }
 * const rpm = await mdf.read("RPM");
 * console.log(rpm.values.at(0), rpm.unit, rpm.timestamps?.[0]);
 * ```
 *
 * @module
 */
export * from "./lib/errors.ts";
export { type ByteRange, mergeRanges } from "./lib/source/byte_ranges.ts";
export type { ByteReadOptions, ByteSource } from "./lib/source/byte_source.ts";
export { fileSource } from "./lib/source/file_source.ts";
export type { HttpRequestOptions, HttpRequestReport } from "./lib/source/http_request.ts";
export { httpSource, type HttpSourceOptions } from "./lib/source/http_source.ts";
export { blobSource, bytesSource } from "./lib/source/memory_source.ts";
export type { Limits } from "./lib/blocks/limits.ts";
export type { Damaged } from "./lib/structure/damage_guard.ts";
export type {
  ArrayModel,
  AttachmentModel,
  BlockTriple,
  ChannelGroupModel,
  ChannelModel,
  ChannelPlace,
  CheckPoints,
  CompositionModel,
  ConversionModel,
  ConversionReference,
  DataChain,
  DataGroupModel,
  EventModel,
  FileHistoryEntry,
  Fragment,
  Header,
  HierarchyModel,
  Identification,
  JsonNumber,
  Measurement,
  Problem,
  RecordData,
  RecordPlaces,
  ReductionModel,
  SourceModel,
  TimeStamp,
} from "./lib/structure/measurement.ts";
export type {
  FileIdentity,
  IdentityComparison,
  IdentityPart,
  Sample,
} from "./lib/index/file_identity.ts";
export { INDEX_JSON_SCHEMA } from "./lib/index/index_schema.ts";
export type { JoinedTexts } from "./lib/index/text_pool.ts";
export { INDEX_SCHEMA, type MdfIndex } from "./lib/index/file_index.ts";
export {
  indexStream,
  type IndexStreamOptions,
  readIndex,
  type ReadIndexOptions,
} from "./lib/index/index_stream.ts";
export type { ByteRangesOptions, ChannelReference } from "./lib/index/index_ranges.ts";
export { byteRanges, type TimeRangesOptions } from "./lib/signal/time_ranges.ts";
export type {
  Attachment,
  ExtractOptions,
  ReadAttachmentOptions,
} from "./lib/signal/attachments.ts";
export type { Channel, ChannelGroup } from "./lib/signal/channel.ts";
export type { ArrayAxis, ArrayDimension, ChannelArray } from "./lib/signal/channel_array.ts";
export type { ListValues, SignalValues } from "./lib/signal/column.ts";
export {
  type Commented,
  type CommentList,
  type CommentProperty,
  commentProperty,
  type CommentPropertyBase,
  type CommentTree,
  type CommentValue,
  type CommentValueList,
  parseComment,
  type ParsedComment,
} from "./lib/signal/comment.ts";
export type {
  ArrayStorage,
  ArrayType,
  EventCause,
  EventRangeType,
  EventType,
  HierarchyType,
  SyncType,
  UnknownCode,
} from "./lib/signal/code_names.ts";
export type { MdfEvent } from "./lib/signal/events.ts";
export type { FileHistory } from "./lib/signal/file_history.ts";
export type { HierarchyNode } from "./lib/signal/hierarchy.ts";
export type { ReadReductionOptions, ReducedSignal, Reduction } from "./lib/signal/reductions.ts";
export type { ElementSignal, ReadElementsOptions } from "./lib/signal/read_elements.ts";
export type { MdfTime } from "./lib/signal/start_time.ts";
export type { XmlElement } from "./lib/signal/xml.ts";
export type { MdfInput } from "./lib/signal/open_source.ts";
export type { FollowOptions } from "./lib/signal/follow.ts";
export type { GrownGroup, Refreshed } from "./lib/signal/refresh.ts";
export type { IndexOptions, OpenOptions } from "./lib/signal/open_options.ts";
export { Mdf } from "./lib/signal/mdf.ts";
export type { ToIndexOptions } from "./lib/signal/make_index.ts";
export type {
  Batch,
  Progress,
  ReadAllOptions,
  ReadChannelOptions,
  ReadOptions,
  Signal,
  StreamOptions,
} from "./lib/signal/signal.ts";
export type { Values } from "./lib/signal/values.ts";
export {
  type ByteSink,
  type ChannelOptions,
  type ChannelType,
  type Column,
  type Columns,
  type Comment,
  type Compression,
  type ConversionOptions,
  type GroupOptions,
  GroupWriter,
  type IndexedValues,
  type MasterKind,
  MdfWriter,
  MemorySink,
  type SourceOptions,
  type WriterOptions,
  type WriterOutput,
} from "./lib/writer/mdf_writer.ts";
export type { Converted } from "./lib/conversion/rules.ts";
export type { NumberArray } from "./lib/decode/number_kernels.ts";
