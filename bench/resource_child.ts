/**
 * Runs one operation on one file and tells what that took, as JSON on standard error. Standard output
 * has the runtime's account of collections. `harness/resources.ts` starts it.
 *
 * @module
 */
import { BenchFile } from "./bench_file.ts";
import {
  forgetPeakMemory,
  peakMemory,
  processorTime,
  residentMemory,
} from "./harness/process_memory.ts";
import type { ResourceAnswer, ResourceJob } from "./harness/resources.ts";
import { loadSuite } from "./load_suite.ts";
import { OPERATIONS } from "./operations.ts";

if (import.meta.main) {
  const answer = await runOnce(JSON.parse(Deno.args[0]));
  console.error(JSON.stringify(answer));
}

async function runOnce({ operation: name, size, file, scratch, suite }: ResourceJob) {
  const operations = suite === undefined ? OPERATIONS : await loadSuite(suite);
  const operation = operations.find((one) => one.name === name);
  if (!operation) throw new RangeError(`there is no operation "${name}"`);
  const prepared = await operation.prepare(new BenchFile(size, file, scratch, {}));
  try {
    await prepared.run();
    // The marks between which collections are counted.
    collectGarbage();
    const idleBytes = residentMemory();
    forgetPeakMemory();
    const cpu = processorTime();
    await prepared.run();
    const cpuMs = processorTime(cpu);
    const { bytes: peakBytes, method } = peakMemory();
    collectGarbage();
    return { peakBytes, idleBytes, method, cpuMs } satisfies ResourceAnswer;
  } finally {
    await prepared.close();
  }
}

function collectGarbage(): void {
  (globalThis as { gc?: () => void }).gc?.();
}
