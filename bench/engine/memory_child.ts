/**
 * Reads all channels of a file in a process that does nothing else, and prints how much memory that
 * took, as JSON. `memory_rows.ts` starts it.
 *
 * @module
 */
import { Mdf } from "../../mod.ts";
import { fingerprintOf } from "../fingerprint.ts";
import { forgetPeakMemory, peakMemory, residentMemory } from "../harness/process_memory.ts";

/** What the process prints. */
export interface ReadAllReport {
  /** Resident memory before the file was opened: the runtime, and the library loaded. */
  startBytes: number;
  /** Most resident memory while it was open. */
  peakBytes: number;
  /** Bytes of the arrays that were read into. */
  outputBytes: number;
  /** Fingerprints of the channels by name. */
  fingerprints: Record<string, { hash: number; count: number }>;
  method: string;
}

if (import.meta.main) console.log(JSON.stringify(await readAll(Deno.args[0])));

async function readAll(path: string): Promise<ReadAllReport> {
  const startBytes = residentMemory();
  forgetPeakMemory();
  await using mdf = await Mdf.open(path);
  const signals = await mdf.readAll();
  const { bytes: peakBytes, method } = peakMemory();
  // Masters may be the arrays of the time stamps; each array counts once.
  const buffers = new Set<ArrayBufferLike>();
  const fingerprints: ReadAllReport["fingerprints"] = {};
  for (const { channel, values } of signals) {
    if (!ArrayBuffer.isView(values)) throw new TypeError(`"${channel.name}" has no numbers`);
    buffers.add(values.buffer);
    const { hash, count } = fingerprintOf(values);
    fingerprints[channel.name] = { hash, count };
  }
  const outputBytes = [...buffers].reduce((sum, { byteLength }) => sum + byteLength, 0);
  return { startBytes, peakBytes, outputBytes, fingerprints, method };
}
