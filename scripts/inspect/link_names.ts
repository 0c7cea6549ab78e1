/**
 * Names of links, and the kinds of blocks they may lead to.
 *
 * @module
 */
import { BLOCK_TABLES } from "../../lib/blocks/block_tables.ts";
import type { FieldValues } from "../../lib/blocks/field_layout.ts";
import {
  ARRAY_FLAG,
  ARRAY_STORAGE,
  CHANNEL_FLAG,
  CHANNEL_TYPE,
} from "../../lib/structure/format_codes.ts";

/** Names of all links of a block: those of its table, then those that follow them. */
export function linkNames(id: string, count: number, fields: FieldValues = {}): string[] {
  const named = BLOCK_TABLES.get(id)?.links ?? [];
  const further = Object.hasOwn(FURTHER, id) ? FURTHER[id](fields, count - named.length) : [];
  return Array.from(
    { length: count },
    (_, i) => named[i] ?? further[i - named.length] ?? `${id.toLowerCase()}_link[${i}]`,
  );
}

/** Identifiers of the blocks that a link may lead to, by its name; undefined for any. */
export function kindsOf(name: string): readonly string[] | undefined {
  const kind = /^[a-z]{2}_([a-z]{2})_/.exec(name)?.[1].toUpperCase();
  if (kind === undefined || !BLOCK_TABLES.has(kind)) return undefined;
  // Either stands for a text, and either kind of list may follow a list's header.
  if (kind === "TX" || kind === "MD") return ["TX", "MD"];
  if (kind === "DL") return ["DL", "LD"];
  return [kind];
}

type Further = (fields: FieldValues, count: number) => string[];

const numbered = (name: string, count: number): string[] =>
  Array.from({ length: Math.max(0, count) }, (_, i) => `${name}[${i}]`);
const triples = (name: string, count: number): string[] =>
  numbered(name, count).flatMap((each) => [`${each}.dg`, `${each}.cg`, `${each}.cn`]);
const number = (fields: FieldValues, name: string): number => Number(fields[name] ?? 0);

/** What the format says of the links after the named ones. */
const FURTHER: Record<string, Further> = {
  CH: (_, count) => triples("ch_element", Math.floor(count / 3)),
  EV: (fields, count) => {
    const scopes = Math.min(count, number(fields, "ev_scope_count"));
    const attachments = Math.min(count - scopes, number(fields, "ev_attachment_count"));
    return [
      ...numbered("ev_scope", scopes),
      ...numbered("ev_at_reference", attachments),
      ...(count > scopes + attachments ? ["ev_tx_group_name"] : []),
    ];
  },
  CG: () => ["cg_cg_master"],
  CN: (fields, count) => {
    const attachments = Math.min(count, number(fields, "cn_attachment_count"));
    const defaultX = (number(fields, "cn_flags") & CHANNEL_FLAG.defaultX) !== 0;
    const sized = number(fields, "cn_type") === CHANNEL_TYPE.variableLengthSized;
    return [
      ...(sized ? ["cn_cn_size"] : []),
      ...numbered("cn_at_reference", attachments),
      ...(defaultX ? DEFAULT_X : []),
    ];
  },
  CC: (_, count) => numbered("cc_ref", count),
  CA: arrayLinks,
  CV: (_, count) => numbered("cv_option", count),
  CU: (_, count) => numbered("cu_member", count),
  DL: (_, count) => numbered("dl_data", count),
  LD: (fields, count) => {
    const values = Math.min(count, number(fields, "ld_count"));
    return [...numbered("ld_data", values), ...numbered("ld_invalid_data", count - values)];
  },
};

const DEFAULT_X = ["cn_default_x.dg", "cn_default_x.cg", "cn_default_x.cn"];

function arrayLinks(fields: FieldValues, count: number): string[] {
  const dimensions = number(fields, "ca_ndim");
  const has = (flag: number) => (number(fields, "ca_flags") & flag) !== 0;
  const sizes = (fields.ca_dim_size ?? []) as number[];
  const names: string[] = [];
  if (number(fields, "ca_storage") === ARRAY_STORAGE.dataGroups) {
    // A damaged size must not ask for more names than there are links.
    const elements = Math.min(count, sizes.reduce((product, size) => product * size, 1));
    names.push(...numbered("ca_data", elements));
  }
  if (dimensions > count) return names;
  if (has(ARRAY_FLAG.dynamicSize)) names.push(...triples("ca_dynamic_size", dimensions));
  if (has(ARRAY_FLAG.inputQuantity)) names.push(...triples("ca_input_quantity", dimensions));
  if (has(ARRAY_FLAG.outputQuantity)) names.push(...tripleOf("ca_output_quantity"));
  if (has(ARRAY_FLAG.comparisonQuantity)) names.push(...tripleOf("ca_comparison_quantity"));
  if (has(ARRAY_FLAG.axis)) names.push(...numbered("ca_cc_axis_conversion", dimensions));
  if (has(ARRAY_FLAG.axis) && !has(ARRAY_FLAG.fixedAxis)) {
    names.push(...triples("ca_axis", dimensions));
  }
  return names;
}

function tripleOf(name: string): string[] {
  return [`${name}.dg`, `${name}.cg`, `${name}.cn`];
}
