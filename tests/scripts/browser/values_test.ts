import { assertEquals, assertGreater, assertStringIncludes } from "@std/assert";
import { join, relative } from "node:path";
import { Mdf } from "../../../mod.ts";
import { corpusDir } from "../../_helpers.ts";
import { FEATURES } from "../../features/all_features.ts";
import { closeChromium, type OpenPage, pageTest } from "./_chromium.ts";
import { removeSharedFolder, sharedFolder } from "./_files.ts";

Deno.test.afterAll(async () => {
  await closeChromium();
  await removeSharedFolder();
});

/** What a file holds, channel by channel; the same function runs here and in the page. */
type Digest = Record<string, string>;

pageTest("files of every feature give the values that they give in Deno", async (open) => {
  const folder = join(await sharedFolder(), "features");
  await Deno.mkdir(folder);
  for (const { name, make } of FEATURES) await Deno.writeFile(join(folder, `${name}.mf4`), make());
  const compared = await compare(open, folder);
  assertEquals(compared.files, FEATURES.length);
  assertGreater(compared.channels, FEATURES.length);
  // Browsers unpack deflate, and the library LZ4; for zstd there is a typed error.
  assertGreater(compared.refused.length, 5);
});

const corpus = corpusDir();
if (corpus !== undefined) {
  pageTest("corpus: files of other tools give the values that they give in Deno", async (open) => {
    const compared = await compare(open, corpus, 3_000_000);
    assertGreater(compared.files, 40);
    assertEquals(compared.refused, []);
  });
} else {
  const name = "browser page: corpus: files of other tools (ignored: there is no ../shared/corpus)";
  Deno.test.ignore(name, () => {});
}

/** Compares the digests of all files of a folder; gives those that only the page refuses. */
async function compare({ page }: OpenPage, folder: string, mostBytes = Infinity) {
  const paths = (await listFiles(folder)).filter((path) => Deno.statSync(path).size <= mostBytes);
  const refused: string[] = [];
  let channels = 0;
  // A few files at a time keep what goes to the page, and what comes back, small.
  for (let at = 0; at < paths.length; at += 40) {
    const part = paths.slice(at, at + 40);
    const contents = part.map((path) => Deno.readFileSync(path).toBase64());
    const theirs: Digest[] = JSON.parse(
      await page.evaluate(`(${digestInPage})(${JSON.stringify(contents)}, ${digest})`) as string,
    );
    for (const [i, path] of part.entries()) {
      const ours = await digestOf(() => Mdf.open(path));
      const name = relative(folder, path);
      const without = Object.values(theirs[i]).filter((each) => each.includes("zstd"));
      if (without.length > 0) {
        for (const each of without) assertStringIncludes(each, "unsupported");
        refused.push(name);
        continue;
      }
      assertEquals(theirs[i], ours, name);
      channels += Object.keys(ours).length;
    }
  }
  return { files: paths.length, channels, refused };
}

async function digestOf(open: () => Promise<Mdf>): Promise<Digest> {
  return await digest(open);
}

/** In the page: digests of files. */
async function digestInPage(contents: string[], digestFile: typeof digest): Promise<string> {
  const { Mdf: Reader } = await import("/mod.ts" as string) as { Mdf: typeof Mdf };
  const digests: Digest[] = [];
  for (const text of contents) {
    const bytes = Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
    // Reading a Blob takes milliseconds each time; some of each kind will do.
    const asBlob = bytes.length > 20_000 || digests.length % 20 === 0;
    digests.push(await digestFile(() => Reader.open(asBlob ? new Blob([bytes]) : bytes)));
  }
  return JSON.stringify(digests);
}

/** Uses nothing from outside itself, so that it can be sent to the page. */
async function digest(open: () => Promise<Mdf>): Promise<Digest> {
  const found: Digest = {};
  const text = (value: unknown): string => {
    if (Object.is(value, -0)) return "-0";
    if (value instanceof Date) return String(value.getTime());
    if (ArrayBuffer.isView(value)) return `[${Array.from(value as Uint8Array, text)}]`;
    return Array.isArray(value) ? `[${value.map(text)}]` : `${typeof value} ${value}`;
  };
  const hash = (values: Iterable<unknown>) => {
    let [state, count] = [0x811c9dc5, 0];
    const mix = (code: number) => state = Math.imul(state ^ code, 0x01000193);
    if (ArrayBuffer.isView(values)) {
      for (const byte of new Uint8Array(values.buffer, values.byteOffset, values.byteLength)) {
        mix(byte);
      }
      return `${values.constructor.name} ${values.byteLength}:${state}`;
    }
    for (const value of values) {
      count++;
      const each = `${text(value)};`;
      for (let i = 0; i < each.length; i++) mix(each.charCodeAt(i));
    }
    return `${count}:${state}`;
  };
  const failure = (error: unknown) => {
    const { code, reason, offset } = error as { code?: string; reason?: string; offset?: number };
    if (code === undefined) throw error;
    return `${code} at ${offset}: ${code === "unsupported" ? reason : ""}`;
  };
  let mdf: Mdf;
  try {
    mdf = await open();
  } catch (error) {
    return { file: failure(error) };
  }
  for (const group of mdf.groups) {
    for (const channel of group.channels) {
      const name = `${group.index}/${channel.index} ${channel.name}`;
      try {
        const { values, timestamps, valid, unit, shape } = await mdf.read(channel);
        const parts = [values, timestamps ?? [], valid ?? [], shape];
        found[name] = [...parts.map((part) => hash(part as Iterable<unknown>)), unit].join(" ");
      } catch (error) {
        found[name] = failure(error);
      }
    }
  }
  await mdf.close();
  return found;
}

async function listFiles(folder: string): Promise<string[]> {
  const paths: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    const path = join(folder, name);
    if (isDirectory) paths.push(...await listFiles(path));
    else if (/\.mf4$/i.test(name)) paths.push(path);
  }
  return paths.sort();
}
