import { Mdf, type MdfIndex, type Signal } from "../../../mod.ts";
import packageFile from "../../../deno.json" with { type: "json" };
import type { AnyValues } from "../../fingerprint.ts";
import { type Peer, peerOperation, type PeerResult } from "../peer.ts";
import type { Job } from "../protocol.ts";

// Texts are made when they are asked for; peers give them all, so ours are all asked for.
function whole(values: Signal["values"]): AnyValues {
  return ArrayBuffer.isView(values) ? values as AnyValues : Array.from(values as Iterable<unknown>);
}

async function readOne(mdf: Mdf, job: Job): Promise<PeerResult> {
  const { values, timestamps } = await mdf.read(job.columns[1].name);
  return { columns: [timestamps!, whole(values)] };
}

async function readAll(job: Job, raw: boolean): Promise<PeerResult> {
  await using mdf = await Mdf.open(job.file);
  const signals = await mdf.readAll(undefined, { raw });
  return { columns: signals.map(({ values }) => whole(values)) };
}

type Visit = (columns: AnyValues[], firstRecord: number, records: number) => void;

async function stream(job: Job, visit?: Visit): Promise<PeerResult> {
  await using mdf = await Mdf.open(job.file);
  let count = 0;
  for await (const { group, firstRecord, signals } of mdf.stream()) {
    const columns = signals.map(({ values }) => whole(values));
    for (const values of columns) count += values.length;
    visit?.(columns, firstRecord, group.recordCount);
  }
  return { values: count };
}

async function collectStream(job: Job): Promise<PeerResult> {
  const columns: AnyValues[] = [];
  await stream(job, (parts, firstRecord, records) => {
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

/** This project. */
export const peer: Peer = {
  name: "MF4 for Deno",
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
      async run(job) {
        await using mdf = await Mdf.open(job.file);
        return await readOne(mdf, job);
      },
    }),
    "read all channels": peerOperation({
      how: "makes all its texts too, which are otherwise made when they are asked for",
      run: (job) => readAll(job, false),
    }),
    "read all raw": peerOperation({ run: (job) => readAll(job, true) }),
    "go through all": peerOperation({
      how: "streams, with arrays that are used again, and makes all its texts",
      run: (job) => stream(job),
      collect: collectStream,
    }),
    "index warm, one channel": peerOperation({
      setup: buildIndex,
      async run(job, index) {
        await using mdf = await Mdf.fromIndex(index, job.file);
        return await readOne(mdf, job);
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
        return await readOne(mdf, job);
      },
    }),
  },
};
