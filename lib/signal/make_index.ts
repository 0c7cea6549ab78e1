/**
 * The index of an open file, with or without the places of mixed records.
 *
 * @module
 */
import { countersHold } from "../decode/count_records.ts";
import { recordPlaces } from "../decode/record_places.ts";
import type { FileIdentity } from "../index/file_identity.ts";
import { makeIndex, type MdfIndex } from "../index/file_index.ts";
import type { SourceReader } from "../source/byte_source.ts";
import type { DataGroupModel, Measurement } from "../structure/measurement.ts";

/** Options of `Mdf.toIndex`. */
export interface ToIndexOptions {
  /**
   * Whether the index also holds where each record lies in data groups in which records of several
   * groups are mixed, so that one group is read without reading the others. All of these data are
   * read once for it. Default false.
   */
  records?: boolean;
  /** Cancels reading. */
  signal?: AbortSignal;
}

/** The index of the structure alone: the same whatever was read from the file before. */
export function structureIndex(measurement: Measurement, identity: FileIdentity): MdfIndex {
  const dataGroups = measurement.dataGroups.map((group, number): DataGroupModel => {
    const { places: _, ...rest } = group;
    // Check points that only reading has added.
    if (rest.checkPoints && countersHold(measurement, number)) delete rest.checkPoints;
    return rest;
  });
  return makeIndex(measurement, identity, dataGroups);
}

/** The index with the places of mixed records. */
export async function recordIndex(
  source: SourceReader,
  measurement: Measurement,
  identity: FileIdentity,
  signal?: AbortSignal,
): Promise<MdfIndex> {
  const places = await recordPlaces(source, measurement, { signal });
  const dataGroups = measurement.dataGroups.map((group, number): DataGroupModel => {
    const found = places.get(number);
    return found ? { ...group, places: found } : group;
  });
  return makeIndex(measurement, identity, dataGroups);
}
