/**
 * The model of a measurement file: plain data that survives JSON, filled by the walker or taken from
 * an index. Everything after the structure stage works on this model alone.
 *
 * @module
 */
import type { ArrayModel, BlockTriple } from "./array_model.ts";
import type {
  AttachmentModel,
  EventModel,
  HierarchyModel,
  ReductionModel,
} from "./detail_models.ts";

export type { ArrayModel, BlockTriple, RecordData } from "./array_model.ts";
export type {
  AttachmentModel,
  ChannelPlace,
  EventModel,
  HierarchyModel,
  ReductionModel,
} from "./detail_models.ts";

/** A number that survives JSON; `Number(x)` gives it back. */
export type JsonNumber = number | "NaN" | "Infinity" | "-Infinity" | "-0";

/** Puts a number in a form that survives JSON. */
export function jsonNumber(value: number): JsonNumber {
  if (Number.isFinite(value)) return Object.is(value, -0) ? "-0" : value;
  return String(value) as JsonNumber;
}

/** Why a part of the file cannot be used; thrown as a typed error when that part is asked for. */
export interface Problem {
  /** Error kind, see `MdfErrorCode`. */
  code: "corrupt" | "limit" | "truncated" | "unsupported";
  /** What is wrong and what to do. */
  reason: string;
  /** Block identifier. */
  block?: string;
  /** Offset of the block in the file. */
  offset?: number;
  /** Link path to the block. */
  path?: string;
}

/** One run of data bytes in the file, plain or compressed. */
export interface Fragment {
  /** Offset in the file of the first stored byte; -1 for zeros that the file need not store. */
  offset: number;
  /** Bytes of data, after decompression. */
  length: number;
  /** `dz_zip_type` of compressed data; absent for plain data. */
  zip?: number;
  /** Stored bytes of compressed data. */
  stored?: number;
  /** `dz_zip_parameter`: columns of transposed data. */
  columns?: number;
  /** Bytes between the start of the block and `offset`, where they are not the usual ones. */
  head?: number;
}

/** The data of a data group or channel as one logical stream of bytes. */
export interface DataChain {
  /** Where the stream lies, in order. */
  fragments: Fragment[];
  /** Bytes of the whole stream. */
  length: number;
  /** Type of the data blocks; absent for DT. */
  kind?: string;
  /** Set when an unfinalized file does not tell where the data ends: what follows may be no data. */
  open?: boolean;
  /** Why the end of the data is missing; what is there can be read. */
  lost?: Problem;
  /** Set when the chain could not be followed to its end. */
  problem?: Problem;
  /** Offset of the first block of a chain that has not been followed yet; it has no fragments then. */
  unread?: number;
}

/** Content of the identification block. */
export interface Identification {
  /** `MDF     ` or `UnFinMF `, without trailing spaces. */
  file: string;
  /** Version as the file spells it. */
  versionText: string;
  /** Version number, 410 for 4.10. */
  version: number;
  /** Program that wrote the file. */
  program: string;
  /** Standard flags of an unfinalized file; 0 when finalized. */
  unfinalizedFlags: number;
  /** Flags with a meaning of the writing program's own. */
  customFlags: number;
}

/** A time stamp with the flags that say how to read it. */
export interface TimeStamp {
  /** Nanoseconds since 1970-01-01, decimal text. */
  ns: string;
  /** Time zone offset in minutes, when valid. */
  zoneMinutes: number;
  /** Daylight saving offset in minutes, when valid. */
  daylightMinutes: number;
  /** Bit 0: local time; bit 1: offsets are valid. */
  flags: number;
}

/** Content of the header block. */
export interface Header {
  /** Start of the measurement. */
  start: TimeStamp;
  /** Quality of the time source, `hd_time_class`. */
  timeClass: number;
  /** `hd_flags`: bit 0 start angle valid, bit 1 start distance valid. */
  flags: number;
  /** Start angle in radians. */
  startAngle: JsonNumber;
  /** Start distance in metres. */
  startDistance: JsonNumber;
  /** Comment, text or XML as stored. */
  comment: string;
}

/** One entry of the file history. */
export interface FileHistoryEntry {
  /** When the change was made. */
  time: TimeStamp;
  /** Comment, text or XML as stored. */
  comment: string;
}

