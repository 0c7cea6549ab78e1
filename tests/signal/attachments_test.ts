import { assert, assertEquals, assertRejects } from "@std/assert";
import { createHash } from "node:crypto";
import { deflateSync } from "node:zlib";
import { AT } from "../../lib/blocks/block_tables.ts";
import {
  CorruptFileError,
  LimitExceededError,
  Mdf,
  type OpenOptions,
  SourceError,
  UsageError,
} from "../../mod.ts";
import { BlockFile, corpusFileTest, eachWay } from "./_block_file.ts";

const encode = (text: string) => new TextEncoder().encode(text);
const checksum = (bytes: Uint8Array) => createHash("md5").update(bytes).digest("hex");
const CONTENT = encode("What the recorder saw. ".repeat(40));

interface Parts {
  name?: string;
  flags?: number;
  md5?: string;
  stored?: Uint8Array;
  size?: number;
  comment?: string;
}

/** A file with one attachment: embedded with a checksum unless told otherwise. */
function attachedFile(parts: Parts = {}): Uint8Array {
  const file = new BlockFile();
  const stored = parts.stored ?? CONTENT;
  const attachment = file.add(AT, {
    links: {
      at_tx_filename: file.text(parts.name ?? "saw.txt"),
      at_md_comment: file.metadata(parts.comment ?? "<ATcomment><TX>seen</TX></ATcomment>"),
    },
    fields: {
      at_flags: parts.flags ?? 1 | 4,
      at_md5_checksum: parts.md5 ?? checksum(CONTENT),
      at_original_size: parts.size ?? CONTENT.length,
      at_embedded_size: stored.length,
    },
    payload: stored,
  });
  return file.bytes({ hd_at_first: attachment });
}

async function firstOf(parts: Parts, options: OpenOptions = {}) {
  const mdf = await Mdf.open(attachedFile(parts), options);
  assertEquals(mdf.problems, []);
  return mdf.attachments[0];
}

