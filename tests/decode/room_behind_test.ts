import { assertAlmostEquals, assertEquals } from "@std/assert";
import { fileURLToPath } from "node:url";

const CHILD = fileURLToPath(new URL("_room_behind_child.ts", import.meta.url));
/** MiB that lie behind one result. */
const BEHIND = 1.25;

Deno.test("what lies behind a result lives as long as this or the next, and no longer", async () => {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--no-check", "--allow-all", "--v8-flags=--expose-gc", CHILD],
  }).output();
  assertEquals([code, new TextDecoder().decode(stderr)], [0, ""]);
  const { eight, last, none, read, into } = JSON.parse(new TextDecoder().decode(stdout));
  assertAlmostEquals(eight, 8 * BEHIND, 0.1);
  assertAlmostEquals(last, 2 * BEHIND, 0.1);
  assertAlmostEquals(none, 0, 0.1);
  // Reading a large result has it, filling what the caller has does not.
  assertAlmostEquals(read, 24 + BEHIND, 0.5);
  assertAlmostEquals(into, 0, 0.5);
});
