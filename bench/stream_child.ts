/**
 * Streams all channels of a file in a process that does nothing else, and prints what it saw and how
 * much memory the process held at most, as JSON. `scripts/stream_memory.ts` starts it.
 *
 * @module
 */
import process from "node:process";
import { Mdf } from "../mod.ts";

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
  return { records, values, lastValues, seconds, ...peakMemory() };
}

/** Linux tells the peak of resident memory, and Deno wants all permissions for that; elsewhere the system's account of the process does. */
function peakMemory(): { peakBytes: number; method: string } {
  if (Deno.build.os === "linux") {
    const kibibytes = /^VmHWM:\s+(\d+) kB$/m.exec(Deno.readTextFileSync("/proc/self/status"))?.[1];
    if (kibibytes !== undefined) {
      return { peakBytes: Number(kibibytes) * 1024, method: "VmHWM of /proc/self/status" };
    }
  }
  const { maxRSS } = process.resourceUsage();
  return { peakBytes: maxRSS * 1024, method: "maxRSS of process.resourceUsage()" };
}
