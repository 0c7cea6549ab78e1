/**
 * What is measured, and the ratios to reach.
 *
 * @module
 */
import type { OperationName } from "../peers/protocol.ts";
import type { Target } from "./judge.ts";
import type { SideId } from "./sides.ts";

/** Name of a file that is measured; see `engine_files.ts`. */
export type FileName =
  | "floats"
  | "deflate"
  | "transpose"
  // Of the usual level of zlib, which makes codes for each block, where level 1, the usual one of this
  // project's writer, takes those that the format fixes.
  | "deflate-6"
  | "transpose-6"
  | "deflate-mixed"
  | "transpose-mixed"
  | "groups"
  | "can"
  | "texts";

/** A comparison of two sides. */
export interface RowSpec {
  /** `ours` when absent. */
  side?: SideId;
  against: SideId;
  target: Target;
  /** What is special about it, behind the name of the work. */
  note?: string;
  /** Another name than that of the work. */
  label?: string;
  /** Shown, but not among the rows that have to hold. */
  beside?: boolean;
}

/** One operation on one file. */
export interface WorkSpec {
  /** As the command line calls it. */
  id: string;
  /** As the table calls it. */
  label: string;
  file: FileName;
  operation: OperationName;
  rows: readonly RowSpec[];
  /** Only measured when it is named, or everything is asked for. */
  beside?: boolean;
}

const atLeast = (ratio: number): Target => ({ atLeast: ratio });

/** What is asked of deflated files, streamed and read whole. */
const DEFLATE_ROWS: readonly RowSpec[] = [
  { against: "asammdf-zlib", target: atLeast(5) },
  { against: "asammdf", target: atLeast(2) },
  { against: "ours-one", target: atLeast(1.7), note: "two cores" },
];
/** What the machine gives to two threads that do nothing else and share nothing, in the same rounds. */
const INFLATING_ROW: RowSpec = {
  ...{ side: "inflating", against: "inflating-one", target: atLeast(1.7) },
  ...{ label: "reading and inflating alone; two cores", beside: true },
};
/** The same, and it keeps the bytes as they are in new memory: the least that reading whole takes. */
const KEEPING_ROW: RowSpec = {
  ...{ side: "keeping", against: "keeping-one", target: atLeast(1.7) },
  ...{ label: "reading, inflating and keeping alone; two cores", beside: true },
};
const INTO_ROW: Pick<RowSpec, "side" | "label" | "beside"> = {
  side: "ours-into",
  label: "deflate, readAll into arrays that were there",
  beside: true,
};
const TRANSPOSE_ROWS: readonly RowSpec[] = [{ against: "asammdf", target: atLeast(3) }];

const beside = (rows: readonly RowSpec[]) => rows.map((row) => ({ ...row, beside: true }));

/** Every work, in the order of the table. */
export const WORKS: readonly WorkSpec[] = [
  {
    id: "stream",
    label: "open and stream all channels, 100 MB",
    file: "floats",
    operation: "go through all",
    rows: [
      { against: "floor", target: { atMost: 2.2, aim: 1.5 } },
      { against: "mf4-rs", target: atLeast(12) },
    ],
  },
  {
    id: "readall",
    label: "open and readAll, fresh arrays",
    file: "floats",
    operation: "read all channels",
    rows: [
      { against: "mf4-rs", target: atLeast(5) },
      { against: "asammdf", target: atLeast(3) },
    ],
  },
  {
    id: "one",
    label: "open and read one channel",
    file: "floats",
    operation: "read one channel",
    rows: [
      { against: "asammdf", target: atLeast(3) },
      { against: "mf4-rs", target: atLeast(4) },
    ],
  },
  {
    id: "deflate-stream",
    label: "deflate, stream all channels",
    file: "deflate",
    operation: "go through all",
    rows: [...DEFLATE_ROWS, INFLATING_ROW],
  },
  {
    id: "deflate",
    label: "deflate, readAll, fresh arrays",
    file: "deflate",
    operation: "read all channels",
    rows: [
      ...DEFLATE_ROWS,
      INFLATING_ROW,
      KEEPING_ROW,
      { ...INTO_ROW, against: "asammdf-zlib", target: atLeast(5) },
      { ...INTO_ROW, against: "ours-into-one", target: atLeast(1.7), note: "two cores" },
    ],
  },
  {
    id: "transpose-stream",
    label: "transposed deflate, stream all channels",
    file: "transpose",
    operation: "go through all",
    rows: TRANSPOSE_ROWS,
  },
  {
    id: "transpose",
    label: "transposed deflate, readAll, fresh arrays",
    file: "transpose",
    operation: "read all channels",
    rows: [
      ...TRANSPOSE_ROWS,
      KEEPING_ROW,
      { against: "asammdf-zlib", target: atLeast(3), beside: true },
    ],
  },
  {
    id: "deflate-6-stream",
    label: "deflate of level 6, stream all channels",
    file: "deflate-6",
    operation: "go through all",
    beside: true,
    rows: beside(DEFLATE_ROWS),
  },
  {
    id: "deflate-6",
    label: "deflate of level 6, readAll, fresh arrays",
    file: "deflate-6",
    operation: "read all channels",
    beside: true,
    rows: beside(DEFLATE_ROWS),
  },
  {
    id: "transpose-6-stream",
    label: "transposed deflate of level 6, stream all channels",
    file: "transpose-6",
    operation: "go through all",
    beside: true,
    rows: beside(TRANSPOSE_ROWS),
  },
  {
    id: "deflate-mixed-stream",
    label: "deflate, stream 20 channels of many types",
    file: "deflate-mixed",
    operation: "go through all",
    beside: true,
    rows: beside(DEFLATE_ROWS),
  },
  {
    id: "deflate-mixed",
    label: "deflate, readAll, 20 channels of many types",
    file: "deflate-mixed",
    operation: "read all channels",
    beside: true,
    rows: beside(DEFLATE_ROWS),
  },
  {
    id: "transpose-mixed",
    label: "transposed, readAll, 20 channels of many types",
    file: "transpose-mixed",
    operation: "read all channels",
    beside: true,
    rows: beside(TRANSPOSE_ROWS),
  },
  {
    id: "groups",
    label: "open 2,000 groups of 21 channels, list names",
    file: "groups",
    operation: "open and list names",
    rows: [
      { against: "mf4-rs", target: atLeast(3) },
      { against: "asammdf", target: atLeast(8) },
    ],
  },
  {
    id: "can",
    label: "unfinalized CAN log, every channel",
    file: "can",
    operation: "read all channels",
    rows: [
      { against: "asammdf", target: atLeast(6) },
      {
        ...{ side: "ours-made", against: "asammdf", target: atLeast(6) },
        ...{ note: "every payload made", beside: true },
      },
    ],
  },
  {
    id: "text",
    label: "variable-length text, 1 million values",
    file: "texts",
    operation: "read one channel",
    rows: [
      { against: "asammdf", target: atLeast(3) },
      {
        ...{ side: "ours-made", against: "asammdf", target: atLeast(3) },
        ...{ note: "every text made", beside: true },
      },
    ],
  },
];

/** Sides that a work needs, the bare read always among them. */
export function sidesOf({ rows }: WorkSpec): SideId[] {
  const all = rows.flatMap(({ side = "ours", against }) => [side, against]);
  return [...new Set<SideId>(["ours", "floor", ...all])];
}
