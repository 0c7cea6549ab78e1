import { assert, assertEquals } from "@std/assert";
import { Mdf as PeerMdf, MdfWriter as PeerWriter } from "mf4-rs";
import { Mdf } from "../../mod.ts";
import { generateFile } from "../../scripts/generate/generate_file.ts";
import { loadPattern } from "../../scripts/generate/load_pattern.ts";

/** Reads a generated file with both readers and compares every value of every channel. */
async function compareWithPeer(pattern: "automotive" | "industrial", groups: number) {
  const path = await Deno.makeTempFile({ suffix: ".mf4" });
  try {
    await generateFile({
      path,
      pattern: await loadPattern(pattern),
      groups,
      bytes: 1_000_000,
      seed: 7,
    });
    await using mdf = await Mdf.open(path);
    const peer = await PeerMdf.fromFile(path);
    const peerGroups = peer.groups();
    assertEquals(peerGroups.length, groups);
    assertEquals(mdf.groups.length, groups);
    let compared = 0;
    for (const [i, group] of mdf.groups.entries()) {
      assertEquals(peerGroups[i].recordCount, group.recordCount);
      assertEquals(
        peerGroups[i].channels.map((channel) => channel.name),
        group.channels.map((channel) => channel.name),
      );
      for (const channel of group.channels) {
        const label = `group ${i} "${channel.name}"`;
        const ours = await mdf.read(channel);
        const theirs = peer.read(channel.name, group.name);
        assertEquals(theirs.values.length, group.recordCount, label);
        let wrong = 0;
        for (let k = 0; k < group.recordCount; k++) {
          const value = ours.values.at(k);
          const expected = theirs.values[k];
          const same = typeof value === "bigint" || typeof expected === "bigint"
            ? BigInt(value as bigint) === BigInt(expected as bigint)
            : Object.is(value, expected) || value === expected;
          if (!same) wrong++;
          compared++;
        }
        assertEquals(wrong, 0, `${label}: ${wrong} of ${group.recordCount} values differ`);
        if (!channel.isMaster) {
          assertEquals(theirs.timestamps, ours.timestamps, `${label}: timestamps`);
        }
      }
    }
    peer.dispose();
    assert(compared > 100_000, `only ${compared} values were compared`);
  } finally {
    await Deno.remove(path);
  }
}

Deno.test("mf4-rs reads every value of a generated file as we do", () =>
  compareWithPeer("automotive", 1));

Deno.test("mf4-rs reads every value of a generated file of several groups as we do", () =>
  compareWithPeer("industrial", 3));

Deno.test("a file written by mf4-rs is read back", async () => {
  const count = 5000;
  const writer = new PeerWriter();
  writer.initMdfFile();
  writer.setStartTime(1_700_000_000_000_000_000n);
  const group = writer.addChannelGroup("Engine");
  const time = writer.addTimeChannel(group, "Time");
  writer.addFloatChannel(group, "Speed");
  writer.addFloat32Channel(group, "Torque");
  writer.addIntChannel(group, "Counter");
  writer.addSintChannel(group, "Steering");
  writer.setTimeChannel(time);
  writer.startDataBlock(group);
  for (let i = 0; i < count; i++) {
    writer.writeRecord(group, [i * 0.01, Math.sin(i) * 100, i / 4, i * 3, 2500 - i]);
  }
  writer.finishDataBlock(group);
  await using mdf = await Mdf.open(writer.finalize());
  writer.dispose();
  assertEquals(mdf.startTimeNs, 1_700_000_000_000_000_000n);
  assertEquals(mdf.groups.map((group) => [group.name, group.recordCount]), [["Engine", count]]);
  const signals = await mdf.readAll(["Speed", "Torque", "Counter", "Steering"]);
  const expected = [
    (i: number) => Math.sin(i) * 100,
    (i: number) => i / 4,
    (i: number) => i * 3,
    (i: number) => 2500 - i,
  ];
  signals.forEach((signal, column) => {
    assertEquals(
      Array.from(signal.values as Iterable<number | bigint>, Number),
      Array.from({ length: count }, (_, i) => expected[column](i)),
      signal.channel.name,
    );
  });
  assertEquals(signals[0].timestamps, Float64Array.from({ length: count }, (_, i) => i * 0.01));
});
