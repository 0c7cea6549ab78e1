import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { CN, GD } from "../../lib/blocks/block_tables.ts";
import { encodeBlock } from "../../lib/blocks/encode_block.ts";
import { moreLinks } from "../../lib/blocks/block.ts";
import type { BlockReader } from "../../lib/blocks/read_block.ts";
import { tableLayout } from "../../lib/blocks/table_layout.ts";
import { isMdfError } from "../../lib/errors.ts";
import { bytesSource } from "../../lib/source/memory_source.ts";
import { FileBuilder, openBlocks, patternBytes, strictSource } from "../_helpers.ts";

const LAYOUT = tableLayout(CN);
const NAMED = CN.links.length;

/** What a channel block says, read as an object. */
async function asObject(reader: BlockReader, at: number) {
  const { offset, links, fields, ...block } = await reader.load(CN, at, "CN[0]");
  const named = Array.from({ length: NAMED }, (_, i) => links[i] ?? 0);
  const more = moreLinks({ offset, links, fields, ...block });
  return { offset, named, more, values: [fields.cn_type, fields.cn_flags, fields.cn_precision] };
}

/** The same, read in place. */
async function inPlace(reader: BlockReader, at: number) {
  const cursor = reader.peekCursor(CN, LAYOUT, at, "CN[0]") ??
    await reader.loadCursor(CN, LAYOUT, at, "CN[0]");
  const named = Array<number>(NAMED).fill(-1);
  cursor.copyLinks(named);
  const values = (["cn_type", "cn_flags", "cn_precision"] as const)
    .map((name) => cursor.get(LAYOUT.bits[name]));
  return { offset: cursor.offset, named, more: cursor.linksFrom(NAMED), values };
}

/** What is given, or the message of the error. */
async function outcome(read: () => Promise<unknown>): Promise<unknown> {
  try {
    return await read();
  } catch (error) {
    assert(isMdfError(error), `${error}`);
    return error.message;
  }
}

Deno.test("in place, a block says the same as read as an object, and fails alike", async () => {
  const harm = fc.record({
    at: fc.oneof(fc.nat(31), fc.nat(300)),
    value: fc.oneof(fc.constantFrom(0, 1, 8, 24, 0x44, 0x47, 255), fc.nat(255)),
  });
  const cases = fc.record({
    moreLinks: fc.array(fc.nat(5000), { maxLength: 4 }),
    trailing: fc.nat(20),
    before: fc.nat(100),
    harm: fc.array(harm, { maxLength: 2 }),
    pageBytes: fc.constantFrom(64, 200, 65536),
    limit: fc.constantFrom(170, 65536),
    unfinalized: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(cases, async (options) => {
      const { moreLinks, trailing, before, harm, pageBytes, limit, unfinalized } = options;
      const block = encodeBlock(CN, {
        links: { cn_cn_next: 0x1_0000_0000, cn_tx_name: 77, cn_md_comment: 0x9000 },
        moreLinks,
        fields: { cn_type: 5, cn_flags: 0xfedc_ba98, cn_precision: 250 },
      });
      const file = new FileBuilder();
      file.append(patternBytes(before));
      const at = file.append(new Uint8Array([...block, ...patternBytes(trailing)]));
      file.patchLength(at, block.length + trailing);
      for (const { at: place, value } of harm) {
        if (place < block.length + trailing) file.patchBytes(at + place, [value]);
      }
      const bytes = file.bytes();
      const settings = { pageBytes, limits: { metadataBlockBytes: limit } };
      for (const source of [bytesSource(bytes, "a.mf4"), strictSource(bytes, "a.mf4")]) {
        const readers = [await openBlocks(source, settings), await openBlocks(source, settings)];
        for (const reader of readers) if (unfinalized) reader.unfinalized = 1;
        const [object, place] = readers;
        const expected = await outcome(() => asObject(object, at));
        assertEquals(await outcome(() => inPlace(place, at)), expected);
        assertEquals(place.met.after(0), object.met.after(0));
      }
    }),
    { numRuns: 400, seed: 11 },
  );
});

Deno.test("in place, a guard leads to the block behind it", async () => {
  const file = new FileBuilder();
  const channel = file.add(CN, { fields: { cn_type: 2 } });
  const guard = file.add(GD, { links: { gd_link: channel }, fields: { gd_version: 430 } });
  for (const source of [file.bytes(), strictSource(file.bytes())]) {
    const { offset, values } = await inPlace(await openBlocks(source), guard);
    assertEquals([offset, values[0]], [channel, 2]);
  }
});
