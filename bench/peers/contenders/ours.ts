import {
  type Channel,
  Mdf,
  type MdfIndex,
  type NumberArray,
  type OpenOptions,
  type Signal,
} from "../../../mod.ts";
import packageFile from "../../../deno.json" with { type: "json" };
import type { AnyValues } from "../../fingerprint.ts";
import { type Peer, type PeerOperation, peerOperation, type PeerResult } from "../peer.ts";
import type { Job } from "../protocol.ts";

type Whole = (values: Signal["values"]) => AnyValues;

interface Reading {
  open?: OpenOptions;
  whole: Whole;
  raw?: boolean;
}

// Texts are made when they are asked for; peers give them all, so ours are all asked for.
function allMade(values: Signal["values"]): AnyValues {
  if (ArrayBuffer.isView(values)) return values as AnyValues;
  const all = new Array<unknown>(values.length);
  let at = 0;
  for (const value of values as Iterable<unknown>) all[at++] = value;
  return all;
}

async function readOne(mdf: Mdf, job: Job, whole: Whole): Promise<PeerResult> {
  const { values, timestamps } = await mdf.read(job.columns[1].name);
  return { columns: [timestamps!, whole(values)] };
}

async function readAll(job: Job, { open, whole, raw }: Reading): Promise<PeerResult> {
  await using mdf = await Mdf.open(job.file, open);
  const signals = await mdf.readAll(undefined, { raw });
  return { columns: signals.map(({ values }) => whole(values)) };
}

/** Arrays with the numbers that a file holds, by column; what is no number has none. */
async function arraysFor(job: Job): Promise<(NumberArray | undefined)[]> {
  await using mdf = await Mdf.open(job.file);
  const signals = await mdf.readAll(channelsOf(mdf, job));
  return signals.map(({ values }) => ArrayBuffer.isView(values) ? values : undefined);
}

async function readInto(
  job: Job,
  into: (NumberArray | undefined)[],
  { open, whole }: Reading,
): Promise<PeerResult> {
  await using mdf = await Mdf.open(job.file, open);
  const signals = await mdf.readAll(channelsOf(mdf, job), { into });
  return { columns: signals.map(({ values }) => whole(values)) };
}

function channelsOf({ groups }: Mdf, { columns }: Job): Channel[] {
  return columns.map(({ group, channel }) => groups[group].channels[channel]);
}

type Visit = (columns: AnyValues[], firstRecord: number, records: number) => void;

async function stream(job: Job, open?: OpenOptions, visit?: Visit): Promise<PeerResult> {
  await using mdf = await Mdf.open(job.file, open);
  let count = 0;
  for await (const { group, firstRecord, signals } of mdf.stream()) {
    const columns = signals.map(({ values }) => allMade(values));
    for (const values of columns) count += values.length;
    visit?.(columns, firstRecord, group.recordCount);
  }
  return { values: count };
}

async function collectStream(job: Job, open?: OpenOptions): Promise<PeerResult> {
  const columns: AnyValues[] = [];
  await stream(job, open, (parts, firstRecord, records) => {
    parts.forEach((part, i) => {
      if (Array.isArray(part)) {
        const texts = (columns[i] ??= []) as string[];
        for (const text of part) texts.push(text);
      } else {
        const numbers = part as Float64Array;
        const Numbers = numbers.constructor as Float64ArrayConstructor;
        // Put together at once: many small pieces would stay with the process.
        columns[i] ??= new Numbers(records);
        (columns[i] as Float64Array).set(numbers, firstRecord);
      }
    });
  });
  return { columns };
}

async function buildIndex(job: Job): Promise<MdfIndex> {
  await using mdf = await Mdf.open(job.file);
  return mdf.toIndex();
}

/** How this project takes part. */
export interface OursOptions {
  name?: string;
  open?: OpenOptions;
  /** Leave texts and bytes as they are held, as peers do; they are made for the check. */
  held?: boolean;
  /** Read all into arrays that are there beforehand. */
  into?: boolean;
}

function intoArrays(reading: Reading): PeerOperation<unknown> {
  return peerOperation({ setup: arraysFor, run: (job, arrays) => readInto(job, arrays, reading) });
}

/** This project. */
export function ours({ name = "MF4 for Deno", open, held, into }: OursOptions = {}): Peer {
  const whole: Whole = held ? (values) => values as AnyValues : allMade;
  const readSingle = (whole: Whole) => async (job: Job) => {
    await using mdf = await Mdf.open(job.file, open);
    return await readOne(mdf, job, whole);
  };
  const all = { open, whole: allMade };
  return {
    name,
    order: 0,
    version: () => packageFile.version,
    operations: {
      "open and list names": peerOperation({
        async run(job) {
          await using mdf = await Mdf.open(job.file);
          return { names: mdf.groups.map(({ channels }) => channels.map(({ name }) => name)) };
        },
      }),
      "read one channel": peerOperation({
        run: readSingle(whole),
        collect: readSingle(allMade),
      }),
      "read all channels": into ? intoArrays({ open, whole }) : peerOperation({
        how: held
          ? "holds texts and bytes in one buffer with offsets; a value is made when it is asked for"
          : "makes all its texts too, which are otherwise made when they are asked for",
        run: (job) => readAll(job, { open, whole }),
        collect: (job) => readAll(job, all),
      }),
      "read all raw": peerOperation({ run: (job) => readAll(job, { ...all, raw: true }) }),
      "go through all": peerOperation({
        how: "streams, with arrays that are used again, and makes all its texts",
        run: (job) => stream(job, open),
        collect: (job) => collectStream(job, open),
      }),
      "index warm, one channel": peerOperation({
        setup: buildIndex,
        async run(job, index) {
          await using mdf = await Mdf.fromIndex(index, job.file);
          return await readOne(mdf, job, allMade);
        },
      }),
      "index cold, one channel": peerOperation({
        async setup(job) {
          const path = `${job.scratch}/ours.index.json`;
          await Deno.writeTextFile(path, JSON.stringify(await buildIndex(job)));
          return path;
        },
        async run(job, path) {
          const index = JSON.parse(await Deno.readTextFile(path));
          await using mdf = await Mdf.fromIndex(index, job.file);
          return await readOne(mdf, job, allMade);
        },
      }),
    },
  };
}

/** This project as it is compared with others. */
export const peer: Peer = ours();
