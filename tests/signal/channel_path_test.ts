import { assertEquals, assertRejects } from "@std/assert";
import { AmbiguousChannelError, byteRanges, Mdf } from "../../mod.ts";
import { type ChannelParts, FileBuilder } from "../_helpers.ts";
import { eachWay } from "./_block_file.ts";

/** A file whose only group has these channels, one byte each. */
function fileOf(channels: ChannelParts[], separator = 0): Uint8Array {
  const file = new FileBuilder();
  file.group({
    channels,
    cg_path_separator: separator,
    cg_data_bytes: 4,
    records: Uint8Array.from([1, 2, 3, 4]),
  });
  return file.bytes();
}

const member = (name: string, cn_byte_offset: number): ChannelParts => ({
  name,
  cn_byte_offset,
  cn_bit_count: 8,
});
const structure = (name: string, members: ChannelParts[]): ChannelParts => ({
  name,
  cn_data_type: 10,
  cn_bit_count: 32,
  members,
});

Deno.test("trap 31: the same name may occur in many structures, whose members have paths", async () => {
  const bytes = fileOf([
    structure("A", [member("x", 0), structure("B", [member("x", 1)])]),
    structure("C", [member("x", 2)]),
    member("y", 3),
  ]);
  await eachWay(bytes, async (mdf) => {
    assertEquals(mdf.groups[0].channels.map(({ path }) => path), [
      "A",
      "A.x",
      "A.B",
      "A.B.x",
      "C",
      "C.x",
      "y",
    ]);
    const values = async (path: string) => [...(await mdf.read(path)).values as Uint8Array];
    assertEquals(await values("A.x"), [1]);
    assertEquals(await values("A.B.x"), [2]);
    assertEquals(await values("C.x"), [3]);
    const error = await assertRejects(() => mdf.read("x"), AmbiguousChannelError);
    assertEquals(error.reason, 'group 0 has 3 channels "x"; use its path: "A.x", "A.B.x", "C.x"');
    assertEquals(byteRanges(mdf.toIndex(), "C.x"), byteRanges(mdf.toIndex(), "A.x"));
  });
});

Deno.test("trap 31: names of members that already carry the parent's are not prefixed again", async () => {
  const bytes = fileOf([
    structure("A", [
      member("A.x", 0),
      structure("A.B", [member("A.B.x", 1), member("B.y", 2), member("z", 3)]),
      member("Ax", 0),
    ]),
  ]);
  await eachWay(bytes, (mdf) => {
    assertEquals(mdf.groups[0].channels.map(({ path }) => path), [
      "A",
      "A.x",
      "A.B",
      "A.B.x",
      "A.B.B.y",
      "A.B.z",
      "A.Ax",
    ]);
    assertEquals(mdf.channel("A.B.x").path, "A.B.x");
  });
  const partly = fileOf([structure("A", [structure("B", [member("B.x", 0)])])]);
  assertEquals((await Mdf.open(partly)).groups[0].channels[2].path, "A.B.x");
});

Deno.test("trap 31: the group names the separator of paths", async () => {
  const bytes = fileOf(
    [structure("A", [member("x.y", 0), member("A\\z", 1)])],
    "\\".charCodeAt(0),
  );
  await eachWay(bytes, async (mdf) => {
    assertEquals(mdf.groups[0].channels.map(({ path }) => path), ["A", "A\\x.y", "A\\z"]);
    assertEquals([...(await mdf.read("A\\x.y")).values as Uint8Array], [1]);
  });
});

Deno.test("a name is found before a path", async () => {
  const mdf = await Mdf.open(fileOf([structure("A", [member("x", 0)]), member("A.x", 1)]));
  assertEquals(mdf.channel("A.x").index, 2);
});
