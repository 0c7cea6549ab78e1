/**
 * The index of a file: its structure as plain JSON, so that it opens without walking the blocks.
 *
 * @module
 */
import { UsageError } from "../errors.ts";
import type { Measurement } from "../structure/measurement.ts";
import type { FileIdentity } from "./file_identity.ts";

/** Version of the index's layout; an index of another version is refused. */
export const INDEX_SCHEMA = 1;

/** Index of a measurement file. Plain data: it survives `JSON.stringify` and `JSON.parse`. */
export interface MdfIndex {
  /** Says what this data is. */
  format: "mf4-index";
  /** Version of the layout. */
  schema: number;
  /** What tells the indexed file from any other. */
  identity: FileIdentity;
  /** Structure, conversions, and where every data block lies. */
  measurement: Measurement;
}

/**
 * Puts a structure into an index. The index shares nothing with the structure, and has no members
 * that JSON would leave out.
 */
export function makeIndex(measurement: Measurement, identity: FileIdentity): MdfIndex {
  const index: MdfIndex = { format: "mf4-index", schema: INDEX_SCHEMA, identity, measurement };
  return JSON.parse(JSON.stringify(index));
}

/**
 * The structure that an index holds.
 *
 * @throws {UsageError} when the data is no index, or one of another version
 */
export function openIndex(index: MdfIndex): Measurement {
  if (index?.format !== "mf4-index" || typeof index.measurement !== "object") {
    throw new UsageError("this is not an index made by toIndex()");
  }
  if (index.schema !== INDEX_SCHEMA) {
    throw new UsageError(
      `the index has layout version ${index.schema} and this version reads ${INDEX_SCHEMA}; ` +
        "make it again with toIndex()",
    );
  }
  return structuredClone(index.measurement);
}
