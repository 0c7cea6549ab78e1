import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { FileRangeSource, Mdf, MdfIndex } from "mf4-rs";
import type { AnyValues } from "../../fingerprint.ts";
import { type Peer, peerOperation, type PeerResult } from "../peer.ts";
import type { Job, JobColumn } from "../protocol.ts";

// The fastest way it has: `values` gives an array of numbers, `read` a list of anything.
function readColumn(mdf: Mdf, { name, groupName, kind }: JobColumn): AnyValues {
  if (kind === "number") return mdf.values(name, groupName);
  return mdf.read(name, groupName).values;
}

async function readColumns(job: Job): Promise<PeerResult> {
  using mdf = await Mdf.fromFile(job.file);
  return { columns: job.columns.map((column) => readColumn(mdf, column)) };
}

// `MdfIndex.values` would fetch the same bytes again for the time stamps.
async function readByIndex(job: Job, index: MdfIndex): Promise<PeerResult> {
  const source = new FileRangeSource(job.file);
  try {
    const { name, groupName } = job.columns[1];
    const ranges = index.signalByteRanges(name, groupName);
    const bytes = await Promise.all(ranges.map(([offset, length]) => source.read(offset, length)));
    const columns = job.columns.map((column) =>
      index.valuesFromFragments(column.name, groupName, ranges, bytes)
    );
    return { columns };
  } finally {
    await source.close();
  }
}

/** The original's library as WebAssembly, in this same runtime. */
export const peer: Peer = {
  name: "mf4-rs (npm)",
  order: 2,
  async version() {
    const entry = createRequire(import.meta.url).resolve("mf4-rs");
    const folder = entry.slice(0, entry.lastIndexOf("dist"));
    return JSON.parse(await readFile(`${folder}package.json`, "utf8")).version;
  },
  operations: {
    "open and list names": peerOperation({
      async run(job) {
        using mdf = await Mdf.fromFile(job.file);
        return { names: mdf.groups().map(({ channels }) => channels.map(({ name }) => name)) };
      },
    }),
    "read one channel": peerOperation({ run: readColumns }),
    "read all channels": peerOperation({ run: readColumns }),
    "go through all": peerOperation({ how: "reads whole, it has no stream", run: readColumns }),
    "index warm, one channel": peerOperation({
      setup: (job) => MdfIndex.fromFile(job.file),
      run: readByIndex,
    }),
    "index cold, one channel": peerOperation({
      async setup(job) {
        const path = `${job.scratch}/mf4_rs_npm.index.json`;
        using index = await MdfIndex.fromFile(job.file);
        await Deno.writeTextFile(path, index.toJson());
        return path;
      },
      async run(job, path) {
        using index = MdfIndex.fromJson(await Deno.readTextFile(path));
        return await readByIndex(job, index);
      },
    }),
  },
};
