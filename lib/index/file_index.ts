/**
 * The index of a file: its structure as compact JSON, so that it opens without walking the blocks.
 *
 * @module
 */
import { DEFAULT_LIMITS } from "../blocks/limits.ts";
import { UsageError } from "../errors.ts";
import { membersOf } from "../plan/group_members.ts";
import type { DataGroupModel, Measurement } from "../structure/measurement.ts";
import { CHAIN } from "./chain_coder.ts";
import { GROUPS, HIERARCHY } from "./channel_tables.ts";
import {
  asList,
  type Coder,
  type IndexFacts,
  IndexReader,
  IndexWriter,
  isInteger,
  isObject,
  list,
  type ListName,
  type Pools,
} from "./coder.ts";
import type { FileIdentity } from "./file_identity.ts";
import { IndexNames, knowNames } from "./index_names.ts";
import { lazyProperty } from "./lazy_property.ts";
import {
  ATTACHMENTS,
  CONVERSIONS,
  DATA_GROUPS,
  EVENTS,
  FILE_HISTORY,
  HEADER,
  IDENTIFICATION,
  PROBLEMS,
  SOURCES,
} from "./model_tables.ts";
import { ColumnStore } from "./column_store.ts";
import { type JoinedTexts, TextPool } from "./text_pool.ts";

/** Version of the index's layout; an index of another version is refused. */
export const INDEX_SCHEMA = 3;

/**
 * Index of a measurement file. Plain data: it survives `JSON.stringify` and `JSON.parse`, and the
 * same file gives the same text. {@link INDEX_JSON_SCHEMA} describes all of it.
 *
 * Texts, conversion rules and the layouts of records stand in it once and are referred to by their
 * position. Groups, channels, conversions and the like are tables with a list for each column.
 */
export interface MdfIndex {
  /** Says what this data is. */
  format: "mf4-index";
  /** Version of the layout. */
  schema: number;
  /** What tells the indexed file from any other. */
  identity: FileIdentity;
  /** Names, units, comments. */
  strings: JoinedTexts;
  /** Parameters and references of conversions, each as the JSON of a list without its brackets. */
  rules: JoinedTexts;
  /** Columns that the channels of several groups have in common. */
  layouts: unknown[];
  /** Identification block. */
  identification: unknown;
  /** Header block. */
  header: unknown;
  /** File history. */
  fileHistory: unknown;
  /** Channel groups and their channels. */
  groups: unknown;
  /** Data groups, and where their data lies. */
  dataGroups: unknown;
  /** Where values of variable length lie. */
  signalData: unknown;
  /** Conversion rules. */
  conversions: unknown;
  /** Sources. */
  sources: unknown;
  /** Attachments. */
  attachments: unknown;
  /** Events. */
  events: unknown;
  /** Templates of events that are stored as records. */
  eventTemplates?: unknown;
  /** The channel hierarchy. */
  hierarchy: unknown;
  /** Parts that could not be read. */
  problems: unknown;
}

/** How each part of the model stands in an index, in the order in which it is written. */
export const PARTS: { readonly [K in keyof Required<Measurement>]: Coder<Measurement[K]> } = {
  identification: IDENTIFICATION,
  header: HEADER,
  fileHistory: FILE_HISTORY,
  groups: GROUPS,
  dataGroups: DATA_GROUPS,
  signalData: list(CHAIN),
  conversions: CONVERSIONS,
  sources: SOURCES,
  attachments: ATTACHMENTS,
  events: EVENTS,
  eventTemplates: EVENTS as Coder<Measurement["eventTemplates"]>,
  hierarchy: HIERARCHY,
  problems: PROBLEMS,
};

/** Read when the file is opened; all else when it is asked for. */
const AT_ONCE: ReadonlySet<string> = new Set(["identification", "header"]);

/** Parts that others point into by index, with how their entries are counted. */
const TABLES = {
  groups: GROUPS,
  dataGroups: DATA_GROUPS,
  conversions: CONVERSIONS,
  sources: SOURCES,
  attachments: ATTACHMENTS,
  events: EVENTS,
  eventTemplates: EVENTS,
};

