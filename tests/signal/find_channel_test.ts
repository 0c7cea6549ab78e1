import { assertEquals, assertThrows } from "@std/assert";
import {
  AmbiguousChannelError,
  ChannelNotFoundError,
  Mdf,
  MdfWriter,
  UsageError,
} from "../../mod.ts";

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
