/**
 * Array description blocks.
 *
 * @module
 */
import { CA, HEADER_BYTES } from "../blocks/block_tables.ts";
import { type Block, link, moreLinks } from "../blocks/block.ts";
import type { BlockReader } from "../blocks/read_block.ts";
import { CorruptFileError, LimitExceededError } from "../errors.ts";
import { ARRAY_FLAG, ARRAY_STORAGE, ARRAY_TYPE } from "./format_codes.ts";
import { type ArrayModel, type BlockTriple, jsonNumber } from "./measurement.ts";

/** Most elements that one value of an array channel may have. */
const MOST_ELEMENTS = 0x7fffffff;

/** Bytes of the fields in front of the dimensions. */
const FIXED_BYTES = 16;

/** What an array description says, and what it is composed of in turn. */
export interface ReadArray {
  /** The description. */
  readonly model: ArrayModel;
  /** Link to a further array description or to the members of each element; 0 for plain elements. */
  readonly composition: number;
  /** Links to the data of each element, for arrays spread over data groups. */
  readonly dataLinks: readonly number[];
  /** Links to the axis conversions, one for each dimension. */
  readonly axisConversions: readonly number[];
}

/** Reads the array description at `offset`. */
export async function readArray(
  reader: BlockReader,
  offset: number,
  path: string,
): Promise<ReadArray> {
  const block = reader.peek(CA, offset, path) ?? await reader.load(CA, offset, path);
  const fields = block.fields;
  const corrupt = (reason: string) =>
    new CorruptFileError(reason, reader.place("CA", offset, path));
  const dimensions = fields.ca_dim_size;
  const elements = dimensions.reduce((product, size) => product * size, 1);
  if (dimensions.length === 0 || elements < 1) {
    throw corrupt(`an array of the dimensions [${dimensions.join(", ")}] does not exist`);
  }
  if (elements > MOST_ELEMENTS) {
    throw new LimitExceededError(
      `the array has ${elements} elements; no more than ${MOST_ELEMENTS} are read`,
      reader.place("CA", offset, path),
    );
  }
  if (fields.ca_storage > ARRAY_STORAGE.dataGroups) {
    throw corrupt(`the storage type ${fields.ca_storage} does not exist (0 to 2)`);
  }
  const flags = fields.ca_flags;
  const links = moreLinks(block);
  let next = 0;
  const take = (count: number): number[] => {
    if (next + count > links.length) {
      throw corrupt(`the flags call for more links than the ${block.linkCount} it has`);
    }
    next += count;
    return links.slice(next - count, next);
  };
  const triples = (count: number): BlockTriple[] => {
    const flat = take(3 * count);
    return Array.from({ length: count }, (_, i) => ({
      dataGroup: flat[3 * i],
      channelGroup: flat[3 * i + 1],
      channel: flat[3 * i + 2],
    }));
  };
  const count = dimensions.length;
  const has = (flag: number) => (flags & flag) !== 0;
  const dataLinks = fields.ca_storage === ARRAY_STORAGE.dataGroups ? take(elements) : [];
  const model: ArrayModel = {
    type: fields.ca_type,
    storage: fields.ca_storage,
    flags,
    dimensions,
    byteOffsetBase: fields.ca_byte_offset_base,
    invalidationBase: fields.ca_inval_bit_pos_base,
  };
  if (has(ARRAY_FLAG.dynamicSize)) model.sizeChannels = triples(count);
  if (has(ARRAY_FLAG.inputQuantity)) model.inputChannels = triples(count);
  if (has(ARRAY_FLAG.outputQuantity)) model.outputChannel = triples(1)[0];
  if (has(ARRAY_FLAG.comparisonQuantity)) model.comparisonChannel = triples(1)[0];
  const axisConversions = has(ARRAY_FLAG.axis) ? take(count) : [];
  if (has(ARRAY_FLAG.axis) && !has(ARRAY_FLAG.fixedAxis)) model.axisChannels = triples(count);
  let counts = fields.ca_cycle_count;
  if (has(ARRAY_FLAG.fixedAxis)) {
    const limits = await readClassLimits(reader, block);
    if (limits) counts = limits.counts;
    const points = limits?.points ?? fields.ca_axis_value;
    let next = 0;
    model.axisValues = dimensions.map((size) => {
      const first = next;
      next += limits ? size + 1 : size;
      return points.slice(first, next).map(jsonNumber);
    });
  }
  if (counts.length > 0) model.cycleCounts = counts;
  return { model, composition: link(block, "ca_composition"), dataLinks, axisConversions };
}

/**
 * Fixed axes of a classification result have one point more than there are classes: the limits of the
 * classes. Undefined where the block has no room for that many.
 */
async function readClassLimits(
  reader: BlockReader,
  block: Block<typeof CA.fields>,
): Promise<{ points: number[]; counts: number[] } | undefined> {
  const { ca_type, ca_dim_size: sizes, ca_cycle_count } = block.fields;
  if (ca_type !== ARRAY_TYPE.classificationResult) return undefined;
  const start = HEADER_BYTES + 8 * block.linkCount + FIXED_BYTES + 8 * sizes.length;
  const pointCount = sizes.reduce((sum, size) => sum + size + 1, 0);
  const words = pointCount + ca_cycle_count.length;
  if (start + 8 * words > block.length) return undefined;
  const bytes = await reader.loadBytes(block.offset + start, 8 * words);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return {
    points: Array.from({ length: pointCount }, (_, i) => view.getFloat64(8 * i, true)),
    counts: ca_cycle_count.map((_, i) => Number(view.getBigUint64(8 * (pointCount + i), true))),
  };
}
