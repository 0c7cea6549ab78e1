import { assertEquals } from "@std/assert";
import { NearBlocks } from "../../lib/decode/near_blocks.ts";
import { SourceReader } from "../../lib/source/byte_source.ts";
import type { Fragment } from "../../lib/structure/measurement.ts";
import { patternBytes } from "../_helpers.ts";

const bytes = patternBytes(10_000);

async function reader(fragments: [number, number][], size = bytes.length) {
  const reads: [number, number][] = [];
  const source = await SourceReader.open({
    name: "near",
    size: () => Promise.resolve(size),
    read: (offset, length) => {
      reads.push([offset, length]);
      return Promise.resolve(bytes.slice(offset, offset + length));
    },
  });
  const blocks = fragments.map(([offset, length]) => ({ offset, length })) as Fragment[];
  const near = new NearBlocks(source, blocks);
  const last = fragments.length - 1;
  const read = async (index: number) => {
    const [offset, length] = fragments[index];
    const target = new Uint8Array(length);
    await near.readInto(offset, target, index, last, fragments[last][0] + fragments[last][1]);
    if (offset >= 0) assertEquals(target, bytes.slice(offset, offset + length));
  };
  return { read, reads };
}

Deno.test("blocks with little between them are one read, and are then at hand", async () => {
  const { read, reads } = await reader([[100, 50], [174, 50], [-1, 9], [1200, 10]]);
  for (const index of [0, 1, 3, 1]) await read(index);
  assertEquals(reads, [[100, 1110]]);
});

Deno.test("blocks that lie far apart, the other way round or behind the end are read alone", async () => {
  const far = await reader([[100, 50], [1175, 10]]);
  for (const index of [0, 1]) await far.read(index);
  assertEquals(far.reads, [[100, 50], [1175, 10]]);

  const backwards = await reader([[500, 50], [400, 50]]);
  for (const index of [0, 1]) await backwards.read(index);
  assertEquals(backwards.reads, [[500, 50], [400, 50]]);

  const cut = await reader([[100, 50], [150, 50]], 180);
  await cut.read(0);
  assertEquals(cut.reads, [[100, 50]]);
});
