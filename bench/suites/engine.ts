/**
 * The works of `deno task bench:engine`, in this process and on files about as large as the one that is
 * measured, up to 20 MB: this project, itself on one thread where data is compressed, and the bare read
 * of the same file. Files are made in the scratch folder, and what is read is checked value by value.
 *
 * @module
 */
import { bareRead, findBestPiece } from "../bare_read.ts";
import { expectSame } from "../check_signals.ts";
import { readyWork } from "../engine/engine_files.ts";
import { WORKS, type WorkSpec } from "../engine/engine_works.ts";
import { defineOperation, type Operation } from "../operation.ts";
import type { PeerWork } from "../peers/compare_peers.ts";
import { ours } from "../peers/contenders/ours.ts";
import type { PeerOperation, PeerResult } from "../peers/peer.ts";
import { amountOf, checkedOf } from "../peers/runner.ts";

interface WorkState {
  work: PeerWork;
  operation: PeerOperation<unknown>;
  amount: number;
  bytes: number;
}

const FULL_BYTES = 100_000_000;
const MOST_BYTES = 20_000_000;

/** As `shrink` of an engine file, for a file of so many bytes. */
const shrinkFor = (bytes: number) => FULL_BYTES / Math.min(MOST_BYTES, bytes);

function ourWork(spec: WorkSpec, variant: string, workers?: number): Operation {
  return defineOperation<WorkState, PeerResult>({
    ...{ name: `engine: ${spec.id}${variant}`, suite: "engine", group: `engine: ${spec.id}` },
    samples: false,
    async setup({ file, scratch }) {
      const directory = await Deno.makeTempDir({ dir: scratch });
      const options = { directory, scratch: directory, shrink: shrinkFor(file.bytes) };
      const { work, bytes } = await readyWork(spec, options);
      const { operations } = ours({ held: true, open: { workers } });
      const operation = operations[spec.operation]!;
      const dump = `${directory}/values`;
      const answer = checkedOf(
        await (operation.collect ?? operation.run)(work.job, undefined),
        dump,
      );
      work.check(answer, dump, "ours");
      return { work, operation, amount: work.amountOf(answer), bytes };
    },
    run: ({ work, operation }) => operation.run(work.job, undefined),
    check: (result, _, { amount }) => expectSame("the number of values", amountOf(result), amount),
    decoded: (result) => {
      const values = amountOf(result);
      return { values, bytes: 8 * values };
    },
    metrics: (_, __, { bytes }) => ({ file: { value: bytes / 1e6, unit: "MB" } }),
    teardown: ({ work }) => Deno.remove(work.job.scratch, { recursive: true }),
  });
}

function bareWork(spec: WorkSpec): Operation {
  return defineOperation<{ path: string; piece: number; bytes: number; folder: string }, number>({
    ...{ name: `engine: ${spec.id}, bare read`, suite: "engine", group: `engine: ${spec.id}` },
    ...{ baseline: true, samples: false },
    async setup({ file, scratch }) {
      const folder = await Deno.makeTempDir({ dir: scratch });
      const options = { directory: folder, scratch: folder, shrink: shrinkFor(file.bytes) };
      const { path, bytes } = await readyWork(spec, options);
      return { path, bytes, folder, piece: findBestPiece(path) };
    },
    run: ({ path, piece }) => bareRead(path, piece),
    check: (count, _, { bytes }) => expectSame("the number of bytes", count, bytes),
    decoded: () => ({ values: 0, bytes: 0 }),
    metrics: (_, __, { piece }) => ({ "best piece": { value: piece / 1024, unit: "KiB" } }),
    teardown: ({ folder }) => Deno.remove(folder, { recursive: true }),
  });
}

/** The engine suite. */
export const SUITE: readonly Operation[] = WORKS.filter(({ beside }) => !beside).flatMap((spec) => [
  bareWork(spec),
  ourWork(spec, ""),
  ...(spec.rows.some(({ against }) => against === "ours-one")
    ? [ourWork(spec, ", one thread", 0)]
    : []),
]);
