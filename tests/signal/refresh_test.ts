import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import { DT } from "../../lib/blocks/block_tables.ts";
import { encodeBlock } from "../../lib/blocks/encode_block.ts";
import { type ByteSink, Mdf, MdfWriter } from "../../mod.ts";
import { countingSource, FileBuilder, growingSource } from "../_helpers.ts";
import { FEATURES } from "../features/all_features.ts";
import {
  assertUpToDate,
  CHANNELS,
  ListedFile,
  numbers,
  records,
  refreshAfter,
} from "./_live_files.ts";

Deno.test("records at the end of the file are there after a refresh, in the groups at hand", async () => {
  const file = new FileBuilder({ unfinalized: 1 | 4 });
  const { dg } = file.group({ channels: CHANNELS, cg_cycle_count: 0 });
  const data = file.append(encodeBlock(DT, { payload: records(0, 8) }).subarray(0, 48));
  file.patchLink(dg, "dg_data", data);
  file.patchLength(data, 24);
  await refreshAfter(file, () => file.append(records(8, 16)), async (mdf, source) => {
    const [group] = mdf.groups;
    const channel = mdf.channel("v");
    assertEquals(group.recordCount, 8);
    const found = await mdf.refresh();
    assertEquals(found.groups, [{ group, from: 8, to: 16 }]);
    assertEquals(
      [found.grown, found.bytes, found.records, found.newGroups, found.finalized, found.pending],
      [true, 24, 8, [], false, undefined],
    );
    assertStrictEquals(mdf.groups[0], group);
    assertStrictEquals(mdf.channel("v"), channel);
    assertEquals(
      [...(await mdf.read(channel)).values as Uint8Array],
      [...numbers(16)].map((i) => 100 + i),
    );
    await assertUpToDate(mdf, source.bytes);
    const again = await mdf.refresh();
    assertEquals([again.grown, again.bytes, again.records, again.groups], [false, 0, 0, []]);
  });
});

Deno.test("blocks that come to lists are found, also by an open file that knew none", async () => {
  for (const [room, header] of [[1, false], [3, true], [8, false]] as const) {
    const log = new ListedFile(room, header);
    const source = growingSource(log.file.bytes());
    await using mdf = await Mdf.open(source);
    for (let i = 0; i < 20; i++) {
      log.add(10 + i);
      source.bytes = log.file.bytes();
      assertEquals((await mdf.refresh()).grown, true);
      await assertUpToDate(mdf, source.bytes, `${i} blocks in lists of ${room}`);
    }
    const { values } = await mdf.read("t");
    assertEquals([...values as Uint16Array], numbers(values.length));
  }
});

Deno.test("the effort of a refresh does not grow with the file", async () => {
  const efforts: number[][] = [];
  for (const blocks of [40, 4000]) {
    const log = new ListedFile(16);
    for (let i = 0; i < blocks; i++) log.add(300);
    const bytes = log.file.bytes();
    const live = growingSource(bytes);
    const source = countingSource(live);
    await using mdf = await Mdf.open(source);
    const steps: number[] = [];
    for (let i = 0; i < 20; i++) {
      log.add(300);
      live.bytes = log.file.bytes();
      source.reset();
      await mdf.refresh();
      steps.push(source.bytes);
    }
    assertEquals(mdf.groups[0].recordCount, (blocks + 20) * 100);
    efforts.push(steps);
    assert(Math.max(...steps) < 80_000, `${steps}`);
  }
  const [few, many] = efforts.map((steps) => steps.reduce((sum, bytes) => sum + bytes, 0));
  assert(many < 1.2 * few, `${few} bytes for 40 blocks, ${many} for 4000`);
});