async function inFolder(test: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await test(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("embedded attachments are read as they are, or inflated", async () => {
  await eachWay(attachedFile(), async (mdf) => {
    const [plain] = mdf.attachments;
    assertEquals([plain.embedded, plain.compressed, plain.comment], [true, false, "seen"]);
    assertEquals(plain.md5, checksum(CONTENT));
    assertEquals(await plain.read(), CONTENT);
  });
  const deflated = attachedFile({ flags: 1 | 2 | 4, stored: new Uint8Array(deflateSync(CONTENT)) });
  await eachWay(deflated, async (mdf) => {
    const [packed] = mdf.attachments;
    assertEquals([packed.embedded, packed.compressed], [true, true]);
    assertEquals(packed.size, CONTENT.length);
    assertEquals(await packed.read(), CONTENT);
  });
});

Deno.test("contents that differ from the MD5 checksum are refused, unless asked not to verify", async () => {
  const damaged = CONTENT.slice();
  damaged[100] ^= 1;
  const attachment = await firstOf({ stored: damaged });
  const error = await assertRejects(() => attachment.read(), CorruptFileError, checksum(CONTENT));
  assertEquals([error.block, error.offset], ["AT", attachment.model.offset]);
  assertEquals(await attachment.read({ verify: false }), damaged);
});

Deno.test("a checksum that is not said to be valid does not count", async () => {
  const attachment = await firstOf({ flags: 1, md5: "00".repeat(16) });
  assertEquals(attachment.md5, undefined);
  assertEquals(await attachment.read(), CONTENT);
});

Deno.test("sizes that disagree with the contents are refused", async () => {
  const plain = await firstOf({ flags: 1, size: CONTENT.length + 1 });
  await assertRejects(() => plain.read(), CorruptFileError, `should have ${CONTENT.length + 1}`);
  assertEquals(await plain.read({ verify: false }), CONTENT);

  const stored = new Uint8Array(deflateSync(CONTENT));
  for (const size of [CONTENT.length - 1, CONTENT.length + 1]) {
    const packed = await firstOf({ flags: 3, stored, size });
    const error = await assertRejects(() => packed.read({ verify: false }), CorruptFileError);
    assertEquals(error.block, "AT");
  }
  const noise = await firstOf({ flags: 3, stored: encode("this is not deflated"), size: 20 });
  await assertRejects(() => noise.read(), CorruptFileError, "damaged");
});

Deno.test("what a compressed attachment asks for is bounded before anything is allocated", async () => {
  const stored = new Uint8Array(deflateSync(CONTENT));
  const bomb = await firstOf({ flags: 3, stored, size: 900_000_000 });
  await assertRejects(() => bomb.read(), CorruptFileError, "cannot unpack to 900000000");
  const large = await firstOf({ flags: 3, stored, size: 3e9 });
  await assertRejects(() => large.read(), LimitExceededError, "limits.inflatedBlockBytes");
  const limited = await firstOf({}, { limits: { inflatedBlockBytes: 100 } });
  await assertRejects(() => limited.read(), LimitExceededError, `${CONTENT.length} bytes`);
});

Deno.test("an attachment outside the file is fetched by the caller, and checked", async () => {
  const outside = { name: "..\\saw.txt", flags: 4, stored: new Uint8Array(0) };
  const attachment = await firstOf(outside);
  assertEquals(attachment.embedded, false);
  const error = await assertRejects(() => attachment.read(), UsageError, '"..\\saw.txt"');
  assertEquals(error.block, "AT");
  const asked: string[] = [];
  const external = (path: string) => {
    asked.push(path);
    return Promise.resolve(CONTENT);
  };
  assertEquals(await attachment.read({ external }), CONTENT);
  assertEquals(asked, ["..\\saw.txt"]);
  const wrong = () => encode("x".repeat(CONTENT.length));
  await assertRejects(() => attachment.read({ external: wrong }), CorruptFileError, "MD5");
});

Deno.test("extract writes under the plain name into a folder that it makes", async () => {
  await inFolder(async (folder) => {
    const attachment = await firstOf({ name: "..\\..\\logs/saw.txt" });
    const target = `${folder}/new/deeper`;
    const path = await attachment.extract(target);
    assertEquals(path, `${target}/saw.txt`);
    assertEquals(await Deno.readFile(path), CONTENT);
    const again = await attachment.extract(new URL(`file://${folder}/url`));
    assertEquals(await Deno.readFile(again), CONTENT);
    assertEquals([...Deno.readDirSync(folder)].map(({ name }) => name).sort(), ["new", "url"]);
    const nameless = await firstOf({ name: ".." });
    assertEquals(await nameless.extract(folder), `${folder}/attachment-0`);
  });
});

Deno.test("extract replaces nothing unless told to", async () => {
  await inFolder(async (folder) => {
    const attachment = await firstOf({});
    await Deno.writeTextFile(`${folder}/saw.txt`, "mine");
    await assertRejects(() => attachment.extract(folder), UsageError, "overwrite: true");
    assertEquals(await Deno.readTextFile(`${folder}/saw.txt`), "mine");
    await attachment.extract(folder, { overwrite: true });
    assertEquals(await Deno.readFile(`${folder}/saw.txt`), CONTENT);
    assertEquals([...Deno.readDirSync(folder)].length, 1);
  });
});

Deno.test("extract does not write through a link that leads out of the folder", async () => {
  await inFolder(async (folder) => {
    const attachment = await firstOf({});
    await Deno.mkdir(`${folder}/in`);
    await Deno.writeTextFile(`${folder}/outside`, "mine");
    await Deno.symlink(`${folder}/outside`, `${folder}/in/saw.txt`);
    await assertRejects(() => attachment.extract(`${folder}/in`), UsageError);
    await attachment.extract(`${folder}/in`, { overwrite: true });
    assertEquals(await Deno.readTextFile(`${folder}/outside`), "mine");
    assertEquals(await Deno.readFile(`${folder}/in/saw.txt`), CONTENT);
    assert(!(await Deno.lstat(`${folder}/in/saw.txt`)).isSymlink);

    await Deno.symlink(`${folder}/nowhere`, `${folder}/in/dangling.txt`);
    const dangling = await firstOf({ name: "dangling.txt" });
    await assertRejects(() => dangling.extract(`${folder}/in`), UsageError);
    await assertRejects(() => Deno.stat(`${folder}/nowhere`), Deno.errors.NotFound);
  });
});

Deno.test("extract leaves nothing behind where it fails", async () => {
  await inFolder(async (folder) => {
    const attachment = await firstOf({});
    await Deno.mkdir(`${folder}/saw.txt/full`, { recursive: true });
    const failing = () => attachment.extract(folder, { overwrite: true });
    await assertRejects(failing, SourceError, "could not be written");
    assertEquals([...Deno.readDirSync(folder)].map(({ name }) => name), ["saw.txt"]);
    await assertRejects(() => attachment.extract(`${folder}/saw.txt/full/\0`), SourceError);
    await assertRejects(
      () => attachment.extract("https://example.com/"),
      UsageError,
      "local folder",
    );
    const damaged = await firstOf({ md5: "00".repeat(16) });
    await assertRejects(() => damaged.extract(`${folder}/other`), CorruptFileError);
    await assertRejects(() => Deno.stat(`${folder}/other`), Deno.errors.NotFound);
  });
});

Deno.test("an attachment of a closed file cannot be read, nor with a signal that was aborted", async () => {
  const mdf = await Mdf.open(attachedFile());
  const stopped = AbortSignal.abort(new Error("stop"));
  await assertRejects(() => mdf.attachments[0].read({ signal: stopped }), Error, "stop");
  await mdf.close();
  await assertRejects(() => mdf.attachments[0].read(), UsageError, "closed");
});

corpusFileTest(
  "the attachments embedded by Vector are intact",
  "asam/Vector_Embedded.MF4",
  async (bytes) => {
    await eachWay(bytes, async (mdf) => {
      const read = await Promise.all(mdf.attachments.map((attachment) => attachment.read()));
      assertEquals(read.map(({ length }) => length), [443, 358, 750]);
      assertEquals(mdf.attachments.map(({ name, mimeType }) => [name, mimeType]), [
        ["ReadMe.txt", "text/plain"],
        ["ReadMe.zip", "application/zip"],
        ["ReadMe.html", "text/html"],
      ]);
      assertEquals([...read[1].subarray(0, 2)], [0x50, 0x4b]);
      for (const { md5 } of mdf.attachments) assertEquals(md5?.length, 32);
      const [, , html] = mdf.attachments;
      assertEquals(mdf.fileHistory[html.model.creator].comment.split(" ").at(-1), "ReadMe.html");
    });
  },
);

corpusFileTest(
  "attachments beside a file by Vector",
  "asam/Vector_External.MF4",
  async (bytes, directory) => {
    const embedded = await Mdf.open(`${directory}/asam/Vector_Embedded.MF4`);
    await eachWay(bytes, async (mdf) => {
      assertEquals(mdf.attachments.map(({ name }) => name), [
        ".\\..\\ReadMe.txt",
        "ReadMe.zip",
        ".\\SubFolder\\ReadMe.html",
      ]);
      // Both files hold the same three attachments, so the checksums of one fit the bytes of the other.
      for (const [i, attachment] of mdf.attachments.entries()) {
        const external = () => embedded.attachments[i].read();
        assertEquals((await attachment.read({ external })).length, attachment.size);
        const other = () => embedded.attachments[(i + 1) % 3].read();
        await assertRejects(() => attachment.read({ external: other }), CorruptFileError);
      }
    });
    await embedded.close();
  },
);
