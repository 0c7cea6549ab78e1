import { assert, assertEquals, assertGreater, assertRejects } from "@std/assert";
import { openBenchFile } from "../../bench/bench_file.ts";
import {
  countCollections,
  measureResources,
  ResourceError,
} from "../../bench/harness/resources.ts";
import { inFolder } from "../scripts/_run_script.ts";

const TRACE = `
[1:0] 12 ms: Scavenge 4.4 (6.5) -> 3.4 (6.5) MB, allocation failure;
[1:0] 16 ms: Mark-Compact 2.3 (2.8) -> 2.2 (2.8) MB, testing; GC in old space requested
[1:0] 23 ms: Scavenge 3.4 (4.2) -> 3.0 (4.7) MB, allocation failure;
[1:0] 25 ms: Incremental Mark-Compact 15.0 (30.0) -> 5.1 (21.2) MB
[1:0] 83 ms: Mark-Compact 12.9 (24.6) -> 2.2 (18.0) MB, testing; GC in old space requested
[1:0] 90 ms: Scavenge 3.4 (4.2) -> 3.0 (4.7) MB, allocation failure;
`;

Deno.test("resources: collections between the two that mark the run", () => {
  assertEquals(countCollections(TRACE), 2);
  assertEquals(countCollections(""), 0);
});

Deno.test("resources: reading all needs more memory than streaming", () =>
  inFolder(async (folder) => {
    const file = await openBenchFile({ bytes: 20_000_000 }, { directory: folder, scratch: folder });
    const all = await measureResources("read all channels", file);
    const stream = await measureResources("stream all channels", file);
    const added = ({ peakBytes, idleBytes }: typeof all) => peakBytes - idleBytes;
    assertGreater(added(all), 20_000_000);
    assert(added(stream) < added(all) / 2, `${added(stream)} of ${added(all)}`);
    assertGreater(all.cpuMs, 0);
    assert(Number.isInteger(all.collections));
    await assertRejects(() => measureResources("fly", file), ResourceError, '"fly"');
  }));
