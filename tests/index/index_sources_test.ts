/**
 * An index gives the values that the file gives, wherever the file lies: on disk, behind HTTP, in a
 * Blob.
 */
import { assert, assertEquals } from "@std/assert";
import { join } from "node:path";
import { isMdfError, Mdf, type MdfIndex, type MdfInput, type Signal } from "../../mod.ts";
import { corpusTest, rangeServer } from "../_helpers.ts";
import { FEATURES } from "../features/all_features.ts";

interface Contents {
  version: string;
  start: string;
  groups: { name: string; records: number; channels: unknown[] }[];
}

const valuesOf = ({ values, timestamps, valid, shape, unit }: Signal) => ({
  values: values as unknown,
  ...{ timestamps, valid, shape, unit },
});

/** All values of a file; of channels that cannot be read, why. */
async function contentsOf(mdf: Mdf): Promise<Contents> {
  const errors = new Map<unknown, string>();
  const reason = (error: unknown) => {
    if (!isMdfError(error)) throw error;
    return `${error.code}: ${error.reason}`;
  };
  const groups: Contents["groups"] = [];
  for (const group of mdf.groups) {
    let signals: Signal[] = [];
    let broken: string | undefined;
    try {
      signals = await mdf.readAll(group.channels, {
        onChannelError: (channel, error) => void errors.set(channel, reason(error)),
      });
    } catch (error) {
      broken = reason(error);
    }
    const byChannel = new Map(signals.map((signal) => [signal.channel, signal]));
    groups.push({
      name: group.name,
      records: group.recordCount,
      channels: group.channels.map((channel) => {
        const signal = byChannel.get(channel);
        const content = signal ? valuesOf(signal) : broken ?? errors.get(channel);
        return { name: channel.path, content };
      }),
    });
  }
  return { version: mdf.version, start: String(mdf.startTimeNs), groups };
}

/** Values that are made when they are asked for, as what they are. */
function plain(contents: Contents): unknown {
  return structuredClone({
    ...contents,
    groups: contents.groups.map((group) => ({
      ...group,
      channels: group.channels.map((channel) => {
        const { content } = channel as { content: { values?: Iterable<unknown> } | string };
        if (typeof content === "string" || !content?.values) return channel;
        const { values } = content;
        return {
          ...channel as object,
          content: { ...content, values: ArrayBuffer.isView(values) ? values : Array.from(values) },
        };
      }),
    })),
  });
}

/** Compares a file with itself by its index, from each kind of source. */
async function compareSources(
  name: string,
  path: string,
  server: ReturnType<typeof rangeServer>,
): Promise<number> {
  const bytes = Deno.readFileSync(path);
  let expected: unknown;
  let text: string;
  let channels: number;
  {
    await using mdf = await Mdf.open(path, { damaged: "skip" });
    text = JSON.stringify(mdf.toIndex());
    expected = plain(await contentsOf(mdf));
    channels = mdf.groups.reduce((sum, group) => sum + group.channels.length, 0);
  }
  server.bytes = bytes;
  const sources: [kind: string, input: MdfInput][] = [
    ["file", path],
    ["HTTP", server.url],
    ["Blob", new Blob([bytes])],
  ];
  for (const [kind, input] of sources) {
    const index: MdfIndex = JSON.parse(text);
    await using mdf = await Mdf.fromIndex(index, input);
    assertEquals(plain(await contentsOf(mdf)), expected, `${name} by index, ${kind}`);
  }
  return channels;
}

corpusTest(
  "every file gives the same values through its index as directly, from a file, HTTP and a Blob",
  async (directory) => {
    const golden = JSON.parse(Deno.readTextFileSync(join(directory, "golden.json")));
    await using server = rangeServer(new Uint8Array());
    let files = 0;
    for (const path of Object.keys(golden)) {
      const channels = await compareSources(path, join(directory, path), server);
      assert(channels > 0, path);
      files++;
    }
    assertEquals(files, 46);
  },
);

Deno.test("every feature gives the same values through its index as directly, from a file, HTTP and a Blob", async () => {
  const path = await Deno.makeTempFile({ suffix: ".mf4" });
  try {
    await using server = rangeServer(new Uint8Array());
    let channels = 0;
    for (const { name, make } of FEATURES) {
      Deno.writeFileSync(path, make());
      channels += await compareSources(name, path, server);
    }
    assert(channels > FEATURES.length, `${channels}`);
  } finally {
    await Deno.remove(path);
  }
});