/** Source information. */
export interface SourceModel {
  /** Name of the source. */
  name: string;
  /** Path of the source, tool specific. */
  path: string;
  /** Comment, text or XML as stored. */
  comment: string;
  /** `si_type`. */
  type: number;
  /** `si_bus_type`. */
  busType: number;
  /** `si_flags`. */
  flags: number;
}

/** What a conversion refers to: a text, another conversion by its index, or nothing. */
export type ConversionReference = string | number | null;

/** A conversion rule, in the shape the format stores it. */
export interface ConversionModel {
  /** Offset of the conversion's block in the file. */
  offset: number;
  /** `cc_type`. */
  type: number;
  /** Name. */
  name?: string;
  /** Unit of the converted values. */
  unit?: string;
  /** Comment, text or XML as stored. */
  comment?: string;
  /** `cc_val`; decimal texts of the masks for the bit-field type. */
  values: (JsonNumber | string)[];
  /** `cc_ref`. */
  references: ConversionReference[];
  /** Index of the inverse conversion. */
  inverse?: number;
  /** Set when the conversion cannot be used. */
  problem?: Problem;
}

/** A channel. */
export interface ChannelModel {
  /** Offset of the channel's block in the file. */
  offset: number;
  /** Name. */
  name: string;
  /** `cn_type`: 0 fixed length, 1 variable length, 2 master, 3 virtual master, 4 sync, 5 maximum length, 6 virtual data, 7 variable length with a length channel. */
  type: number;
  /** `cn_sync_type` of a master or sync channel: 1 time, 2 angle, 3 distance, 4 index. */
  syncType: number;
  /** `cn_data_type`. */
  dataType: number;
  /** First bit within the first byte. */
  bitOffset: number;
  /** First byte within the record, not counting the record id. */
  byteOffset: number;
  /** Number of bits. */
  bitCount: number;
  /** `cn_flags`. */
  flags: number;
  /** Position of the invalidation bit, when flag bit 1 is set. */
  invalidationBit: number;
  /** Decimal places for display; 255 means unlimited. */
  precision: number;
  /** Unit of the channel itself, before that of its conversion. */
  unit?: string;
  /** Comment, text or XML as stored. */
  comment?: string;
  /** Index into the measurement's sources. */
  source?: number;
  /** Index into the measurement's conversions. */
  conversion?: number;
  /** Index, within the group, of the structure that this channel is a member of. */
  parent?: number;
  /** Whether the channel has members. */
  structure?: boolean;
  /** Descriptions of the arrays that the value is, outermost first. */
  arrays?: ArrayModel[];
  /** How the channel is composed of others, where it is no plain structure. */
  composition?: CompositionModel;
  /** How the value is aligned within a data stream: to 2 to the power of this; 255 for single bits. */
  alignment?: number;
  /** Index into the measurement's signal data: values of variable length. */
  signalData?: number;
  /** Index, within the group, of the channel that tells how many bytes are used. */
  lengthChannel?: number;
  /** Offset in the file of the attachment that a synchronisation channel points into. */
  syncAttachment?: number;
  /** Offsets in the file of the attachments that the channel refers to. */
  attachments?: number[];
  /** The channel that is to be shown as the x axis by default. */
  defaultX?: BlockTriple;
  /** Of a structure whose records are events: index of the event that tells what they have in common. */
  eventTemplate?: number;
  /** Index, in the measurement, of the group whose records hold the values of variable length. */
  storageGroup?: number;
  /** Set when the channel cannot be read. */
  problem?: Problem;
}

/** A composition of version 4.3. Channels are named by their index within the group. */
export type CompositionModel =
  | {
    /** Each value is a stream of bytes in which the members lie one after the other. */
    kind: "stream";
    members: number[];
    /** Index of the channel that positions are aligned to. */
    alignmentStart?: number;
  }
  | {
    /** A list whose elements consist of the members; another channel tells its size. */
    kind: "list";
    members: number[];
    sizeChannel: number;
    /** `cl_flags`: bit 0 the size counts elements and not bytes, bit 1 each element starts the alignment anew. */
    flags: number;
    /** Alignment and place of the second and each later element. */
    alignment: number;
    bitOffset: number;
    byteOffset: number;
  }
  | {
    /** One of the options, as another channel tells. */
    kind: "variant";
    members: number[];
    discriminator: number;
    /** The value of the discriminator for each member, in decimal digits. */
    values: string[];
  }
  | {
    /** Members that lie at the same place. */
    kind: "union";
    members: number[];
  };

