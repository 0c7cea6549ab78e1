/**
 * Check points of mixed records in an index: positions and counts by their differences.
 *
 * @module
 */
import type { CheckPoints } from "../structure/measurement.ts";
import {
  asList,
  asObject,
  type Coder,
  type IndexReader,
  isInteger,
  list,
  show,
  whole,
} from "./coder.ts";
import { COLUMN_REFERENCE, readColumn, writeColumn } from "./number_column.ts";

const TOTALS = list<number>(whole(53).coder);

/** Check points of a data group. */
export const CHECK_POINTS: Coder<CheckPoints> = {
  write({ positions, counts, totals, end }) {
    const members = counts[0].map((_, member) =>
      writeColumn(counts.map((before) => before[member]), true)
    );
    return {
      n: positions.length,
      positions: writeColumn(positions, true),
      counts: members,
      totals,
      end,
    };
  },
  read(json, from, row = 0) {
    const { n, positions, counts, totals, end, ...rest } = asObject(json, from);
    const [unknown] = Object.keys(rest);
    if (unknown !== undefined) from.fail(`${show(unknown)} is not known`);
    // A check point stands for a record at least.
    if (!isInteger(n, 1, from.facts.fileSize)) {
      return from.fail(`${show(n)} is no number of check points`);
    }
    const { members, kinds } = from.facts.kindsOf(row);
    const counted = asList(counts, from);
    if (counted.length !== members) from.fail(`the counts are not those of ${members} groups`);
    const columns = Array.from(counted, (column) => rising(column, n, from));
    const all = TOTALS.read(totals, from);
    if (all.length !== kinds) from.fail(`${all.length} totals stand for ${kinds} kinds of records`);
    return {
      positions: rising(positions, n, from),
      counts: Array.from({ length: n }, (_, i) => columns.map((column) => column[i])),
      totals: all,
      end: whole(53).coder.read(end, from),
    };
  },
  schema: {
    type: "object",
    properties: {
      n: { type: "integer", minimum: 1 },
      positions: COLUMN_REFERENCE,
      counts: { type: "array", items: COLUMN_REFERENCE },
      totals: TOTALS.schema,
      end: { type: "integer", minimum: 0 },
    },
    required: ["n", "positions", "counts", "totals", "end"],
    additionalProperties: false,
  },
};

/** Numbers that never decrease. */
function rising(json: unknown, rows: number, from: IndexReader): number[] {
  const rule = { delta: true, least: 0, most: Number.MAX_SAFE_INTEGER };
  const values = readColumn(json, rows, rule, from) as number[];
  for (let i = 1; i < values.length; i++) {
    if (values[i] < values[i - 1]) from.fail("positions or counts of check points decrease");
  }
  return values;
}