Deno.test("the effort of a refresh of mixed records does not grow with the file", async () => {
  const efforts = [40_000, 400_000].map(async (count) => {
    const mixed = (from: number, to: number) =>
      Uint8Array.from({ length: 2 * (to - from) }, (_, k) => {
        const i = from + (k >> 1);
        return k % 2 === 0 ? 1 + i % 2 : i & 255;
      });
    const file = new FileBuilder({ unfinalized: 1 | 4 });
    const { dg } = file.dataGroup({
      recordIdSize: 1,
      groups: [1, 2].map((id) => ({
        cg_record_id: id,
        channels: [{ name: `c${id}`, cn_bit_count: 8 }],
      })),
    });
    const data = file.append(
      encodeBlock(DT, { payload: mixed(0, count) }).subarray(0, 24 + 2 * count),
    );
    file.patchLink(dg, "dg_data", data);
    file.patchLength(data, 24);
    const before = file.bytes();
    const live = growingSource(before);
    const source = countingSource(live);
    await using mdf = await Mdf.open(source);
    file.append(mixed(count, count + 500));
    live.bytes = file.bytes();
    source.reset();
    assertEquals((await mdf.refresh()).records, 500);
    await assertUpToDate(mdf, live.bytes);
    return source.bytes;
  });
  const [few, many] = await Promise.all(efforts);
  assert(Math.abs(many - few) < 10_000, `${few} and ${many} bytes`);
});

/** Keeps the file as it is after each write. */
class Recorder implements ByteSink {
  readonly name = "growing.mf4";
  readonly states: Uint8Array[] = [];
  #bytes = new Uint8Array(0);

  write(bytes: Uint8Array): void {
    const longer = new Uint8Array(this.#bytes.length + bytes.length);
    longer.set(this.#bytes);
    longer.set(bytes, this.#bytes.length);
    this.#bytes = longer;
    this.states.push(longer);
  }

  patch(offset: number, bytes: Uint8Array): void {
    this.#bytes = this.#bytes.slice();
    this.#bytes.set(bytes, offset);
    this.states.push(this.#bytes);
  }

  close(): void {}
}

for (const compression of ["none", "deflate", "transpose"] as const) {
  Deno.test(`after each write of MdfWriter (${compression}) a refresh gives what opening gives`, async () => {
    const recorder = new Recorder();
    const writer = await MdfWriter.create(recorder, {
      compression,
      blockBytes: 64,
      bufferBytes: 64,
    });
    for (let g = 0; g < 2; g++) {
      const group = writer.addGroup({
        name: `Log ${g}`,
        channels: [
          { name: "t", type: "float64", master: "time" },
          { name: "n", type: "uint16" },
          { name: "text", type: "string" },
        ],
      });
      for (let i = 0; i < 14; i++) {
        const n = Uint16Array.from({ length: 6 }, (_, k) => 6 * i + k);
        await group.append({ t: Float64Array.from(n), n, text: Array.from(n, (n) => `text ${n}`) });
      }
    }
    await writer.close();
    const source = growingSource(recorder.states[0]);
    await using mdf = await Mdf.open(source);
    for (const [i, bytes] of recorder.states.entries()) {
      source.bytes = bytes;
      const { pending } = await mdf.refresh();
      assertEquals(pending, undefined, `after write ${i}`);
      await assertUpToDate(mdf, bytes, `after write ${i} of ${recorder.states.length}`);
    }
    assertEquals(mdf.finalized, true);
    assertEquals(mdf.groups.map(({ recordCount }) => recordCount), [84, 84]);
    const texts = await mdf.read("text", { group: 0 });
    assertEquals([...texts.values as Iterable<string>], numbers(84).map((n) => `text ${n}`));
  });
}

Deno.test("a file that comes byte by byte is, after each refresh, what opening gives", async () => {
  const unfinished = FEATURES.filter(({ name }) => name.startsWith("unfinalized"));
  let compared = 0;
  for (const { name, make } of unfinished) {
    const bytes = make();
    const source = growingSource(bytes.slice(0, 0));
    let mdf: Mdf | undefined;
    for (let size = 64 + bytes.length % 2; size <= bytes.length; size += 2) {
      source.bytes = bytes.slice(0, size);
      if (!mdf) {
        mdf = await Mdf.open(source).catch(() => undefined);
        continue;
      }
      const { pending } = await mdf.refresh();
      if (pending) continue;
      await assertUpToDate(mdf, source.bytes, `${name}, ${size} of ${bytes.length} bytes`);
      compared++;
    }
    assertEquals(mdf?.size, bytes.length, name);
    await mdf?.close();
  }
  assert(compared > 400, `${compared}`);
});
