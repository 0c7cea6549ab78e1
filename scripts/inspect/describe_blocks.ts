/**
 * What `--blocks` tells of each stretch of a file, as plain data.
 *
 * @module
 */
import { BLOCK_TABLES } from "../../lib/blocks/block_tables.ts";
import type { FieldValues } from "../../lib/blocks/field_layout.ts";
import { CorruptFileError, isMdfError, type MdfError } from "../../lib/errors.ts";
import { CONVERSION_TYPE } from "../../lib/structure/format_codes.ts";
import type { BlockStretch, Stretch, UnreferredStretch } from "./account_bytes.ts";
import { kindsOf, linkNames } from "./link_names.ts";
import { blockName, type BlockScan, type FoundBlock, readFields } from "./scan_blocks.ts";

/** A link that leads somewhere, or nowhere. */
export interface LinkDescription {
  name: string;
  /** 0 for none. */
  target: number;
  /** Identifier of the block at the target. */
  kind?: string;
  /** Text of a TX block at the target. */
  text?: string;
  error?: MdfError;
}

/** One block, or the identification. */
export interface BlockDescription {
  kind: "block";
  id: string;
  offset: number;
  length: number;
  links: LinkDescription[];
  fields: FieldValues;
  /** Bytes after links and fields. */
  payloadBytes: number;
  /** Text of a TX or MD block. */
  text?: string;
  /** Bytes after the end that the block tells. */
  runsOn: number;
  /** Whether a table describes this kind of block. */
  known: boolean;
  errors: MdfError[];
}

/** Bytes between blocks. */
export interface GapDescription {
  kind: "padding" | "unreferred";
  offset: number;
  bytes: number;
  /** Of bytes that nothing refers to: what they hold. */
  content?: Pick<UnreferredStretch, "zero" | "headers" | "searched">;
}

/** Describes a stretch of the file. */
export async function describeStretch(
  scan: BlockScan,
  stretch: Stretch,
): Promise<BlockDescription | GapDescription> {
  switch (stretch.kind) {
    case "identification":
      return {
        ...{ kind: "block", id: "ID", offset: 0, length: stretch.bytes, links: [] },
        ...{ fields: scan.identification, payloadBytes: 0, runsOn: 0, known: true, errors: [] },
      };
    case "block":
      return await describeBlock(scan, stretch);
    case "padding":
      return { kind: "padding", offset: stretch.offset, bytes: stretch.bytes };
    case "unreferred": {
      const { offset, bytes, zero, headers, searched } = stretch;
      return { kind: "unreferred", offset, bytes, content: { zero, headers, searched } };
    }
  }
}

async function describeBlock(scan: BlockScan, stretch: BlockStretch): Promise<BlockDescription> {
  const { block, runsOn } = stretch;
  const { fields, payloadBytes, error } = await readFields(scan, block);
  const errors = [...stretch.errors];
  if (error && !errors.some(({ code }) => code === "truncated")) errors.push(error);
  errors.push(...scan.errors.filter(({ offset }) => offset === block.offset));
  const names = linkNames(block.id, block.links.length, fields);
  const description: BlockDescription = {
    kind: "block",
    ...{ id: block.id, offset: block.offset, length: block.length },
    links: block.links.map((target, i) => describeLink(scan, block, names[i], target)),
    fields: withNumbers(fields),
    ...{ payloadBytes, runsOn, known: BLOCK_TABLES.has(block.id), errors },
  };
  for (const link of description.links) {
    if (link.kind !== "TX") continue;
    const text = await textOf(scan, link.target);
    // What is wrong with it is told where it stands.
    if (typeof text === "string") link.text = text;
  }
  if (block.id === "TX" || block.id === "MD") {
    const text = await textOf(scan, block.offset);
    if (typeof text === "string") description.text = text;
    else if (errors.length === 0) errors.push(text);
  }
  return description;
}

async function textOf({ reader }: BlockScan, offset: number): Promise<string | MdfError> {
  try {
    return reader.peekText(offset, "TX") ?? await reader.loadText(offset, "TX");
  } catch (error) {
    if (isMdfError(error) && error.code !== "source") return error;
    throw error;
  }
}

function describeLink(
  scan: BlockScan,
  block: FoundBlock,
  name: string,
  target: number,
): LinkDescription {
  if (target === 0) return { name, target };
  const bad = scan.badTargets.get(target);
  if (bad) return { name, target, error: bad };
  const found = scan.blocks.get(target);
  // The scan stops early only when it says so itself.
  if (!found) return { name, target };
  const kinds = kindsOf(name);
  if (!kinds || kinds.includes(found.id)) return { name, target, kind: found.id };
  const error = new CorruptFileError(
    `the link ${name} leads to the ${blockName(found)} and should lead to ` +
      `a ${kinds.join(" or ")} block`,
    scan.reader.place(block.id, block.offset),
  );
  return { name, target, kind: found.id, error };
}

/** Parameters of conversions are doubles, but for the masks of bit fields. */
function withNumbers(fields: FieldValues): FieldValues {
  if (!Array.isArray(fields.cc_val) || fields.cc_type === CONVERSION_TYPE.bitfieldText) {
    return fields;
  }
  return {
    ...fields,
    cc_val: Array.from(new Float64Array(BigUint64Array.from(fields.cc_val).buffer)),
  };
}
