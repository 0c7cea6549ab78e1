/**
 * Memory and processor time of this process, from the system.
 *
 * @module
 */
import { readFileSync, writeFileSync } from "node:fs";
import process from "node:process";

/** Where a number of bytes came from. */
export type MemoryMethod = "VmHWM of /proc/self/status" | "maxRSS of process.resourceUsage()";

/** Makes {@link peakMemory} begin anew; elsewhere than on Linux the peak stays that of the process. */
export function forgetPeakMemory(): void {
  try {
    writeFileSync("/proc/self/clear_refs", "5");
  } catch {
    // There is no such file, or it may not be written.
  }
}

/** Most resident memory since the start, or since it was forgotten, in bytes. */
export function peakMemory(): { bytes: number; method: MemoryMethod } {
  const kibibytes = statusOf("VmHWM");
  return kibibytes === undefined
    ? {
      bytes: process.resourceUsage().maxRSS * 1024,
      method: "maxRSS of process.resourceUsage()",
    }
    : { bytes: kibibytes * 1024, method: "VmHWM of /proc/self/status" };
}

/** Resident memory now, in bytes. */
export function residentMemory(): number {
  const kibibytes = statusOf("VmRSS");
  return kibibytes === undefined ? process.memoryUsage().rss : kibibytes * 1024;
}

/** Milliseconds of processor time, of all threads, since `start`; or a start, without one. */
export function processorTime(start?: number): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000 - (start ?? 0);
}

function statusOf(name: string): number | undefined {
  try {
    const status = readFileSync("/proc/self/status", "utf8");
    const found = new RegExp(`^${name}:\\s+(\\d+) kB$`, "m").exec(status);
    return found ? Number(found[1]) : undefined;
  } catch {
    return undefined;
  }
}