/** A channel group: channels that share the layout of a record. */
export interface ChannelGroupModel {
  /** Offset of the group's block in the file. */
  offset: number;
  /** Index into the measurement's data groups. */
  dataGroup: number;
  /** Record identifier within the data group; a double, so rounded above 2^53. */
  recordId: number;
  /** Decimal text of the record identifier where it is above 2^53. */
  exactRecordId?: string;
  /** Name of the acquisition. */
  name: string;
  /** Comment, text or XML as stored. */
  comment?: string;
  /** Index into the measurement's sources. */
  source?: number;
  /** `cg_flags`. */
  flags: number;
  /** Character code that separates the parts of channel names; 0 when none is told. */
  pathSeparator: number;
  /** Bytes of a record's values. */
  dataBytes: number;
  /** Bytes of a record's invalidation bits. */
  invalidationBytes: number;
  /** Records, counted from the data where the file's own counter disagrees. */
  recordCount: number;
  /** Index of the group that holds the master channel, where it is another one. */
  masterGroup?: number;
  /** The counter stored in the file. */
  cycleCount: number;
  /**
   * Records of each element of an array that is stored in channel groups; element k has the record
   * identifier `recordId` + k. The first element is the group itself.
   */
  elementCounts?: number[];
  /** Sample reductions; absent where there are none. */
  reductions?: ReductionModel[];
  /** Channels, depth first: a structure before its members. */
  channels: ChannelModel[];
}

/** Where in the mixed records of a data group one may start to read, with what came before. */
export interface CheckPoints {
  /** Positions in the chain, each the start of a record; the last is the end of the records. */
  positions: number[];
  /** For each position and group of the data group: records before it, or bytes of VLSD records. */
  counts: number[][];
  /** Records of each group, then of the further elements of groups with `elementCounts`. */
  totals: number[];
  /** Position after the last whole record. */
  end: number;
}

/** Where the records of one group lie among those of others: runs of records at equal distances. */
export interface RecordPlaces {
  /** Position in the chain of the first record of each run, with its id. */
  positions: number[];
  /** Records of each run. */
  counts: number[];
  /** Bytes from one record of a run to the next; 0 where there is one. */
  strides: number[];
  /** Bytes of each record of a run behind its id, for a group of values of variable length. */
  lengths?: number[];
}

/** A data group: the data that one or more channel groups share. */
export interface DataGroupModel {
  /** Bytes of the record identifier in front of every record. */
  recordIdBytes: number;
  /** Comment, text or XML as stored. */
  comment?: string;
  /** The records; without their invalidation bytes where those are stored apart. */
  data: DataChain;
  /** Invalidation bytes of column-oriented data. */
  invalidation?: DataChain;
  /** Check points of mixed records, once they were walked. */
  checkPoints?: CheckPoints;
  /** Where mixed records lie, for each group; only in an index that was made with records. */
  places?: RecordPlaces[];
}

/** A whole measurement file. */
export interface Measurement {
  /** Identification block. */
  identification: Identification;
  /** Header block. */
  header: Header;
  /** File history. */
  fileHistory: FileHistoryEntry[];
  /** Data groups in file order. */
  dataGroups: DataGroupModel[];
  /** Channel groups in file order. */
  groups: ChannelGroupModel[];
  /** Values of variable length that channels refer to. */
  signalData: DataChain[];
  /** Conversion rules that channels refer to. */
  conversions: ConversionModel[];
  /** Sources that groups and channels refer to. */
  sources: SourceModel[];
  /** Attachments in file order. */
  attachments: AttachmentModel[];
  /** Events in file order. */
  events: EventModel[];
  /** Templates of the events that are stored as records, which are in no list of events. */
  eventTemplates?: EventModel[];
  /** Roots of the channel hierarchy. */
  hierarchy: HierarchyModel[];
  /** Parts beside the samples that could not be read. */
  problems: Problem[];
}
