import { assert, assertEquals, assertRejects } from "@std/assert";
import { Mdf, MdfWriter, MemorySink, SourceError, UsageError } from "../../mod.ts";
import { growingSource } from "../_helpers.ts";
import { FullSink } from "./_sinks.ts";

Deno.test("records that were flushed are in the file, for who follows it or opens it anew", async () => {
  for (const compression of ["none", "deflate", "transpose"] as const) {
    const sink = new MemorySink();
    const writer = await MdfWriter.create(sink, { compression });
    const groups = [0, 1].map((g) =>
      writer.addGroup({
        name: `G${g}`,
        channels: [{ name: `n${g}`, type: "uint16" }, { name: `s${g}`, type: "string" }],
      })
    );
    const source = growingSource(sink.bytes());
    await using mdf = await Mdf.open(source);
    const seen: unknown[][] = [[], []];
    const following = mdf.follow(undefined, { pollMs: 1, maxPollMs: 2, idleMs: 1000 });
    let step = 0;
    const next = async () => {
      const g = step % 2;
      const n = [step, step + 100];
      // Not waited for: flushing takes its turn behind what was appended before.
      groups[g].append({ [`n${g}`]: n, [`s${g}`]: n.map(String) });
      await writer.flush();
      assert(sink.bytes().length > source.bytes.length);
      // Nothing new makes nothing new.
      const { size } = sink;
      await writer.flush();
      assertEquals(sink.size, size);
      if (++step === 8) await writer.close();
      source.bytes = sink.bytes();
    };
    await next();
    for await (const { group, recordCount, signals } of following) {
      assertEquals(recordCount, 2);
      seen[group.index].push(...signals[1].values as Iterable<string>);
      if (step < 8) await next();
    }
    assertEquals(
      seen,
      [0, 1].map((g) => [0, 2, 4, 6].flatMap((i) => [`${i + g}`, `${i + g + 100}`])),
    );
    assertEquals(mdf.finalized, true);
  }
});

Deno.test("flushing a writer that is closed or whose output failed is an error", async () => {
  const closed = await MdfWriter.create(new MemorySink());
  await closed.close();
  await assertRejects(() => closed.flush(), UsageError, "closed");
  const writer = await MdfWriter.create(new FullSink(2000));
  const group = writer.addGroup({ name: "G", channels: [{ name: "x", type: "uint8" }] });
  await group.append({ x: new Uint8Array(2000) });
  await assertRejects(() => writer.flush(), SourceError);
  await assertRejects(() => writer.flush(), SourceError);
  await assertRejects(() => writer.close(), SourceError);
});
