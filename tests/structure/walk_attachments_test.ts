import { assertEquals, assertInstanceOf, assertRejects } from "@std/assert";
import { AT } from "../../lib/blocks/block_tables.ts";
import { CorruptFileError, TruncatedFileError } from "../../mod.ts";
import {
  BlockFile,
  corpusFileTest,
  corpusGolden,
  eachWay,
  setLink,
} from "../signal/_block_file.ts";

const encode = (text: string) => new TextEncoder().encode(text);

Deno.test("trap 34: embedded bytes begin after 96 bytes and end at their size, not with the block", async () => {
  const file = new BlockFile();
  const content = encode("four");
  const attachment = file.add(AT, {
    links: { at_tx_filename: file.text("a.txt"), at_tx_mimetype: file.text("text/plain") },
    fields: { at_flags: 1, at_original_size: 4, at_embedded_size: 4, at_creator_index: 3 },
    payload: encode("four and what is left of longer contents"),
  });
  await eachWay(file.bytes({ hd_at_first: attachment }), async (mdf) => {
    assertEquals(mdf.problems, []);
    const [found] = mdf.attachments;
    assertEquals(found.model.payloadOffset, attachment + 96);
    assertEquals([found.name, found.mimeType, found.size], ["a.txt", "text/plain", 4]);
    assertEquals(found.model.creator, 3);
    assertEquals(found.md5, undefined);
    assertEquals(await found.read(), content);
  });
});

Deno.test("an attachment that is larger than its block, or than the file, is an error of its own", async () => {
  const file = new BlockFile();
  const { dataGroup } = file.group(["t"], [[1]]);
  const [tooLarge, cutOff] = file.list(AT, [
    {
      fields: { at_flags: 1, at_original_size: 9, at_embedded_size: 9 },
      payload: encode("8 bytes."),
    },
    {
      fields: { at_flags: 1, at_original_size: 5000, at_embedded_size: 5000 },
      payload: new Uint8Array(5000),
    },
  ]);
  // Blocks of a list lie in reverse order, so the second one comes first.
  assertEquals(cutOff < tooLarge, true);
  const whole = file.bytes({ hd_dg_first: dataGroup, hd_at_first: tooLarge });
  await eachWay(whole, async (mdf) => {
    const error = await assertRejects(
      () => mdf.attachments[0].read(),
      CorruptFileError,
      "room for 8",
    );
    assertEquals([error.block, error.offset], ["AT", tooLarge]);
    assertEquals((await mdf.attachments[1].read()).length, 5000);
    assertEquals((await mdf.read("t")).values.length, 1);
  });
  setLink(whole, 64, 3, cutOff);
  await eachWay(whole.slice(0, cutOff + 96 + 4000), async (mdf) => {
    await assertRejects(() => mdf.attachments[0].read(), TruncatedFileError, "1000 bytes after");
    assertEquals((await mdf.read("t")).values.length, 1);
  });
});

Deno.test("a list of attachments that leads back to itself leaves its attachments readable", async () => {
  const file = new BlockFile();
  const [one, two] = file.list(
    AT,
    ["one", "two"].map((name) => ({ links: { at_tx_filename: file.text(name) } })),
  );
  const bytes = file.bytes({ hd_at_first: one });
  setLink(bytes, two, 0, two);
  await eachWay(bytes, (mdf) => {
    assertEquals(mdf.attachments.map(({ name }) => name), ["one", "two"]);
    assertEquals(mdf.problems.map(({ block, path }) => [block, path]), [["AT", "HD>AT[2]"]]);
  });
});

const golden = corpusGolden();
for (const [path, expected] of Object.entries(golden)) {
  corpusFileTest(
    `attachments, events and history of ${path} are all found`,
    path,
    async (bytes) => {
      await eachWay(bytes, (mdf) => {
        assertEquals(
          [mdf.attachments.length, mdf.events.length, mdf.fileHistory.length],
          [expected.attachments, expected.events, expected.fileHistory],
        );
        for (const entry of mdf.fileHistory) assertInstanceOf(entry.time.toDate(), Date);
      });
    },
  );
}
