/**
 * Places of mixed records in an index.
 *
 * @module
 */
import type { RecordPlaces } from "../structure/measurement.ts";
import { asList, asObject, type Coder, type IndexReader, isInteger, list, show } from "./coder.ts";
import { COLUMN_REFERENCE, readColumn, writeColumn } from "./number_column.ts";

const most = Number.MAX_SAFE_INTEGER;
/** A value of variable length is at least the four bytes that tell its length. */
const RULES = {
  positions: { delta: true, least: 0, most },
  counts: { least: 1, most },
  strides: { least: 0, most },
  lengths: { least: 4, most },
};

/** Runs of one group, as the columns of a table. */
const RUNS: Coder<RecordPlaces> = {
  write: ({ positions, counts, strides, lengths }) => ({
    n: positions.length,
    positions: writeColumn(positions, true),
    counts: writeColumn(counts),
    strides: writeColumn(strides),
    ...(lengths ? { lengths: writeColumn(lengths) } : {}),
  }),
  read(json, from) {
    const { n, positions, counts, strides, lengths, ...rest } = asObject(json, from);
    const [unknown] = Object.keys(rest);
    if (unknown !== undefined) from.fail(`${show(unknown)} is not known`);
    // A run stands for a record at least.
    if (!isInteger(n, 0, from.facts.fileSize)) {
      return from.fail(`${show(n)} is no number of runs`);
    }
    const column = (key: keyof typeof RULES, json: unknown) =>
      from.within(key, () => readColumn(json, n, RULES[key], from) as number[]);
    const places: RecordPlaces = {
      positions: column("positions", positions),
      counts: column("counts", counts),
      strides: column("strides", strides),
    };
    if (lengths !== undefined) places.lengths = column("lengths", lengths);
    return places;
  },
  schema: {
    type: "object",
    properties: {
      n: { type: "integer", minimum: 0 },
      positions: COLUMN_REFERENCE,
      counts: COLUMN_REFERENCE,
      strides: COLUMN_REFERENCE,
      lengths: COLUMN_REFERENCE,
    },
    required: ["n", "positions", "counts", "strides"],
    additionalProperties: false,
  },
};

const ALL = list(RUNS);

/** Places of the records of each group of a data group. */
export const RECORD_PLACES: Coder<RecordPlaces[]> = {
  ...ALL,
  read(json, from: IndexReader, row = 0) {
    const { members } = from.facts.kindsOf(row);
    if (asList(json, from).length !== members) {
      from.fail(`the places are not those of ${members} groups`);
    }
    return ALL.read(json, from);
  },
};
