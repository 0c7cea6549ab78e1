/**
 * The data of one block of a chain.
 *
 * @module
 */
import type { Block, BlockHeader } from "../blocks/block.ts";
import { DZ, HEADER_BYTES } from "../blocks/block_tables.ts";
import type { BlockReader } from "../blocks/read_block.ts";
import { CorruptFileError, LimitExceededError, UnsupportedFeatureError } from "../errors.ts";
import { DEFLATE_MAX_RATIO } from "./format_codes.ts";
import type { Fragment } from "./measurement.ts";

/** The data of a plain block. */
export function plainFragment(header: BlockHeader): Fragment {
  const head = HEADER_BYTES + 8 * header.linkCount;
  return withHead({ offset: header.offset + head, length: header.length - head }, header);
}

/**
 * The data of a compressed block.
 *
 * @throws {UnsupportedFeatureError} when it holds other data than of type `kind`, or by an unknown method
 * @throws {CorruptFileError} when what it says of its data cannot be
 * @throws {LimitExceededError} when it has more data than is allowed
 */
export function compressedFragment(
  reader: BlockReader,
  block: Block<typeof DZ.fields>,
  kind: string,
  path: string,
): Fragment {
  const place = reader.place("DZ", block.offset, path);
  const {
    dz_org_block_type: original,
    dz_zip_type: zip,
    dz_zip_parameter: columns,
    dz_org_data_length: length,
    dz_data_length: stored,
  } = block.fields;
  if (original !== kind) {
    throw new UnsupportedFeatureError(
      `compressed ${original} data stands where ${kind} data is expected`,
      place,
    );
  }
  if (zip > 5) throw new UnsupportedFeatureError(`unknown compression method ${zip}`, place);
  const transposed = zip % 2 === 1;
  if (transposed && columns === 0) {
    throw new CorruptFileError("the data is transposed into 0 columns, which cannot be", place);
  }
  if (length > reader.limits.inflatedBlockBytes) {
    throw new LimitExceededError(
      `the block unpacks to ${length} bytes and the limit is ` +
        `${reader.limits.inflatedBlockBytes}; raise limits.inflatedBlockBytes if the file is to ` +
        "be trusted",
      place,
    );
  }
  if (zip <= 1 && length > stored * DEFLATE_MAX_RATIO + 64) {
    throw new CorruptFileError(
      `${stored} deflated bytes cannot unpack to ${length}; the length is wrong`,
      place,
    );
  }
  const fragment: Fragment = { offset: block.payloadOffset, length, zip, stored };
  if (transposed) fragment.columns = columns;
  return withHead(fragment, block);
}

/** Notes where the block of a fragment starts, if it has links, which data blocks have not yet. */
function withHead(fragment: Fragment, header: BlockHeader): Fragment {
  if (header.linkCount > 0) fragment.head = fragment.offset - header.offset;
  return fragment;
}
