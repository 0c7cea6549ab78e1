import { assertEquals, assertRejects } from "@std/assert";
import { DL, DT, DZ, HL } from "../../lib/blocks/block_tables.ts";
import { SourceChangedError } from "../../lib/errors.ts";
import { type ChainTail, noteTail, tailOf } from "../../lib/structure/chain_tail.ts";
import { continueChain } from "../../lib/structure/continue_chain.ts";
import { readDataChain } from "../../lib/structure/data_chain.ts";
import type { DataChain } from "../../lib/structure/measurement.ts";
import { FileBuilder, openBlocks } from "../_helpers.ts";
import { zipped } from "../_data_blocks.ts";

const TAIL: ChainTail = { list: 500, way: 324, used: 2, last: 400, storedBytes: 8 };

const emptyChain = (): DataChain => ({ fragments: [], length: 0 });

const block = (file: FileBuilder, bytes: number) =>
  file.add(DT, { payload: new Uint8Array(bytes) });

const list = (file: FileBuilder, moreLinks: number[], next = 0) =>
  file.add(DL, {
    ...{ links: { dl_dl_next: next }, moreLinks },
    fields: { dl_flags: 1, dl_count: moreLinks.length, dl_equal_length: [4] },
  });

/** The tail without what it is found by. */
function found(chain: DataChain, start: number): ChainTail | undefined {
  const tail = tailOf(chain, start);
  if (!tail) return undefined;
  const { list, way, used, last, storedBytes } = tail;
  return { list, way, used, last, storedBytes };
}

/** Walks the data from a block on, and gives where that ended. */
async function walked(file: FileBuilder, start: number): Promise<ChainTail | undefined> {
  return found(await readDataChain(await openBlocks(file.bytes()), start, "DT", "DG>DT"), start);
}

Deno.test("a tail is known of its chain alone, and for the start of its walk alone", () => {
  const [chain, other] = [emptyChain(), emptyChain()];
  noteTail(chain, 168, TAIL);
  assertEquals(found(chain, 168), TAIL);
  assertEquals(
    [tailOf(chain, 0), tailOf(chain, 400), tailOf(other, 168)],
    Array(3).fill(undefined),
  );
  noteTail(other, 64, { ...TAIL, used: 3 });
  assertEquals([found(chain, 168)?.used, found(other, 64)?.used], [2, 3]);
});

Deno.test("a tail is no part of the model, so that copies of a chain have none", () => {
  const chain = emptyChain();
  noteTail(chain, 168, TAIL);
  assertEquals(chain, emptyChain());
  assertEquals(tailOf({ ...chain }, 168), undefined);
  assertEquals(tailOf(JSON.parse(JSON.stringify(chain)), 168), undefined);
});

Deno.test("a later walk replaces the tail, one without an end leaves it", () => {
  const chain = emptyChain();
  const tail = { ...TAIL };
  noteTail(chain, 168, tail);
  tail.used = 99;
  noteTail(chain, 168, undefined);
  assertEquals(found(chain, 168), TAIL, "what is noted does not change with what was given");
  noteTail(chain, 200, { ...TAIL, last: 800 });
  assertEquals([tailOf(chain, 168), found(chain, 200)?.last], [undefined, 800]);
});

Deno.test("a walk of one block ends there, in no list", async () => {
  const file = new FileBuilder();
  const last = block(file, 12);
  assertEquals(await walked(file, last), { list: 0, way: 0, used: 0, last, storedBytes: 0 });
});

Deno.test("a walk of lists ends at the last link that leads to a block", async () => {
  const file = new FileBuilder();
  const blocks = [4, 4, 4, 3].map((bytes) => block(file, bytes));
  const later = list(file, [blocks[3], 0, 0]);
  const first = list(file, blocks.slice(0, 3), later);
  assertEquals(await walked(file, later), {
    ...{ list: later, way: 0, used: 1, last: blocks[3], storedBytes: 0 },
  });
  // The link to the next list is the first behind a header of 24 bytes.
  const end = { list: later, way: first + 24, used: 1, last: blocks[3], storedBytes: 12 };
  assertEquals(await walked(file, first), end);
  const head = file.add(HL, { links: { hl_dl_first: later } });
  assertEquals(await walked(file, head), { ...end, way: head + 24, storedBytes: 0 });
  const empty = list(file, [], first);
  assertEquals(await walked(file, empty), end);
  const nothingBehind = list(file, [blocks[0], blocks[1]], list(file, [0]));
  assertEquals(await walked(file, nothingBehind), {
    ...{ list: nothingBehind, way: 0, used: 2, last: blocks[1], storedBytes: 4 },
  });
});

Deno.test("of compressed blocks, the bytes that are stored count", async () => {
  const file = new FileBuilder();
  const packed = zipped("DT", new Uint8Array(5000), true);
  const blocks = [file.add(DZ, packed), block(file, 4), file.add(DZ, packed)];
  const tail = await walked(file, list(file, blocks));
  assertEquals(tail?.storedBytes, packed.payload!.length + 4);
});

Deno.test("a walk that comes to no block, or fails, leaves no tail", async () => {
  const file = new FileBuilder();
  assertEquals(await walked(file, 0), undefined);
  assertEquals(await walked(file, list(file, [0, 0])), undefined);
  const circle = list(file, [block(file, 4)]);
  file.patchLink(circle, "dl_dl_next", circle);
  assertEquals(await walked(file, circle), undefined);
});

/** A list of two blocks, what is known of it, and a way to follow it on once the file was changed. */
async function known() {
  const file = new FileBuilder();
  const blocks = [block(file, 4), block(file, 4)];
  const start = list(file, blocks);
  const chain = await readDataChain(await openBlocks(file.bytes()), start, "DT", "DG>DT");
  const follow = async () => {
    const finish = await continueChain(await openBlocks(file.bytes()), chain, start, "DG>DT");
    return await finish();
  };
  return { file, blocks, start, chain, follow };
}

Deno.test("a chain that was followed on has a tail of its own, and the one before keeps its", async () => {
  const { file, blocks, start, chain, follow } = await known();
  const last = block(file, 4);
  const more = list(file, [last]);
  file.patchLink(start, "dl_dl_next", more);
  const longer = await follow();
  assertEquals(longer.length, 12);
  const end = { list: start, way: 0, used: 2, last: blocks[1], storedBytes: 4 };
  assertEquals(found(chain, start), end);
  assertEquals(found(longer, start), {
    ...end,
    list: more,
    way: start + 24,
    used: 1,
    last,
    storedBytes: 8,
  });
});

Deno.test("a tail that the file no longer agrees with is not gone on from", async () => {
  const { file, blocks, start, follow } = await known();
  file.patchLink(start, 2, block(file, 4));
  const error = await assertRejects(follow, SourceChangedError, "block 1 of 2");
  assertEquals([error.block, error.offset], ["DT", blocks[1]]);
});
