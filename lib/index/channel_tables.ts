/**
 * Channel groups, their channels and the channel hierarchy as they stand in an index.
 *
 * @module
 */
import type {
  ChannelGroupModel,
  ChannelModel,
  CompositionModel,
  HierarchyModel,
} from "../structure/measurement.ts";
import { ARRAY_STORAGE, CHANNEL_TYPE } from "../structure/format_codes.ts";
import { PROBLEM } from "./chain_coder.ts";
import {
  asObject,
  type Coder,
  flag,
  type IndexReader,
  isInteger,
  isObject,
  layout,
  list,
  member,
  optional,
  reference,
  type Schema,
  show,
  string,
  text,
  together,
  usually,
  whole,
} from "./coder.ts";
import { ARRAY, BLOCK_BYTES, PLACE, REDUCTIONS, TRIPLE } from "./model_tables.ts";
import { type Fields, record, table } from "./table.ts";

const members = member(list<number>(whole(31).coder));
/** A channel of the group; -1 where the link leads to none. */
const inGroup = whole(31, { least: -1 });

type Kind<K> = Omit<Extract<CompositionModel, { kind: K }>, "kind">;

const COMPOSITIONS = {
  stream: record<Kind<"stream">>({ members, alignmentStart: optional(inGroup) }),
  list: record<Kind<"list">>({
    members,
    sizeChannel: inGroup,
    flags: usually(0, whole(32)),
    alignment: usually(0, whole(8)),
    bitOffset: usually(0, whole(8)),
    byteOffset: usually(0, whole(32)),
  }),
  variant: record<Kind<"variant">>({
    members,
    discriminator: inGroup,
    values: member(list(string(/^-?[0-9]{1,20}$/))),
  }),
  union: record<Kind<"union">>({ members }),
};

/** A composition, as the one member of an object that its kind names. */
const COMPOSITION: Coder<CompositionModel> = {
  write: ({ kind, ...composition }, out) => ({
    [kind]: (COMPOSITIONS[kind] as Coder<object>).write(composition, out),
  }),
  read(json, from) {
    const [kind, ...others] = isObject(json) ? Object.keys(json) : [];
    if (!Object.hasOwn(COMPOSITIONS, kind ?? "") || others.length > 0) {
      from.fail(`${show(json)} is no composition of a known kind`);
    }
    const coder = COMPOSITIONS[kind as keyof typeof COMPOSITIONS] as Coder<object>;
    return {
      kind,
      ...coder.read((json as Record<string, unknown>)[kind], from),
    } as CompositionModel;
  },
  schema: {
    anyOf: Object.entries(COMPOSITIONS).map(([kind, { schema }]) => ({
      type: "object",
      properties: { [kind]: schema },
      required: [kind],
      additionalProperties: false,
    })),
  },
};

/** What groups of the same make mostly have in common. */
const LAYOUT: Omit<Fields<ChannelModel>, keyof typeof OWN> = {
  type: usually(0, whole(8)),
  syncType: usually(0, whole(8)),
  dataType: usually(0, whole(8)),
  bitOffset: usually(0, whole(8)),
  byteOffset: usually(0, whole(32, { delta: true })),
  bitCount: usually(0, whole(32)),
  flags: usually(0, whole(32)),
  invalidationBit: usually(0, whole(32)),
  precision: usually(0, whole(8)),
  parent: optional(whole(31)),
  structure: flag() as Fields<ChannelModel>["structure"],
  alignment: optional(whole(8)),
  lengthChannel: optional(whole(31)),
  arrays: optional(member(list(ARRAY))),
  composition: optional(member(COMPOSITION)),
};

/** What each group has of its own. */
const OWN = {
  offset: whole(53, { delta: true }),
  name: text({ delta: true }),
  unit: optional(text()),
  comment: optional(text({ delta: true })),
  source: optional(reference("sources", { delta: true })),
  conversion: optional(reference("conversions", { delta: true })),
  signalData: optional(reference("signalData", { delta: true })),
  syncAttachment: optional(whole(53)),
  attachments: optional(member(list<number>(whole(53).coder))),
  defaultX: optional(member(TRIPLE)),
  eventTemplate: optional(reference("eventTemplates", { delta: true })),
  storageGroup: optional(reference("groups", { delta: true })),
  problem: optional(member(PROBLEM)),
};

const CHANNEL_TABLE = table<ChannelModel>({ ...OWN, ...LAYOUT }, BLOCK_BYTES);

const LAYOUT_KEYS: ReadonlySet<string> = new Set(["n", ...Object.keys(LAYOUT)]);

const [layoutSchema, ownSchema] = splitSchema(CHANNEL_TABLE.schema);

/** Columns that groups share. */
export const LAYOUT_SCHEMA = layoutSchema;

const isColumns: Coder<Record<string, unknown>> = {
  write: (value) => value,
  read: asObject,
  schema: {},
};
const layoutReference = layout(isColumns).coder;

/** The columns of a channel table again, of which groups of the same layout share some. */
export function channelColumns(json: unknown, from: IndexReader): Record<string, unknown> {
  const { layout: index, ...own } = asObject(json, from);
  const shared = layoutReference.read(index, from);
  for (const key of Object.keys(own)) {
    if (LAYOUT_KEYS.has(key)) from.fail(`"${key}" belongs into the layout`);
  }
  return { ...own, ...shared };
}

/** Channels of a group. */
const CHANNELS: Coder<ChannelModel[]> = {
  write(channels, out) {
    const columns = Object.entries(CHANNEL_TABLE.write(channels, out) as object);
    const shared = columns.filter(([key]) => LAYOUT_KEYS.has(key));
    const own = columns.filter(([key]) => !LAYOUT_KEYS.has(key));
    return {
      layout: layoutReference.write(Object.fromEntries(shared), out),
      ...Object.fromEntries(own),
    };
  },
  read(json, from) {
    const channels = CHANNEL_TABLE.read(channelColumns(json, from), from);
    channels.forEach((channel, i) => checkChannel(channel, i, channels.length, from));
    return channels;
  },
  schema: ownSchema,
};

