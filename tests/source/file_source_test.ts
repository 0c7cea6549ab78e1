import { assertEquals, assertInstanceOf, assertRejects, assertThrows } from "@std/assert";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { SourceChangedError, SourceError, TruncatedFileError } from "../../lib/errors.ts";
import { SourceReader } from "../../lib/source/byte_source.ts";
import { fileSource } from "../../lib/source/file_source.ts";
import { patternBytes } from "../_helpers.ts";
import { withoutDeno, withoutFiles } from "../_runtime.ts";

const bytes = patternBytes(5000);

/** Runs with a folder of its own, and with the path of a file of `bytes` in it. */
async function withFile(use: (path: string, folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    const path = join(folder, "drive µ 1.mf4");
    await Deno.writeFile(path, bytes);
    await use(path, folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

for (
  const [files, openFile] of [
    ["the runtime's own files", fileSource],
    ["node:fs", (path) => withoutDeno(() => fileSource(path))],
  ] as [string, typeof fileSource][]
) {
  Deno.test(`${files}: a file is read at any position, by path and by URL`, () =>
    withFile(async (path) => {
      for (const input of [path, pathToFileURL(path)]) {
        const source = openFile(input);
        assertEquals(source.name, path);
        assertEquals(await source.size(), 5000);
        assertEquals(await source.read(4000, 1000), bytes.slice(4000));
        assertEquals(await source.read(1, 2), bytes.slice(1, 3));
        const target = new Uint8Array(100);
        source.readIntoSync!(2000, target);
        assertEquals(target, bytes.slice(2000, 2100));
        await source.close!();
      }
    }));

  Deno.test(`${files}: reads that overlap in time do not disturb one another`, () =>
    withFile(async (path) => {
      const source = openFile(path);
      const parts = await Promise.all(
        Array.from({ length: 50 }, (_, i) => source.read((i * 97) % 4900, 100)),
      );
      parts.forEach((part, i) => {
        const at = (i * 97) % 4900;
        assertEquals(part, bytes.slice(at, at + 100));
      });
      await source.close!();
    }));

  Deno.test(`${files}: bytes that were read belong to the caller`, () =>
    withFile(async (path) => {
      const source = openFile(path);
      const first = await source.read(0, 10);
      first.fill(0);
      assertEquals(await source.read(0, 10), bytes.slice(0, 10));
      await source.close!();
    }));

  Deno.test(`${files}: a missing file is named in the error, with the cause`, () =>
    withFile((path, folder) => {
      const missing = join(folder, "nothing.mf4");
      const error = assertThrows(() => openFile(missing), SourceError);
      assertEquals(error.file, missing);
      assertEquals(error.message, `${missing}: no such file; check the path`);
      assertInstanceOf(error.cause, Error);
      const inFile = assertThrows(() => openFile(join(path, "x.mf4")), SourceError);
      assertEquals(inFile.file, join(path, "x.mf4"));
      return Promise.resolve();
    }));

  Deno.test(`${files}: a directory is no file`, () =>
    withFile((_, folder) => {
      const error = assertThrows(() => openFile(folder), SourceError);
      assertEquals(
        error.message,
        `${folder}: this is not a regular file; give the path of an .mf4 file`,
      );
      return Promise.resolve();
    }));

  Deno.test(`${files}: a closed file says that it was closed, and can be closed again`, () =>
    withFile(async (path) => {
      const source = openFile(path);
      await source.close!();
      await source.close!();
      const error = await assertRejects(async () => await source.read(8, 4), SourceError);
      assertEquals([error.file, error.offset], [path, 8]);
      assertEquals(error.reason, "the file was closed; open it again to read from it");
      assertThrows(() => source.readIntoSync!(8, new Uint8Array(4)), SourceError, "closed");
    }));

  Deno.test(`${files}: a file that shrinks while it is open is an error, not zeros`, () =>
    withFile(async (path) => {
      const reader = await SourceReader.open(openFile(path));
      assertEquals(await reader.read(4990, 10), bytes.slice(4990));
      await Deno.truncate(path, 4000);
      assertEquals(await reader.read(3990, 10), bytes.slice(3990, 4000));
      const error = await assertRejects(() => reader.read(3995, 10), SourceChangedError);
      assertEquals([error.file, error.offset], [path, 4000]);
      assertEquals(
        error.reason,
        "the file had 5000 bytes when it was opened and has 4000 now; open it again",
      );
      await reader.close();
    }));

  Deno.test(`${files}: what lies past the end is left out by read and refused by readIntoSync`, () =>
    withFile(async (path) => {
      const source = openFile(path);
      assertEquals(await source.read(4999, 10), bytes.slice(4999));
      assertEquals(await source.read(6000, 10), new Uint8Array(0));
      const error = assertThrows(
        () => source.readIntoSync!(4998, new Uint8Array(10)),
        TruncatedFileError,
      );
      assertEquals([error.file, error.offset], [path, 5000]);
      await source.close!();
    }));
}

Deno.test("a runtime without files says so", () => {
  const error = assertThrows(() => withoutFiles(() => fileSource("drive.mf4")), SourceError);
  assertEquals(error.file, "drive.mf4");
  assertEquals(
    error.reason,
    "this runtime has no file system; pass a Blob, a Uint8Array or a URL instead",
  );
});

Deno.test("without the permission to read, the error says which flag is missing", () =>
  withFile(async (path) => {
    const module = new URL("../../lib/source/file_source.ts", import.meta.url).href;
    const script = join(path, "..", "main.ts");
    await Deno.writeTextFile(
      script,
      `import { fileSource } from "${module}";
try {
  fileSource(${JSON.stringify(path)});
} catch (error) {
  console.log(error.name, error.reason);
}
`,
    );
    const { stdout } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "--no-config", "--no-lock", "--no-prompt", script],
      env: { NO_COLOR: "1", DENO_NO_UPDATE_CHECK: "1" },
    }).output();
    assertEquals(
      new TextDecoder().decode(stdout),
      "SourceError reading is not permitted; run with --allow-read\n",
    );
  }));
