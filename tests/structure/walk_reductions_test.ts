import { assertEquals } from "@std/assert";
import { CG, CN, DG, DT, RD, SR } from "../../lib/blocks/block_tables.ts";
import { BlockFile, corpusFileTest, eachWay, setLink, valuesOf } from "../signal/_block_file.ts";

Deno.test("trap 34: a sample reduction has two links, and its fields follow them at once", async () => {
  const file = new BlockFile();
  const data = file.add(RD, { payload: Uint8Array.of(0, 2, 0, 1, 0, 3, 4, 6, 4, 5, 4, 7) });
  const [coarse] = file.list(SR, [
    {
      links: { sr_data: data },
      fields: { sr_cycle_count: 2, sr_interval: 0.25, sr_sync_type: 1, sr_flags: 2 },
    },
    { fields: { sr_cycle_count: 9, sr_interval: 1024, sr_sync_type: 4 } },
  ]);
  const { dataGroup } = file.group(["t", "a"], [[0, 1], [1, 3]], {
    cg_sr_first: coarse,
  });
  await eachWay(file.bytes({ hd_dg_first: dataGroup }), (mdf) => {
    assertEquals(mdf.problems, []);
    const [first, second, ...more] = mdf.groups[0].reductions;
    assertEquals(more, []);
    assertEquals([first.interval, first.syncType, first.dominant], [0.25, "time", true]);
    assertEquals([first.model.cycleCount, first.count], [2, 2]);
    assertEquals([second.interval, second.syncType, second.dominant], [1024, "index", false]);
    assertEquals([second.model.cycleCount, second.count], [9, 0]);
  });
});

Deno.test("a broken list of reductions leaves those before the break, and the samples", async () => {
  const file = new BlockFile();
  const [one] = file.list(SR, [{ fields: { sr_interval: 1 } }]);
  const { dataGroup } = file.group(["t", "a"], [[0, 1]], { cg_sr_first: one });
  const bytes = file.bytes({ hd_dg_first: dataGroup });
  setLink(bytes, one, 0, dataGroup);
  await eachWay(bytes, async (mdf) => {
    assertEquals(mdf.groups[0].reductions.map(({ interval }) => interval), [1]);
    assertEquals(mdf.problems.map(({ block, path }) => [block, path]), [
      ["SR", "HD>DG[0]>CG[0]>SR[1]"],
    ]);
    assertEquals(await valuesOf(mdf, "a"), [1]);
  });
});

Deno.test("the blocks around the samples end the last data block of an unfinalized file", async () => {
  const file = new BlockFile();
  const channel = file.add(CN, {
    links: { cn_tx_name: file.text("a") },
    fields: { cn_bit_count: 8 },
  });
  // Neither data block knows its length; what follows each is what ends it.
  const records = file.add(DT, { payloadBytes: 0 });
  file.append(Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8));
  const reduced = file.add(RD, { payloadBytes: 0 });
  file.append(Uint8Array.of(4, 1, 8));
  const reduction = file.add(SR, { links: { sr_data: reduced }, fields: { sr_interval: 8 } });
  const group = file.add(CG, {
    links: { cg_cn_first: channel, cg_sr_first: reduction },
    fields: { cg_data_bytes: 1 },
  });
  const dataGroup = file.add(DG, { links: { dg_cg_first: group, dg_data: records } });
  const bytes = file.bytes({ hd_dg_first: dataGroup });
  bytes.set(new TextEncoder().encode("UnFinMF "));
  new DataView(bytes.buffer).setUint16(60, 1 + 4 + 8, true);
  await eachWay(bytes, async (mdf) => {
    assertEquals(mdf.finalized, false);
    assertEquals(await valuesOf(mdf, "a"), [1, 2, 3, 4, 5, 6, 7, 8]);
    const [found] = mdf.groups[0].reductions;
    const { mean, min, max } = await found.read("a");
    assertEquals([mean.at(0), min.at(0), max.at(0)], [4, 1, 8]);
  });
});

corpusFileTest(
  "the reductions of a file by dSPACE",
  "asam/dSPACE_HILAPITimeout.mf4",
  async (bytes) => {
    await eachWay(bytes, (mdf) => {
      assertEquals(
        mdf.groups[0].reductions.map(({ interval, syncType, count, model }) => [
          interval,
          syncType,
          count,
          model.cycleCount,
        ]),
        [[0.001, "time", 5000, 5000], [0.1, "time", 50, 50]],
      );
    });
  },
);