/** Channels name others of their group; structures come before their members. */
function checkChannel(channel: ChannelModel, i: number, count: number, from: IndexReader): void {
  const { type, parent, lengthChannel, arrays = [], composition, problem } = channel;
  if (parent !== undefined && parent >= i) from.fail(`channel ${i} is a member of a later one`);
  const sized = type === CHANNEL_TYPE.maximumLength || type === CHANNEL_TYPE.variableLengthSized;
  if (
    sized && !problem ? !isInteger(lengthChannel, 0, count - 1) : (lengthChannel ?? -1) >= count
  ) {
    from.fail(`the channel that tells the length of channel ${i} is not there`);
  }
  for (const { storage, elementData } of arrays) {
    if (storage !== ARRAY_STORAGE.dataGroups || elementData || problem) continue;
    from.fail(`the data of the elements of channel ${i} are not there`);
  }
  if (!composition) return;
  const others = composition.kind === "list"
    ? [composition.sizeChannel]
    : composition.kind === "variant"
    ? [composition.discriminator]
    : composition.kind === "stream"
    ? [composition.alignmentStart ?? i]
    : [];
  const wrong = composition.members.some((index) => !isInteger(index, i + 1, count - 1)) ||
    others.some((index) => index >= count) ||
    composition.kind === "variant" && composition.values.length !== composition.members.length;
  if (wrong) from.fail(`channel ${i} is composed of channels that are not there`);
}

function splitSchema(schema: Schema): [layout: Schema, own: Schema] {
  const properties = Object.entries(schema.properties as Record<string, Schema>);
  const required = schema.required as string[];
  const part = (inLayout: boolean, more: Record<string, Schema>): Schema => ({
    ...schema,
    properties: {
      ...more,
      ...Object.fromEntries(properties.filter(([key]) => LAYOUT_KEYS.has(key) === inLayout)),
    },
    required: [
      ...Object.keys(more),
      ...required.filter((key) => LAYOUT_KEYS.has(key) === inLayout),
    ],
  });
  return [part(true, {}), part(false, { layout: layoutReferenceSchema() })];
}

function layoutReferenceSchema(): Schema {
  return { type: "integer", minimum: 0 };
}

const GROUP_TABLE = table<ChannelGroupModel>({
  offset: whole(53, { delta: true }),
  dataGroup: reference("dataGroups", { delta: true }),
  recordId: usually(0, whole(53)),
  exactRecordId: optional(member(string(/^[0-9]{1,20}$/))),
  name: usually("", text()),
  comment: optional(text()),
  source: optional(reference("sources", { delta: true })),
  flags: usually(0, whole(16)),
  pathSeparator: usually(0, whole(16)),
  dataBytes: usually(0, whole(32)),
  invalidationBytes: usually(0, whole(32)),
  recordCount: usually(0, whole(53)),
  masterGroup: optional(reference("groups")),
  cycleCount: { ...whole(53), relativeTo: "recordCount" },
  elementCounts: optional(member(list<number>(whole(53).coder))),
  reductions: optional(member(REDUCTIONS)),
  channels: together(CHANNELS),
}, BLOCK_BYTES);

/** Channel groups; their channels are read when they are asked for. */
export const GROUPS: typeof GROUP_TABLE = {
  ...GROUP_TABLE,
  // A record identifier that no number can hold is told by its digits alone.
  write: (groups, out) =>
    GROUP_TABLE.write(
      groups.map((group) => group.exactRecordId === undefined ? group : { ...group, recordId: 0 }),
      out,
    ),
  read(json, from) {
    const groups = GROUP_TABLE.read(json, from);
    for (const group of groups) {
      if (group.exactRecordId !== undefined) group.recordId = Number(group.exactRecordId);
    }
    return groups;
  },
};

interface StoredNode extends Omit<HierarchyModel, "children"> {
  /** The node above, by its row. */
  parent?: number;
}

const NODES = table<StoredNode>({
  offset: whole(53, { delta: true }),
  type: usually(0, whole(8)),
  name: usually("", text()),
  comment: optional(text()),
  elements: member(list(PLACE)),
  parent: optional(whole(31)),
}, BLOCK_BYTES);

/** The channel hierarchy, each node before those below. */
export const HIERARCHY: Coder<HierarchyModel[]> = {
  write(roots, out) {
    const rows: StoredNode[] = [];
    const add = (nodes: readonly HierarchyModel[], parent: number | undefined) => {
      for (const { children, ...node } of nodes) {
        const row = rows.push({ ...node, parent }) - 1;
        add(children, row);
      }
    };
    add(roots, undefined);
    return NODES.write(rows, out);
  },
  read(json, from) {
    const roots: HierarchyModel[] = [];
    const nodes: HierarchyModel[] = [];
    const depths: number[] = [];
    for (const { parent, ...row } of NODES.read(json, from)) {
      const node: HierarchyModel = { ...row, children: [] };
      if (parent !== undefined && parent >= nodes.length) {
        from.fail("a node comes before its parent");
      }
      const depth = parent === undefined ? 0 : depths[parent] + 1;
      if (depth > from.facts.depth) {
        from.fail(`the channel hierarchy is nested more than ${from.facts.depth} deep`);
      }
      (parent === undefined ? roots : nodes[parent].children).push(node);
      nodes.push(node);
      depths.push(depth);
    }
    return roots;
  },
  schema: NODES.schema,
};
