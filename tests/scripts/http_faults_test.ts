/** Servers with faults: right values or a typed error, never anything else. */
import { assert, assertEquals } from "@std/assert";
import { FAULTS } from "../../scripts/http_faults/faults.ts";
import { faultFiles } from "../../scripts/http_faults/fault_files.ts";
import { isBad, runFault, WAY_NAMES } from "../../scripts/http_faults/run_faults.ts";
import { httpFaults } from "../../scripts/http_faults.ts";

/** What passes, so that every way to read gives right values in the end. */
const PASSES = [
  ...["none", "connection cut after every 20000 bytes", "connection cut after every 50000 bytes"],
  ...["ranges ignored", "ranges ignored, compressed on the way", "ranges of 5000 bytes at most"],
  ...["weak entity tags", "no entity tags", "no Content-Length"],
];

const passes = (name: string) => PASSES.includes(name) || name.endsWith(", every second request");
/** What no try can get around, from the first request on. */
const FAILS = [
  ...["status 500", "status 403", "ranges compressed", "no answer", "body 7 bytes short"],
  ...["ranges of 100 bytes at most", "ranges ignored, connection cut after every 20000 bytes"],
];

Deno.test("every fault of a server gives right values or a typed error, in every way to read", async () => {
  const files = await faultFiles();
  for (const fault of FAULTS) {
    const outcomes = (await Promise.all(
      files.map((file) => runFault(fault, file)),
    )).flat();
    assertEquals(outcomes.length, files.length * WAY_NAMES.length);
    for (const one of outcomes) {
      const message = `${fault.name}, ${one.file}, ${one.way}: ${one.outcome}; ${one.message}`;
      assert(!isBad(one), message);
      if (passes(fault.name)) assertEquals(one.outcome, "right values", message);
      if (FAILS.includes(fault.name)) assertEquals(one.outcome, "SourceError", message);
      if (/another entity tag|no entity tag/.test(fault.name) && one.outcome !== "right values") {
        assertEquals(one.outcome, "SourceChangedError", message);
      }
    }
  }
});

Deno.test("outcomes that must not be are told from those that may", () => {
  const outcome = (outcome: string) => isBad({ outcome, file: "", way: "", requests: 1 });
  for (const bad of ["WRONG VALUES", "UNTYPED TypeError", "HUNG"]) assert(outcome(bad), bad);
  for (const good of ["right values", "SourceError"]) assert(!outcome(good), good);
});

Deno.test("an option that is not known is refused", async () => {
  assertEquals(await httpFaults(["--nonsense"]), 2);
});
