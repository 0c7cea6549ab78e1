/**
 * What the process of a peer is asked and what it answers: one line of JSON each, on its standard input
 * and output. `runner.ts` and `runner.py` speak it, one for each language.
 *
 * A process serves one operation on one file: `prepare`, `check`, then any number of `turn`s, then the
 * end of its input. Start-up and imports lie before the first turn.
 *
 * @module
 */

/** Everything that is compared. Each begins with nothing open and ends with the values in memory. */
export const OPERATION_NAMES = [
  "open and list names",
  "read one channel",
  "read all channels",
  "read all raw",
  "go through all",
  "index warm, one channel",
  "index cold, one channel",
] as const;

/** Name of an operation. */
export type OperationName = typeof OPERATION_NAMES[number];

/** A channel whose values are wanted. */
export interface JobColumn {
  /** Position of its group among those of the file. */
  group: number;
  groupName: string;
  /** Position of the channel in its group. */
  channel: number;
  name: string;
  /** What its values are; a reader that needs to know in advance may look. */
  kind: "number" | "text" | "bytes" | "structure";
}

/** The work. */
export interface Job {
  file: string;
  operation: OperationName;
  /** The values that are wanted, in this order; none where names are wanted. */
  columns: JobColumn[];
  /** Folder for an index and the like; removed afterwards. */
  scratch: string;
}

/** What a process is asked. */
export type Request =
  | { do: "prepare"; job: Job }
  /** Run once, and write the values to a file. */
  | { do: "check"; out: string }
  /** Run `iterations` times, or as long as `budgetMs` but at least once. */
  | { do: "turn"; iterations?: number; budgetMs: number };

/** Answer to `prepare`. */
export type Prepared = PreparedFacts | { unsupported: string };

/** What a peer says of itself. */
export interface PreparedFacts {
  version: string;
  /** For example `Python 3.11.7`. */
  runtime: string;
  /** How it does this operation, where that does not go without saying. */
  how?: string;
  /** What it is built on that decides its speed, such as the module that inflates. */
  uses?: string;
}

/** Types of values in the file that `check` writes, all little-endian; text is UTF-8 in lines. */
export type DumpType = "f8" | "i8" | "u8" | "text";

/** Values of one channel as they were written to the file. */
export interface DumpedColumn {
  type: DumpType;
  count: number;
  /** Place in the file, in bytes. */
  offset: number;
  bytes: number;
  /** Over the values as float64, told by the peer itself; absent for text and for no values. */
  min?: number;
  max?: number;
}

/** Answer to `check`: the values, or names by group, or the bytes that were gone through. */
export interface Checked {
  columns?: DumpedColumn[];
  names?: string[][];
  bytes?: number;
}

/** One measured run. */
export interface Sample {
  ms: number;
  /** Time of all threads of the process on a processor. */
  cpuMs: number;
  /** How many values, names or bytes the run gave. */
  amount: number;
}

/** Answer to `turn`. */
export interface Turn {
  samples: Sample[];
  /** Largest resident memory of the process during the turn; where the system has no such count, ever. */
  peakBytes?: number;
}

/** Answer to anything that failed. */
export interface Failed {
  error: string;
}
