/**
 * Arrays whose elements have records of their own: how many, and where.
 *
 * @module
 */
import { ARRAY_STORAGE } from "../structure/format_codes.ts";
import type {
  ArrayModel,
  ChannelGroupModel,
  DataGroupModel,
  Measurement,
  RecordData,
} from "../structure/measurement.ts";
import { problemError } from "../structure/problem.ts";
import { elementCount } from "./array_layout.ts";

/**
 * Number of records of each element, in row-major order of the array's dimensions.
 *
 * @throws {MdfError} when the records of an element could not be found
 */
export function elementRecordCounts(
  measurement: Measurement,
  group: ChannelGroupModel,
  array: ArrayModel,
  file?: string,
): number[] {
  const count = elementCount([array]);
  if (array.storage === ARRAY_STORAGE.channelGroups) {
    const { elementCounts = [group.recordCount] } = group;
    return elementCounts.slice(0, count);
  }
  const { recordIdBytes } = measurement.dataGroups[group.dataGroup];
  return (array.elementData ?? []).map(({ data, invalidation }) => {
    if (data.problem) throw problemError(data.problem, file);
    const bytes = invalidation
      ? group.dataBytes
      : recordIdBytes + group.dataBytes + group.invalidationBytes;
    return bytes > 0 ? Math.floor(data.length / bytes) : 0;
  });
}

/**
 * One element of an array in data groups as a measurement of which its records are the only ones.
 */
export function elementMeasurement(
  measurement: Measurement,
  group: ChannelGroupModel,
  { data, invalidation }: RecordData,
  recordCount: number,
): { measurement: Measurement; group: ChannelGroupModel } {
  const { recordIdBytes } = measurement.dataGroups[group.dataGroup];
  const dataGroup: DataGroupModel = { recordIdBytes, data, invalidation };
  const alone: ChannelGroupModel = {
    ...group,
    dataGroup: 0,
    recordCount,
    elementCounts: undefined,
  };
  return {
    measurement: { ...measurement, groups: [alone], dataGroups: [dataGroup] },
    group: alone,
  };
}
