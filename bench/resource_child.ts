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
import type { PreparedOperation } from "./operation.ts";
import { OPERATIONS } from "./operations.ts";

const FREEING_MS = 30;

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
    await runAndForget(prepared);
    collectGarbage();
    // What was collected is freed by other threads.
    await new Promise((done) => setTimeout(done, FREEING_MS));
    // The marks between which collections are counted: this one, and the one behind the run.
    collectGarbage();
    const idleBytes = residentMemory();
    forgetPeakMemory();
    const cpu = processorTime();
    await runAndForget(prepared);
    const cpuMs = processorTime(cpu);
    const { bytes: peakBytes, method } = peakMemory();
    collectGarbage();
    return { peakBytes, idleBytes, method, cpuMs } satisfies ResourceAnswer;
  } finally {
    await prepared.close();
  }
}

/** In a function of its own, whose variables are gone behind it, and with them what the run gave. */
async function runAndForget(prepared: PreparedOperation): Promise<void> {
  await prepared.run();
}

function collectGarbage(): void {
  (globalThis as { gc?: () => void }).gc?.();
}
