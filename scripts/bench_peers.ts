/**
 * The comparison with other readers: `deno task bench:peers --help`.
 *
 * @module
 */
import { bold } from "@std/fmt/colors";
import { describeRun } from "../bench/harness/format_results.ts";
import { drawForOutput, type DrawTable, loadDrawTable } from "../bench/harness/table.ts";
import {
  describePeers,
  describeRefusals,
  describeWays,
  detailTables,
  overviewTable,
  PEERS_LEGEND,
} from "../bench/peers/format_peers.ts";
import { type PeerRun, savePeerRun } from "../bench/peers/peer_results.ts";
import {
  parsePeersArguments,
  PEERS_HELP,
  type PeersArguments,
} from "../bench/peers/peers_arguments.ts";
import { listPeers, OURS } from "../bench/peers/registry.ts";
import { PeersProgress } from "../bench/peers/peers_progress.ts";
import { runPeers } from "../bench/peers/run_peers.ts";
import { ManifestError } from "./generate/manifest.ts";
import { FileInTheWayError } from "./generate/test_files.ts";
import { FILE_ERRORS, runCommand } from "./run_command.ts";

// Exiting rather than returning ends an import that a network keeps waiting.
if (import.meta.main) Deno.exit(await main(Deno.args));

/** Runs the command line and gives the exit code. */
function main(args: string[]): Promise<number> {
  return runCommand({
    task: "bench:peers",
    async run(signal) {
      const options = parsePeersArguments(args, await listPeers());
      if (options.help) console.log(PEERS_HELP);
      else if (options.list) printPeers(options);
      else return await comparePeers(options, signal);
    },
    bad: [RangeError],
    told: [FileInTheWayError, ManifestError, ...FILE_ERRORS],
  });
}

async function comparePeers(options: PeersArguments, signal: AbortSignal): Promise<number> {
  // Begun now, so that waiting for a slow network costs no time later.
  const drawing = options.json ? undefined : loadDrawTable();
  const scratch = await Deno.makeTempDir({ prefix: "mf4-peers-" });
  const progress = new PeersProgress();
  try {
    const run = await runPeers({
      ...options,
      directory: options.data,
      scratch,
      signal,
      onStep: (what) => progress.step(what),
      onProgress: (done, what) => progress.measured(done, what),
    });
    progress.clear();
    const path = await savePeerRun(run, options.out);
    if (drawing) print(run, path, await drawing);
    else console.log(JSON.stringify(run));
    if (signal.aborted) return 130;
    const failed = run.results.some(({ peer, refusal }) =>
      peer === OURS && (refusal === "wrong" || refusal === "failed")
    );
    return failed ? 1 : 0;
  } finally {
    progress.clear();
    await Deno.remove(scratch, { recursive: true });
  }
}

function print(run: PeerRun, path: string, draw: DrawTable): void {
  console.log(describeRun(run));
  console.log(describePeers(run.peers));
  for (const { title, content } of detailTables(run)) {
    console.log(`\n${Deno.stdout.isTerminal() ? bold(title) : title}`);
    console.log(drawForOutput(content, draw));
  }
  console.log(`\n${drawForOutput(overviewTable(run), draw)}\n`);
  console.log([...PEERS_LEGEND, ...describeWays(run)].join("\n"));
  const refusals = describeRefusals(run);
  if (refusals.length > 0) console.log(`\nWithout figures:\n${refusals.join("\n")}`);
  console.log(`\nKept as ${path}`);
}

function printPeers({ peers }: PeersArguments): void {
  for (const { id, name, python } of peers) {
    const needs = python ? `  Python ${python.least.join(".")}, ${python.packages.join(", ")}` : "";
    console.log(`${id.padEnd(12)} ${name}${needs}`);
  }
}
