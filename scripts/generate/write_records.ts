/**
 * Writes the records of a plan to an MDF file or any other byte sink.
 *
 * @module
 */
import { setTimeout } from "node:timers/promises";
import { fileSink } from "../../lib/writer/file_sink.ts";
import { type ByteSink, type ChannelOptions, MdfWriter } from "../../lib/writer/mdf_writer.ts";
import { CHUNK_RECORDS, type Column, ColumnPool, masterSource, signalSource } from "./columns.ts";
import { type DataPlan, MASTER_NAME, type PlannedGroup, recordsOf } from "./data_plan.ts";

/** How data blocks are stored. */
export type Compression = "none" | "deflate" | "transpose";

/** What {@link writeRecords} is to do. */
export interface WriteRecordsOptions {
  compression: Compression;
  /** Records of the first group; the others get as many as fit the same time. */
  records: number;
  /** Told after every chunk which part is done, 0 to 1. */
  onProgress?: (done: number) => void;
  /** Stops the work; what was written so far stays. */
  signal?: AbortSignal;
}

// Nothing here waits for the system, so signals and timers get their turn only when it is given.
const TURN_MS = 50;
// Wall clock times would make two runs differ.
const START_TIME_NS = 1_700_000_000_000_000_000n;

/** Writes a complete file, or nothing without a path, and returns its size in bytes. */
export async function writeRecords(
  path: string | undefined,
  plan: DataPlan,
  options: WriteRecordsOptions,
): Promise<number> {
  const { records, signal } = options;
  const sink = new CountingSink(path === undefined ? undefined : fileSink(path));
  await using writer = await MdfWriter.create(sink, {
    compression: options.compression,
    startTimeNs: START_TIME_NS,
    historyTimeNs: START_TIME_NS,
    comment: `Generated test data: pattern ${plan.pattern.name}, seed ${plan.seed}`,
    program: "mf4gen",
  });
  const pool = new ColumnPool();
  const groups = plan.groups.map((group) => ({
    group,
    handle: writer.addGroup({
      name: group.name,
      comment: `${group.sampleRate} records per second`,
      channels: describeChannels(group),
    }),
    columns: [
      [MASTER_NAME, masterSource(group.sampleRate, pool)] as const,
      ...group.signals.map((planned, place) =>
        [
          planned.name,
          signalSource(planned, group.sampleRate, plan.seed, place, pool),
        ] as const
      ),
    ],
  }));
  let turn = performance.now();
  for (let at = 0; at < records; at += CHUNK_RECORDS) {
    const end = Math.min(records, at + CHUNK_RECORDS);
    for (const { group, handle, columns } of groups) {
      if (performance.now() - turn > TURN_MS) {
        await setTimeout(0); // setImmediate would hold up signals
        turn = performance.now();
      }
      signal?.throwIfAborted();
      const first = recordsOf(plan, group, at);
      const count = recordsOf(plan, group, end) - first;
      if (count === 0) continue;
      const chunk: Record<string, Column> = {};
      for (const [name, source] of columns) chunk[name] = source(first, count);
      await handle.append(chunk);
    }
    options.onProgress?.(end / records);
  }
  await writer.close();
  return sink.size;
}

function describeChannels(group: PlannedGroup): ChannelOptions[] {
  return [
    { name: MASTER_NAME, type: "float64", unit: "s", master: "time", comment: "Time since start" },
    ...group.signals.map(({ name, signal }): ChannelOptions => ({
      name,
      type: signal.type,
      unit: signal.unit,
      comment: signal.comment,
      conversion: signal.type === "string" ? undefined : signal.conversion,
    })),
  ];
}

/** Counts the bytes of a file on their way to another sink, if there is one. */
class CountingSink implements ByteSink {
  size = 0;
  readonly name: string;
  readonly #inner?: ByteSink;

  constructor(inner?: ByteSink) {
    this.#inner = inner;
    this.name = inner?.name ?? "(sample)";
  }

  write(bytes: Uint8Array): void | Promise<void> {
    this.size += bytes.length;
    return this.#inner?.write(bytes);
  }

  patch(offset: number, bytes: Uint8Array): void | Promise<void> {
    return this.#inner?.patch(offset, bytes);
  }

  close(): void | Promise<void> {
    return this.#inner?.close();
  }

  abort(reason: unknown): void | Promise<void> {
    return this.#inner?.abort?.(reason);
  }
}
