/**
 * Some bytes of records, kept to notice that a file was written anew while it was open: records that
 * a logger has written stay as they are.
 *
 * @module
 */
import { SourceChangedError } from "../errors.ts";
import { recordBytes } from "../plan/column_layout.ts";
import type { SourceReader } from "../source/byte_source.ts";
import { UNFINALIZED } from "../structure/format_codes.ts";
import type { DataGroupModel, Measurement } from "../structure/measurement.ts";

/** Bytes of a file that must not change. */
export interface RecordSample {
  /** Offset in the file. */
  readonly offset: number;
  /** The bytes. */
  readonly bytes: Uint8Array;
}

const SAMPLE_BYTES = 512;

/** Keeps the first bytes of the first records, and the last ones of the longest. */
export async function takeSamples(
  source: SourceReader,
  measurement: Measurement,
): Promise<RecordSample[]> {
  const stored = measurement.dataGroups.filter(({ data }) =>
    !data.problem && data.fragments.some(({ offset }) => offset >= 0)
  );
  if (stored.length === 0) return [];
  const longest = stored.reduce((one, other) => other.data.length > one.data.length ? other : one);
  const places = [placeAt(stored[0], "first", measurement), placeAt(longest, "last", measurement)];
  const samples: RecordSample[] = [];
  for (const { offset, length, margin } of places) {
    if (length <= 0) continue;
    const bytes = await source.read(offset, length);
    // Room that is reserved is filled with zeros, and the record before it may be half written.
    let end = bytes.length;
    while (end > 0 && bytes[end - 1] === 0) end--;
    if (end < bytes.length) end -= margin;
    if (end > 0) samples.push({ offset, bytes: bytes.subarray(0, end) });
  }
  return samples;
}

/** @throws {SourceChangedError} when bytes are no longer what they were */
export async function checkSamples(
  source: SourceReader,
  samples: readonly RecordSample[],
): Promise<void> {
  for (const { offset, bytes } of samples) {
    const now = offset + bytes.length > source.size
      ? undefined
      : await source.read(offset, bytes.length);
    if (now?.every((byte, i) => byte === bytes[i])) continue;
    throw new SourceChangedError(
      "the file is not a continuation of the one that was opened: records that were in it are " +
        "others now; open it again",
      { file: source.name, block: "DT", offset },
    );
  }
}

function placeAt(
  dataGroup: DataGroupModel,
  which: "first" | "last",
  measurement: Measurement,
): { offset: number; length: number; margin: number } {
  const { fragments } = dataGroup.data;
  let rest = settledBytes(dataGroup, measurement);
  const margin = Math.max(
    0,
    ...measurement.groups.map((group) =>
      measurement.dataGroups[group.dataGroup] === dataGroup ? recordBytes(group, dataGroup) : 0
    ),
  );
  let place = { offset: 0, length: 0, margin };
  for (const { offset, length, stored } of fragments) {
    if (rest <= 0) break;
    // Compressed bytes are there as a whole.
    const bytes = stored ?? Math.min(length, rest);
    rest -= length;
    if (offset < 0) continue;
    const size = Math.min(SAMPLE_BYTES, bytes);
    place = { offset: which === "first" ? offset : offset + bytes - size, length: size, margin };
    if (which === "first") break;
  }
  return place;
}

/** Bytes of the data that whole records take, of those that the file counts if it does. */
function settledBytes(dataGroup: DataGroupModel, measurement: Measurement): number {
  const members = measurement.groups.filter((group) =>
    measurement.dataGroups[group.dataGroup] === dataGroup
  );
  const [group, other] = members;
  if (!group || other || group.elementCounts) return dataGroup.checkPoints?.end ?? 0;
  const uncounted = measurement.identification.unfinalizedFlags & UNFINALIZED.recordCounters;
  const records = uncounted ? group.recordCount : Math.min(group.recordCount, group.cycleCount);
  const stride = dataGroup.invalidation ? group.dataBytes : recordBytes(group, dataGroup);
  return records * stride;
}
