/**
 * A comparison with peers as rows of text and sentences.
 *
 * @module
 */
import { describeBytes } from "../../scripts/generate/describe_bytes.ts";
import { formatMs, formatNumber } from "../harness/format_results.ts";
import type { TableContent } from "../harness/table.ts";
import type { ComparedPeer, PeerResultRow, PeerRun } from "./peer_results.ts";
import { OURS } from "./registry.ts";

const NONE = "–";

/** What the numbers mean. */
export const PEERS_LEGEND = [
  "Times are medians of runs that begin with nothing open and end with the values in memory, all peers",
  "taking turns in processes of their own; imports and warm-up are not counted. × is the time of a peer",
  'by ours of the same rounds, with the 95 % bootstrap interval; "faster" and "slower" are said of ours,',
  "and only where the interval excludes 1. MB/s is the whole file by the time. Memory is the peak of the",
  "process. Every value was compared with the generator's; who differs gets no ratio.",
];

/** Median time and ratio: a row for each operation, a column for each peer. */
export function overviewTable(run: PeerRun): TableContent {
  return {
    head: ["", ...run.peers.map(({ name }) => name)],
    rows: run.files.flatMap(({ label }) => {
      const found = run.results.filter(({ file }) => file === label);
      const operations = new Set(found.map(({ operation }) => operation));
      return Array.from(operations, (operation) => [
        `${operation} (${label})`,
        ...run.peers.map(({ id }) =>
          overviewCell(found.find((row) => row.operation === operation && row.peer === id))
        ),
      ]);
    }),
  };
}

/** Everything that is known of one operation on one file: a row for each peer. */
export function detailTable(run: PeerRun, rows: readonly PeerResultRow[]): TableContent {
  return {
    head: ["", "median", "MB/s", "× ours", "95 %", "", "memory", "CPU", "runs"],
    rows: rows.map((row) => {
      const peer = run.peers.find(({ id }) => id === row.peer)!;
      if (!row.ms) return [peer.name, row.refusal ?? NONE, ...Array(7).fill(NONE)];
      const { toOurs, fileMBPerSecond, peakMemoryBytes, cpuMs } = row;
      return [
        peer.name,
        formatMs(row.ms.median),
        fileMBPerSecond === undefined ? NONE : formatNumber(fileMBPerSecond),
        toOurs ? formatNumber(toOurs.ratio) : NONE,
        toOurs ? `${formatNumber(toOurs.low)} to ${formatNumber(toOurs.high)}` : NONE,
        verdictOf(row, peer),
        peakMemoryBytes === undefined ? NONE : describeBytes(peakMemoryBytes),
        cpuMs === undefined ? NONE : formatMs(cpuMs),
        String(row.ms.count),
      ];
    }),
  };
}

/** The rows of each operation on each file, under its title. */
export function detailTables(run: PeerRun): { title: string; content: TableContent }[] {
  const groups = Map.groupBy(run.results, ({ file, operation }) => `${operation} (${file})`);
  return Array.from(groups, ([title, rows]) => ({ title, content: detailTable(run, rows) }));
}

/** Who has no figures and why, and who does something in a way of its own. */
export function describeRefusals(run: PeerRun): string[] {
  const refused = run.results.filter(({ refusal }) => refusal && refusal !== "not offered");
  const told = Map.groupBy(
    refused,
    ({ peer, refusal, reason }) => `${peer}\n${refusal}\n${reason}`,
  );
  return Array.from(told.values(), (rows) => {
    const [{ peer, refusal, reason }] = rows;
    const { name } = run.peers.find(({ id }) => id === peer)!;
    const everywhere = rows.length === run.results.filter((row) => row.peer === peer).length;
    const where = everywhere
      ? ""
      : ` (${rows.map(({ file, operation }) => `${operation}, ${file}`).join("; ")})`;
    return `${name}: ${refusal}, ${reason}${where}`;
  });
}

/** How peers do what others do in another way. */
export function describeWays(run: PeerRun): string[] {
  const ways = new Set(
    run.results.filter(({ how }) => how).map(({ peer, operation, how }) =>
      `${operation}: ${run.peers.find(({ id }) => id === peer)!.name} ${how}`
    ),
  );
  return [...ways];
}

/** Versions of those that were measured. */
export function describePeers(peers: readonly ComparedPeer[]): string {
  return peers.filter(({ version }) => version)
    .map(({ name, version, runtime }) => `${name} ${version} (${runtime})`).join(", ");
}

/** `faster` and `slower` are said of this project. */
function verdictOf({ toOurs }: PeerResultRow, { id, floor }: ComparedPeer): string {
  if (id === OURS) return "";
  if (floor) return "floor";
  if (!toOurs) return "";
  if (toOurs.low > 1) return "faster";
  return toOurs.high < 1 ? "slower" : "alike";
}

function overviewCell(row: PeerResultRow | undefined): string {
  if (!row) return NONE;
  if (!row.ms) return row.refusal === "not offered" ? NONE : row.refusal ?? NONE;
  const time = formatMs(row.ms.median);
  return row.toOurs ? `${time} ×${formatNumber(row.toOurs.ratio)}` : time;
}
