import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { listPeers, PeerFileError } from "../../bench/peers/registry.ts";
import { readyPeer } from "../../bench/peers/run_peers.ts";
import { inScratch } from "./_peers/_helpers.ts";

Deno.test("the peers are the files in the folder, ours first", async () => {
  const peers = await listPeers();
  assertEquals(peers.map(({ id }) => id), [
    "ours",
    "bare_read",
    "mf4_rs_npm",
    "mf4_rs",
    "asammdf",
    "mdfreader",
  ]);
  assertEquals(peers.filter(({ floor }) => floor).map(({ id }) => id), ["bare_read"]);
  for (const { id, python } of peers) {
    for (const name of python?.packages ?? []) {
      assertEquals(/^[\w-]+==[\w.]+( ; .*)?$/.test(name), true, `${id}: ${name} has no version`);
    }
  }
});

Deno.test("another peer is one more file", async () => {
  await inScratch(async (folder) => {
    await Deno.writeTextFile(
      `${folder}/one.py`,
      '# /// script\n# requires-python = ">=3.10"\n# dependencies = [\n#   "one==1.0",\n# ]\n' +
        '# [tool.mf4-bench]\n# name = "One"\n# order = 2\n# ///\nimport one\n',
    );
    await Deno.writeTextFile(
      `${folder}/two.ts`,
      'export const peer = { name: "Two", order: 1, version: () => "2", operations: {} };\n',
    );
    await Deno.writeTextFile(`${folder}/_helper.py`, "");
    const [two, one] = await listPeers(folder);
    assertEquals([two.id, two.name, two.python], ["two", "Two", undefined]);
    assertEquals([one.id, one.name], ["one", "One"]);
    assertEquals(one.python, { packages: ["one==1.0"], least: [3, 10] });
  });
});

Deno.test("a peer whose package is not there stays in the list and says so", async () => {
  await inScratch(async (folder) => {
    await Deno.writeTextFile(`${folder}/gone.ts`, 'export { peer } from "./nowhere.ts";\n');
    const [gone] = await listPeers(folder);
    assertEquals([gone.id, gone.name], ["gone", "gone"]);
    assertMatch(gone.broken!, /nowhere\.ts/);
    assertEquals("missing" in await readyPeer(gone), true);
  });
});

Deno.test("a file that is no peer is told of", async () => {
  const cases: [string, string, RegExp][] = [
    ["a.py", "import asammdf\n", /has no "# \/\/\/ script" header/],
    ["b.py", "# /// script\n# dependencies = [\n# ///\n", /its header is not TOML/],
    ["c.py", "# /// script\n# dependencies = []\n# ///\n", /needs name and order/],
    ["d.ts", "export const peer = {};\n", /exports no `peer`/],
  ];
  for (const [name, text, message] of cases) {
    await inScratch(async (folder) => {
      await Deno.writeTextFile(`${folder}/${name}`, text);
      await assertRejects(() => listPeers(folder), PeerFileError, message);
    });
  }
});
