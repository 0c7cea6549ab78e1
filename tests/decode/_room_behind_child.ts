/**
 * Logs how many MiB of buffers are alive while results come and go; started with `--expose-gc`.
 *
 * @module
 */
import process from "node:process";
import { RoomBehind } from "../../lib/decode/room_behind.ts";
import { Mdf, MdfWriter, MemorySink } from "../../mod.ts";

const alive = async () => {
  // What is weakly held is kept until a task is over, and buffers are freed behind a collection.
  for (let time = 0; time < 3; time++) {
    await new Promise((resolve) => setTimeout(resolve, 10));
    (globalThis as unknown as { gc(): void }).gc();
  }
  return process.memoryUsage().external / (1024 * 1024);
};

const told: Record<string, number> = {};
let start = await alive();
let results: unknown[] = [];
// In a function, so that nothing stays in a local.
(() => {
  for (let i = 0; i < 8; i++) {
    const room = new RoomBehind();
    const result = {};
    room.keep(result);
    results.push(result);
  }
})();
told.eight = await alive() - start;
results = results.slice(-1);
told.last = await alive() - start;
results = [];
told.none = await alive() - start;

const RECORDS = 3 * 1024 * 1024;
const sink = new MemorySink();
const writer = await MdfWriter.create(sink);
const group = writer.addGroup({ name: "one", channels: [{ name: "x", type: "float64" }] });
await group.append({ x: Float64Array.from({ length: RECORDS }, (_, i) => i) });
await writer.close();
await using mdf = await Mdf.open(sink.bytes());
const read = async (options?: { into: Float64Array }) => {
  const { values } = await mdf.read("x", options);
  results.push(values);
};
start = await alive();
await read();
told.read = await alive() - start;
results = [new Float64Array(RECORDS)];
start = await alive();
await read({ into: results[0] as Float64Array });
told.into = await alive() - start;
await mdf.close();
console.log(JSON.stringify(told));
