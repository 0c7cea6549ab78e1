/**
 * Whatever an index says, there are values or an error of the library: never another error, never a
 * read outside of the file, never memory or time beyond what the file could ask for.
 */
import { assert, assertEquals, assertInstanceOf, assertRejects, assertThrows } from "@std/assert";
import { byteRanges, isMdfError, Mdf, MdfError, type MdfIndex, UsageError } from "../../mod.ts";
import { strictSource } from "../_helpers.ts";
import { FEATURES } from "../features/all_features.ts";

/** Small enough that what is within bounds is read at once. */
const LIMITS = { signalBytes: 1 << 24, inflatedBlockBytes: 1 << 24 };

const HOSTILE: readonly unknown[] = [
  ...[-1, 0, 1, 7, 255, 65536, 2 ** 31, 2 ** 32, 2 ** 52, 2 ** 53, 1e300, 0.5],
  ...[
    null,
    true,
    "",
    "x",
    "NaN",
    "__proto__",
    "1*1000000000",
    "0*9 1",
    [],
    {},
    [[]],
    [null],
    [[1, 1e9]],
    [[1e9, 2]],
    {
      n: 1e9,
    },
  ],
];

/** Numbers that are the same in every run. */
function seeded(seed: number): (below: number) => number {
  return (below) => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    return Math.floor(seed / 2 ** 32 * below);
  };
}

/** Every place of a JSON value, as the object or list around it and the key there. */
function placesOf(value: unknown, found: [Record<string, unknown>, string][] = []) {
  if (typeof value !== "object" || value === null) return found;
  for (const key of Object.keys(value)) {
    found.push([value as Record<string, unknown>, key]);
    placesOf((value as Record<string, unknown>)[key], found);
  }
  return found;
}

/** Changes one place of an index, and tells what was done. */
function damage(index: MdfIndex, random: (below: number) => number): string {
  const { identity: _, format: __, schema: ___, ...parts } = index;
  const places = placesOf(parts);
  const [around, key] = places[random(places.length)];
  const before = around[key];
  const way = random(4);
  if (way === 0) delete around[key];
  else if (way === 1 && typeof before === "number") around[key] = before + random(9) - 4;
  else around[key] = HOSTILE[random(HOSTILE.length)];
  // What is at the top was taken apart.
  if (around === parts) Object.assign(index, { [key]: parts[key as keyof typeof parts] });
  if (around === parts && way === 0) delete index[key as keyof MdfIndex];
  return `${key}: ${JSON.stringify(before)?.slice(0, 60)} → ${JSON.stringify(around[key])}`;
}

function expectOwn(error: unknown, what: string): void {
  if (isMdfError(error)) return;
  throw new Error(`${what}: ${error instanceof Error ? error.stack : error}`);
}

/** Does all that can be done with an index. */
async function useAll(index: MdfIndex, bytes: Uint8Array, what: string): Promise<void> {
  const attempt = async (use: () => unknown) => {
    try {
      await use();
    } catch (error) {
      expectOwn(error, what);
    }
  };
  await attempt(async () => {
    await using mdf = await Mdf.fromIndex(index, strictSource(bytes), { limits: LIMITS });
    await attempt(() => JSON.stringify(mdf.measurement));
    for (const group of mdf.groups) {
      await attempt(async () => {
        for (const channel of group.channels) {
          await attempt(() => mdf.channel(channel.path, { group: group.index }));
          await attempt(() => [channel.unit, channel.comment, channel.arrays, channel.defaultX]);
          await attempt(async () => {
            const { values } = await mdf.read(channel);
            for (let i = 0; i < Math.min(3, values.length); i++) values.at(i);
          });
          await attempt(() => byteRanges(index, channel));
        }
      });
    }
    await attempt(() => [mdf.events.map(String), mdf.attachments, mdf.hierarchy, mdf.fileHistory]);
    await attempt(() => mdf.channel("no such channel"));
    await attempt(() => mdf.toIndex());
  });
}

Deno.test("an index that was damaged in any place gives values or an error of the library", async () => {
  const random = seeded(6);
  const started = performance.now();
  for (const { name, make } of FEATURES) {
    const bytes = make();
    await using mdf = await Mdf.open(strictSource(bytes));
    const texts = [mdf.toIndex(), await mdf.toIndex({ records: true })].map((index) =>
      JSON.stringify(index)
    );
    for (let i = 0; i < 8; i++) {
      const index = JSON.parse(texts[i % 2]);
      const what = damage(index, random);
      await useAll(index, bytes, `${name}, ${what}`);
    }
  }
  assert(performance.now() - started < 120_000);
});

Deno.test("a run that claims more rows than the file has blocks is refused at once", async () => {
  const bytes = FEATURES[0].make();
  await using mdf = await Mdf.open(bytes);
  for (const table of ["groups", "dataGroups", "conversions", "sources", "events"] as const) {
    const index = mdf.toIndex();
    Object.assign(index[table] as object, { n: 2 ** 40 });
    const error = await assertRejects(() => Mdf.fromIndex(index, bytes), UsageError);
    assert(error.message.includes(table), error.message);
  }
});

Deno.test("an array without elements is refused, as in a file", async () => {
  const feature = FEATURES.find(({ name }) => name.startsWith("array-"))!;
  const bytes = feature.make();
  await using mdf = await Mdf.open(bytes);
  for (const dimensions of [[], [0], [2, 0, 3]]) {
    const index = mdf.toIndex();
    const layouts = index.layouts as { arrays?: { dimensions: number[] }[][] }[];
    for (const { arrays = [] } of layouts) {
      for (const array of arrays.flat()) array.dimensions = dimensions;
    }
    await using again = await Mdf.fromIndex(index, bytes);
    assertThrows(() => again.groups.map(({ channels }) => channels), UsageError, "dimensions");
  }
});

Deno.test("an error about an index says which part is damaged", async () => {
  const bytes = FEATURES[0].make();
  await using mdf = await Mdf.open(bytes);
  const index = mdf.toIndex();
  (index.groups as { channels: { name: string[] } }).channels.name = ["=999"];
  await using again = await Mdf.fromIndex(index, bytes);
  let error: unknown;
  try {
    again.groups[0].channels;
  } catch (thrown) {
    error = thrown;
  }
  assertInstanceOf(error, MdfError);
  assertEquals(error.code, "usage");
  assert(
    /groups\.channels\.0\.name: .*make it again with toIndex\(\)/.test(error.message),
    error.message,
  );
});
