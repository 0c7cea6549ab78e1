/**
 * However a file is read, it gives the same values or the same kind of error, also when it is damaged.
 */
import { assert, assertEquals } from "@std/assert";
import { type Channel, isMdfError, Mdf, type OpenOptions, type Signal } from "../mod.ts";
import { Sfc32 } from "../scripts/generate/prng.ts";
import { FEATURES } from "./features/all_features.ts";
import { readWays } from "./_helpers.ts";

/** Rounds; a way that differs shows within some hundred. */
const ROUNDS = 700;

const OPTIONS: OpenOptions = {
  damaged: "skip",
  limits: { signalBytes: 1 << 22, inflatedBlockBytes: 1 << 22, metadataBlockBytes: 1 << 20 },
};
/** What came of each channel: its values, or the code of the error. */
type Outcomes = Record<string, unknown[] | string>;

/** Where a channel stands; names may be the same. */
const placeOf = ({ group, index }: Channel) => `${group.index}/${index}`;

function codeOf(error: unknown): string {
  if (!isMdfError(error)) throw error;
  return error.code;
}

function content({ values, timestamps, valid }: Signal): unknown[] {
  return [values, timestamps ?? [], valid ?? []].map((part) =>
    Array.from(part as Iterable<unknown>)
  );
}

/** Without those of records of no bytes, of which a counter may claim any number. */
const channelsOf = (mdf: Mdf) =>
  mdf.groups.filter(({ model }) => model.dataBytes > 0).flatMap(({ channels }) => channels);

async function oneByOne(mdf: Mdf): Promise<Outcomes> {
  const found: Outcomes = {};
  for (const channel of channelsOf(mdf)) {
    found[placeOf(channel)] = await mdf.read(channel).then(content, codeOf);
  }
  return found;
}

async function atOnce(mdf: Mdf): Promise<Outcomes> {
  const found: Outcomes = {};
  const signals = await mdf.readAll(channelsOf(mdf), {
    onChannelError: (channel, error) => found[placeOf(channel)] = codeOf(error),
  });
  for (const signal of signals) found[placeOf(signal.channel)] ??= content(signal);
  return found;
}

/** Values alone, since validity may be told in some batches only. */
async function inBatches(mdf: Mdf): Promise<Outcomes> {
  const found: Outcomes = {};
  const failed: Outcomes = {};
  for (const channel of channelsOf(mdf)) found[placeOf(channel)] = [];
  const batches = mdf.stream(channelsOf(mdf), {
    batchBytes: 40,
    onChannelError: (channel, error) => failed[placeOf(channel)] = codeOf(error),
  });
  for await (const { signals } of batches) {
    for (const { channel, values } of signals) {
      const known = found[placeOf(channel)] as unknown[];
      // What a batch holds is only valid until the next one.
      known.push(...structuredClone(Array.from(values as Iterable<unknown>)));
    }
  }
  return { ...found, ...failed };
}

/** Changes bytes, links, lengths and counts, or cuts the file. */
function mutate(bytes: Uint8Array, below: (end: number) => number): Uint8Array {
  const view = new DataView(bytes.buffer);
  for (let n = below(4); n > 0; n--) {
    const at = 8 * below(bytes.length >> 3);
    switch (below(6)) {
      case 0:
        bytes[below(bytes.length)] = below(256);
        break;
      case 1:
        bytes[below(bytes.length)] ^= 1 << below(8);
        break;
      case 2:
        view.setBigUint64(at, 1n << BigInt(below(64)), true);
        break;
      case 3:
        view.setBigUint64(at, BigInt(8 * below(bytes.length >> 3)), true);
        break;
      case 4:
        view.setBigUint64(at, BigInt.asUintN(64, view.getBigUint64(at, true) + 1n), true);
        break;
      default:
        if (below(3) === 0) return bytes.slice(0, bytes.length - below(bytes.length >> 2));
    }
  }
  return bytes;
}

Deno.test("a damaged file gives the same values, or the same kind of error, however it is read", async () => {
  const random = new Sfc32(11, 2, 3);
  const below = (end: number) => Math.floor(random.next() * end);
  const counts = { read: 0, failed: 0 };
  for (let round = 0; round < ROUNDS; round++) {
    const { name, make } = FEATURES[below(FEATURES.length)];
    const bytes = mutate(make(), below);
    let expected: Outcomes | undefined;
    try {
      for await (const { name: way, mdf } of readWays(bytes, OPTIONS)) {
        const message = `round ${round}, ${name}, ${way}`;
        const found = await oneByOne(mdf);
        assertEquals(found, expected ??= found, message);
        if (way !== "from memory") continue;
        assertEquals(await atOnce(mdf), found, `${message}, at once`);
        const streamed = await inBatches(mdf);
        for (const [channel, outcome] of Object.entries(found)) {
          // A whole channel may be more than the limit allows, and a batch of it not.
          if (outcome === "limit") continue;
          const values = typeof outcome === "string" ? outcome : outcome[0];
          assertEquals(streamed[channel], values, `${message}, channel ${channel} in batches`);
          counts[typeof outcome === "string" ? "failed" : "read"]++;
        }
      }
    } catch (error) {
      // A file that cannot be opened has to be refused at once.
      if (expected) throw error;
      codeOf(error);
    }
  }
  assert(counts.read > ROUNDS / 2 && counts.failed > ROUNDS / 10, JSON.stringify(counts));
});
