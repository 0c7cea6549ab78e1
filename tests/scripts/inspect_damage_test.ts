import { assertEquals, assertStringIncludes } from "@std/assert";
import { CC } from "../../lib/blocks/block_tables.ts";
import { FileBuilder, patternBytes } from "../_helpers.ts";
import { inspectBytes, runInspect } from "./_inspect.ts";

/** Three groups of three channels of one byte each. */
function threeGroups() {
  const file = new FileBuilder();
  const groups = ["A", "B", "C"].map((name) =>
    file.group({
      name,
      channels: [0, 1, 2].map((i) => ({
        name: `${name}${i}`,
        cn_byte_offset: i,
        cn_bit_count: 8,
      })),
      records: patternBytes(30),
    })
  );
  return { file, groups };
}

/** The channels that the tree shows. */
function channelsOf(lines: string[]): string[] {
  return lines.flatMap((line) => /─ ([ABC]\d) /.exec(line)?.[1] ?? []);
}

type Damage = (made: ReturnType<typeof threeGroups>) => void;

const DAMAGED: [title: string, damage: Damage, lost: string[], reason: string][] = [
  [
    "a link to a channel past the end of the file",
    ({ file, groups }) => file.patchLink(groups[1].channels[0], "cn_cn_next", 1e9),
    ["B1", "B2"],
    "a link leads past the end of the file",
  ],
  [
    "channels in a circle",
    ({ file, groups }) =>
      file.patchLink(groups[1].channels[2], "cn_cn_next", groups[1].channels[0]),
    [],
    "leads back to a channel",
  ],
  [
    "a channel that is its own successor",
    ({ file, groups }) =>
      file.patchLink(groups[0].channels[1], "cn_cn_next", groups[0].channels[1]),
    ["A2"],
    "leads back to a channel",
  ],
  [
    "data groups in a circle",
    ({ file, groups }) => file.patchLink(groups[2].dg, "dg_dg_next", groups[0].dg),
    [],
    "leads back to a block",
  ],
  [
    "two groups that claim the same channels",
    ({ file, groups }) =>
      file.patchLink(groups[0].channels[2], "cn_cn_next", groups[1].channels[0]),
    [],
    "leads back to a channel",
  ],
  [
    "record ids of three bytes",
    ({ file, groups }) => file.patchField(groups[1].dg, "dg_rec_id_size", 3),
    ["B0", "B1", "B2"],
    "record ids of 3 bytes do not exist",
  ],
  [
    "a channel without its fields",
    ({ file, groups }) => file.patchLength(groups[1].channels[1], 24 + 64 + 8),
    ["B1"],
    "too short for its field",
  ],
  [
    "a channel whose header is overwritten",
    ({ file, groups }) => file.patchBytes(groups[2].channels[0], [1, 2, 3, 4]),
    ["C0", "C1", "C2"],
    "expected a CN block and found bytes 01 02 03 04",
  ],
  [
    "a source that is a channel",
    ({ file, groups }) => file.patchLink(groups[0].cg, "cg_si_acq_source", groups[0].channels[0]),
    [],
    "expected a SI block and found a CN block",
  ],
  [
    "a name that leads into a block",
    ({ file, groups }) => file.patchLink(groups[0].cg, "cg_tx_acq_name", groups[0].channels[0] + 8),
    [],
    "expected a TX or MD block",
  ],
];

for (const [title, damage, lost, reason] of DAMAGED) {
  Deno.test(`inspect: a file with ${title} shows all the rest, and what is wrong`, async () => {
    const made = threeGroups();
    damage(made);
    const bytes = made.file.bytes();
    const { lines, out, code, err } = await inspectBytes(bytes);
    assertEquals(code, 1);
    const names = ["A", "B", "C"].flatMap((group) => [0, 1, 2].map((i) => `${group}${i}`));
    assertEquals(channelsOf(lines), names.filter((name) => !lost.includes(name)));
    assertStringIncludes(out, "✗ corrupt: ");
    assertStringIncludes(out, reason);
    assertStringIncludes(err, "broken; see above");
    const json = await inspectBytes(bytes, "--json");
    assertEquals(json.code, 1);
    assertStringIncludes(JSON.stringify(JSON.parse(json.out)), reason);
  });
}

