/**
 * What a measured operation is.
 *
 * @module
 */
import type { BenchFile } from "./bench_file.ts";

/** What an operation took out of a file, or put into one. */
export interface Decoded {
  /** Values, time stamps included. */
  values: number;
  /** Bytes of their arrays; texts count with the bytes they are stored in. */
  bytes: number;
}

/** A number of an operation's own, such as requests; `unit` is what tables show behind it. */
export interface Metric {
  value: number;
  unit: string;
  /** Over all runs so far rather than of one: the last is reported, and not the median. */
  total?: boolean;
}

/** What is known of one run. */
export interface RunFacts extends Decoded {
  /** By their names. */
  metrics?: Readonly<Record<string, Metric>>;
}

/** Where an operation belongs. */
export interface OperationPlace {
  /** Unique, as tables show it. */
  name: string;
  /** The suite it is part of: `performance`, `index reading` … */
  suite: string;
  /** What it is compared with: operations of one group are contenders. */
  group: string;
  /** The one others of its group are compared with. */
  baseline?: boolean;
  /** Whether it goes through the samples of the file, so that bytes of file per second mean something. */
  samples: boolean;
}

/** An operation as it is written down. */
export interface OperationSpec<State, Result> extends OperationPlace {
  /** Everything that is not to be measured. */
  setup(file: BenchFile): State | Promise<State>;
  /** What is measured. */
  run(state: State): Result | Promise<Result>;
  /** Throws when the result is not what it must be; not measured, done after every run. */
  check(result: Result, file: BenchFile, state: State): void | Promise<void>;
  /** What the result holds. */
  decoded(result: Result, file: BenchFile): Decoded;
  /** Numbers of its own, of every run; the median of each is reported. */
  metrics?(result: Result, file: BenchFile, state: State): Readonly<Record<string, Metric>>;
  /** Gives back what `setup` took. */
  teardown?(state: State): void | Promise<void>;
}

/** An operation, whatever its state and result. */
export interface Operation extends OperationPlace {
  /**
   * Sets it up for a file.
   *
   * @throws {MissingFileError} If the file is not there, with the command that makes it.
   */
  prepare(file: BenchFile): Promise<PreparedOperation>;
}

/** An operation that is ready to run on a file. */
export interface PreparedOperation {
  readonly operation: OperationPlace;
  readonly file: BenchFile;
  /** What is measured. */
  run(): unknown;
  /** Checks what `run` gave, and tells what it held. */
  check(result: unknown): Promise<RunFacts>;
  /** Gives back what it holds. */
  close(): Promise<void>;
}

/** Writes down an operation. */
export function defineOperation<State, Result>(spec: OperationSpec<State, Result>): Operation {
  const { name, suite, group, baseline, samples } = spec;
  const place: OperationPlace = { name, suite, group, baseline, samples };
  return {
    ...place,
    async prepare(file) {
      await file.requirePresent();
      const state = await spec.setup(file);
      return {
        operation: place,
        file,
        run: () => spec.run(state),
        async check(result) {
          try {
            await spec.check(result as Result, file, state);
          } catch (error) {
            if (error instanceof Error) error.message = `${name}, ${file.label}: ${error.message}`;
            throw error;
          }
          const metrics = spec.metrics?.(result as Result, file, state);
          return { ...spec.decoded(result as Result, file), metrics };
        },
        close: async () => await spec.teardown?.(state),
      };
    },
  };
}
