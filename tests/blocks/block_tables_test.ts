import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { BLOCK_TABLES, ID_BYTES, ID_FIELDS } from "../../lib/blocks/block_tables.ts";
import { type encodeBlock, encodeIdentification } from "../../lib/blocks/encode_block.ts";
import { link, moreLinks } from "../../lib/blocks/block.ts";
import { FileBuilder, minimalSource, openBlocks } from "../_helpers.ts";
import { anyContents, anyFields } from "./_arbitrary_block.ts";

for (const table of BLOCK_TABLES.values()) {
  Deno.test(`${table.id}: what was written is read`, async () => {
    await fc.assert(
      fc.asyncProperty(anyContents(table), fc.boolean(), async (contents, synchronous) => {
        const file = new FileBuilder();
        file.append(new Uint8Array(8 * (contents.moreLinks.length % 3)));
        const at = file.add(table, contents as Parameters<typeof encodeBlock>[1]);
        const bytes = file.bytes();
        const reader = await openBlocks(synchronous ? bytes : minimalSource(bytes, 100));
        const block = await reader.load(table, at, "test");

        assertEquals(block.fields, contents.fields);
        assertEquals(
          Object.fromEntries(table.links.map((name) => [name, link(block, name)])),
          contents.links,
        );
        assertEquals(moreLinks(block), contents.moreLinks);
        assertEquals([block.id, block.offset], [table.id, at]);
        const end = at + block.length;
        assertEquals(
          bytes.slice(block.payloadOffset, end),
          contents.payload ?? new Uint8Array(0),
        );
        assertEquals(bytes.slice(end), new Uint8Array(bytes.length - end), "only padding follows");
      }),
      { numRuns: 60, seed: 4 },
    );
  });
}

Deno.test("ID: what was written is read", async () => {
  await fc.assert(
    fc.asyncProperty(anyFields(ID_FIELDS), async (fields) => {
      const bytes = encodeIdentification(fields);
      assertEquals(bytes.length, ID_BYTES);
      const reader = await openBlocks(bytes);
      assertEquals<unknown>(await reader.identification(), fields);
    }),
    { numRuns: 60, seed: 4 },
  );
});