Deno.test("inspect: several kinds of damage are all told, each where it belongs", async () => {
  const { file, groups } = threeGroups();
  file.patchLink(groups[0].channels[1], "cn_cn_next", 1e9);
  file.patchLink(groups[2].channels[0], "cn_cn_next", 2e9);
  const { lines, code, err } = await inspectBytes(file.bytes());
  assertEquals(code, 1);
  assertEquals(channelsOf(lines), ["A0", "A1", "B0", "B1", "B2", "C0"]);
  const below = (name: string) => lines[lines.findIndex((line) => line.includes(`─ ${name} `)) + 1];
  assertStringIncludes(below("A1"), "at offset 1000000000 (0x3b9aca00)");
  assertStringIncludes(below("C0"), "at offset 2000000000 (0x77359400)");
  assertStringIncludes(err, "2 broken; see above");
});

Deno.test("inspect: problems that the model keeps stand below their channel or group", async () => {
  const { file, groups } = threeGroups();
  const broken = file.add(CC, {
    moreLinks: [1e9],
    fields: { cc_type: 3, cc_ref_count: 1 },
  });
  file.patchLink(groups[0].channels[1], "cn_cc_conversion", broken);
  file.patchField(groups[1].channels[0], "cn_type", 5);
  file.patchLink(groups[2].dg, "dg_data", 3e9);
  file.patchLink(file.hd, "hd_md_comment", groups[0].channels[0]);
  const { lines, out, code, err } = await inspectBytes(file.bytes());
  assertEquals(code, 1);
  const at = (text: string) => lines.findIndex((line) => line.includes(text));
  assertStringIncludes(lines[at("─ A1 ")], "cannot be used");
  assertStringIncludes(lines[at("─ A1 ") + 1], "✗ corrupt: a link leads past the end");
  assertStringIncludes(
    lines[at("─ B0 ") + 1],
    "the link to the channel that tells it does not lead",
  );
  assertStringIncludes(lines[at("data group 2") + 1], "✗ corrupt: a link leads past the end");
  assertStringIncludes(out, "problems beside the groups");
  assertStringIncludes(lines.at(-1)!, "expected a TX or MD block and found a CN block");
  assertStringIncludes(err, "4 broken");
});

Deno.test("inspect: a file without a readable header is an error that says where", async () => {
  const { file } = threeGroups();
  file.patchBytes(file.hd, [0, 0]);
  const { code, out, err } = await inspectBytes(file.bytes());
  assertEquals(code, 1);
  assertStringIncludes(err, "HD block at offset 64 (0x40)");
  assertEquals(out, "");
  const blocks = await inspectBytes(file.bytes(), "--blocks");
  assertEquals(blocks.code, 1);
  assertStringIncludes(blocks.out, "seems to hold a block: TX");
});

Deno.test("inspect: a file cut off anywhere ends with an answer", async () => {
  const { file } = threeGroups();
  const bytes = file.bytes();
  for (let length = 0; length < bytes.length; length += 97) {
    for (const options of [[], ["--blocks"], ["--json"], ["--values", "2"]]) {
      const { code, out, err } = await inspectBytes(bytes.slice(0, length), ...options);
      assertEquals(code, 1, `${length} bytes ${options}`);
      assertEquals((out + err).length > 0, true);
    }
  }
});

Deno.test("inspect: values that cannot be read are told, and the others shown", async () => {
  const { file, groups } = threeGroups();
  file.patchField(groups[0].channels[1], "cn_data_type", 77);
  const { lines, code } = await inspectBytes(file.bytes(), "--values", "1", "--filter", "A");
  assertEquals(code, 1);
  assertEquals(lines.filter((line) => line.startsWith("0 A\tA0\t0\t")).length, 1);
  assertEquals(lines.filter((line) => line.startsWith("0 A\tA2\t0\t")).length, 1);
  assertStringIncludes(lines.find((line) => line.includes("\tA1\t"))!, "error: ");
});

Deno.test("inspect: reading around damage changes nothing in the file", async () => {
  const { file, groups } = threeGroups();
  file.patchLink(groups[0].channels[1], "cn_cn_next", 1e9);
  const path = await Deno.makeTempFile({ suffix: ".mf4" });
  try {
    const bytes = file.bytes();
    await Deno.writeFile(path, bytes);
    assertEquals((await runInspect([path])).code, 1);
    assertEquals(await Deno.readFile(path), bytes);
  } finally {
    await Deno.remove(path);
  }
});