/** Puts a structure, perhaps with other data groups, into an index that shares nothing with it. */
export function makeIndex(
  measurement: Measurement,
  identity: FileIdentity,
  dataGroups: DataGroupModel[] = measurement.dataGroups,
): MdfIndex {
  const out = new IndexWriter();
  const parts: Record<string, unknown> = {};
  for (const [name, coder] of Object.entries<Coder<unknown>>(PARTS)) {
    const part = name === "dataGroups" ? dataGroups : measurement[name as keyof Measurement];
    if (part !== undefined) parts[name] = coder.write(part, out);
  }
  return {
    format: "mf4-index",
    schema: INDEX_SCHEMA,
    identity: structuredClone(identity),
    ...out.pools,
    ...parts,
  } as MdfIndex;
}

/**
 * The structure that an index holds. Parts of it are read when they are first asked for, and it is
 * then that what is wrong with them is noticed.
 *
 * @throws {UsageError} when the data is no index, is one of another version, or is damaged
 */
export function openIndex(
  index: MdfIndex,
  fileSize: number = sizeOf(index),
  limits: { inflatedBlockBytes: number; depth: number } = DEFAULT_LIMITS,
): Measurement {
  checkFormat(index);
  const counts = {} as Record<ListName, number>;
  const pools = {} as { -readonly [K in keyof Pools]: Pools[K] };
  const facts: IndexFacts = {
    pools,
    counts,
    fileSize,
    inflatedBlockBytes: limits.inflatedBlockBytes,
    depth: limits.depth,
    kindsOf(dataGroup) {
      const members = membersOf(measurement, dataGroup);
      let kinds = members.length;
      for (const member of members) {
        kinds += Math.max(0, (measurement.groups[member].elementCounts?.length ?? 1) - 1);
      }
      return { members: members.length, kinds };
    },
  };
  const from = new IndexReader(facts);
  for (const name of ["strings", "rules"] as const) {
    from.within(name, () => pools[name] = new TextPool(index[name], name, from));
  }
  from.within("layouts", () => pools.layouts = asList(index.layouts, from));
  for (const [name, table] of Object.entries(TABLES)) {
    const part = index[name as keyof typeof TABLES];
    counts[name as ListName] = part === undefined && name === "eventTemplates"
      ? 0
      : from.within(name, () => table.countOf(part, from));
  }
  counts.signalData = from.within("signalData", () => asList(index.signalData, from)).length;
  const measurement = {} as Measurement;
  for (const [name, coder] of Object.entries<Coder<unknown>>(PARTS)) {
    const part = index[name as keyof MdfIndex];
    if (part === undefined && name === "eventTemplates") continue;
    const read = () => coder.read(part, from);
    if (AT_ONCE.has(name)) {
      (measurement as unknown as Record<string, unknown>)[name] = from.within(name, read);
    } else lazyProperty(measurement, name, () => from.resume([name], read));
  }
  const { channels } = index.groups as { channels?: unknown };
  knowNames(measurement, new IndexNames(new ColumnStore(channels, counts.groups, from), from));
  return measurement;
}

/** @throws {UsageError} when the data is no index, or one of another version */
export function checkFormat(index: MdfIndex): void {
  if (!isObject(index) || index.format !== "mf4-index") {
    throw new UsageError("this is not an index made by toIndex()");
  }
  if (index.schema !== INDEX_SCHEMA) {
    throw new UsageError(
      `the index has layout version ${index.schema} and this version reads ${INDEX_SCHEMA}; ` +
        "make it again with toIndex()",
    );
  }
}

/** The size that the indexed file had. */
function sizeOf(index: MdfIndex): number {
  checkFormat(index);
  const size = index.identity?.size;
  if (isInteger(size, 0, Number.MAX_SAFE_INTEGER)) return size;
  throw new UsageError(
    "the index does not tell the size of its file; make it again with toIndex()",
  );
}
