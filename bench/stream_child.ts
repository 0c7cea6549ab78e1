/**
 * Streams all channels of a file in a process that does nothing else, and prints what it saw and how
 * much memory the process held at most, as JSON. `scripts/stream_memory.ts` starts it.
 *
 * @module
 */
import { Mdf } from "../mod.ts";
import { peakMemory } from "./harness/process_memory.ts";

/** What the process prints. */
export interface StreamReport {
  records: number;
  values: number;
  /** The last value of every channel, as text. */
  lastValues: string[];
  /** Time of opening and streaming. */
  seconds: number;
  /** Most memory the process held in bytes, from its start. */
  peakBytes: number;
  /** How `peakBytes` was found. */
  method: string;
}

if (import.meta.main) console.log(JSON.stringify(await streamAll(Deno.args[0])));

/** Streams a file. */
async function streamAll(path: string): Promise<StreamReport> {
  const started = performance.now();
  let records = 0, values = 0;
  let lastValues: string[] = [];
  await using mdf = await Mdf.open(path);
  for await (const { firstRecord, recordCount, group, signals } of mdf.stream()) {
    records += recordCount;
    for (const signal of signals) values += signal.values.length;
    if (firstRecord + recordCount === group.recordCount) {
      lastValues = [...lastValues, ...signals.map((signal) => String(signal.values.at(-1)))];
    }
  }
  const seconds = (performance.now() - started) / 1000;
  const { bytes: peakBytes, method } = peakMemory();
  return { records, values, lastValues, seconds, peakBytes, method };
}
