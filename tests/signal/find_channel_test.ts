import { assertEquals, assertThrows } from "@std/assert";
import {
  AmbiguousChannelError,
  ChannelNotFoundError,
  Mdf,
  MdfWriter,
  UsageError,
} from "../../mod.ts";
import { FileBuilder } from "../_helpers.ts";

async function twoGroups(): Promise<Mdf> {
  const path = await Deno.makeTempFile({ suffix: ".mf4" });
  try {
    const writer = await MdfWriter.create(path);
    for (const name of ["Engine", "Body"]) {
      const group = writer.addGroup({
        name,
        channels: [
          { name: "Time", type: "float64", master: "time" },
          { name: `${name}Speed`, type: "uint16" },
          { name: "Counter", type: "uint8" },
        ],
      });
      await group.append({
        Time: Float64Array.of(0),
        [`${name}Speed`]: Uint16Array.of(1),
        Counter: Uint8Array.of(2),
      });
    }
    await writer.close();
    return await Mdf.open(await Deno.readFile(path));
  } finally {
    await Deno.remove(path);
  }
}

Deno.test("a channel is found by its name", async () => {
  await using mdf = await twoGroups();
  const channel = mdf.channel("BodySpeed");
  assertEquals([channel.group.index, channel.index, channel.name], [1, 1, "BodySpeed"]);
});

Deno.test("names are found alike however often one was looked for", async () => {
  await using mdf = await twoGroups();
  for (let look = 0; look < 12; look++) {
    const { group, index } = mdf.channel("BodySpeed");
    assertEquals([group.index, index], [1, 1]);
    assertThrows(() => mdf.channel("Counter"), AmbiguousChannelError);
    assertEquals(mdf.channel("Counter", { group: "Body" }).group.index, 1);
  }
});

Deno.test("a name that several groups have asks for the group", async () => {
  await using mdf = await twoGroups();
  const error = assertThrows(() => mdf.channel("Counter"), AmbiguousChannelError);
  assertEquals(error.groups, [0, 1]);
  assertEquals(mdf.channel("Counter", { group: 1 }).group.name, "Body");
  assertEquals(mdf.channel("Counter", { group: "Engine" }).group.index, 0);
  assertEquals((await mdf.read("Counter", { group: "Body" })).values, Uint8Array.of(2));
});

Deno.test("a name that no group has offers near ones", async () => {
  await using mdf = await twoGroups();
  const error = assertThrows(() => mdf.channel("BodySped"), ChannelNotFoundError);
  assertEquals(error.near[0], "BodySpeed");
  const elsewhere = assertThrows(
    () => mdf.channel("BodySpeed", { group: "Engine" }),
    ChannelNotFoundError,
  );
  assertEquals(elsewhere.message.includes("groups 1 have it"), true);
  assertEquals(assertThrows(() => mdf.channel("xyzzyqwert"), ChannelNotFoundError).near, []);
});

Deno.test("a group that does not exist is a mistake of the caller", async () => {
  await using mdf = await twoGroups();
  assertThrows(() => mdf.channel("Counter", { group: 2 }), UsageError);
  assertThrows(() => mdf.channel("Counter", { group: -1 }), UsageError);
});

Deno.test("among very many groups, one is found by its number or name", async () => {
  const file = new FileBuilder();
  const groups = Array.from({ length: 300 }, (_, i) => {
    const names = i % 3 === 0 ? ["t"] : i % 3 === 1 ? ["t", "v", "v"] : ["u"];
    return { name: `G${i % 100}`, channels: names.map((name) => ({ name, cn_bit_count: 8 })) };
  });
  file.dataGroup({ groups, recordIdSize: 2 });
  await using mdf = await Mdf.open(file.bytes());
  for (const group of [0, 1, 3, 150, 151, 298, 297]) {
    const found = mdf.channel("t", { group });
    assertEquals([found.group.index, found.index], [group, 0]);
  }
  for (const group of [2, 299]) {
    assertThrows(() => mdf.channel("t", { group }), ChannelNotFoundError, "in group");
  }
  const twice = assertThrows(() => mdf.channel("v", { group: 4 }), AmbiguousChannelError);
  assertEquals(twice.groups, [4]);
  const sameName = assertThrows(() => mdf.channel("t", { group: "G3" }), AmbiguousChannelError);
  assertEquals(sameName.groups, [3, 103]);
  assertThrows(() => mdf.channel("t", { group: 300 }), UsageError, "there is no group 300");
});
