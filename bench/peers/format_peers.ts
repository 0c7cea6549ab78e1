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
  "Times are medians of runs that begin with nothing open and end with the values in memory; all peers",
  "take turns, in processes of their own, and imports and warm-up are not counted. × is the time of a",
  "peer by ours of the same round, with its 99 % bootstrap interval; a peer is called faster or slower",
  "only where that excludes 1. MB/s is the whole file by the time, memory the peak of the process, CPU",
  "the time of all its threads. Every value was compared with the generator's; who differs has no ratio.",
];

/** Median time and ratio: a row for each operation, a column for each peer. */
export function overviewTable(run: PeerRun): TableContent {
  return {
    head: ["", ...run.peers.map(({ name }) => name)],
    rows: Array.from(measuredWork(run), ([title, rows]) => [
      title,
      ...run.peers.map(({ id }) => overviewCell(rows.find(({ peer }) => peer === id))),
    ]),
  };
}

/** Everything that is known of each operation on each file: a row for each peer. */
export function detailTables(run: PeerRun): { title: string; content: TableContent }[] {
  return Array.from(measuredWork(run), ([title, rows]) => ({
    title,
    content: detailTable(run, rows.filter(({ refusal }) => refusal !== "not offered")),
  }));
}

/** Who has no figures, and why. */
export function describeRefusals(run: PeerRun): string[] {
  const refused = run.results.filter(({ refusal }) =>
    refusal && refusal !== "not offered" && refusal !== "not measured"
  );
  const groups = Map.groupBy(
    refused,
    ({ peer, refusal, reason }) => [peer, refusal, reason].join(),
  );
  const lines = Array.from(groups.values(), (rows) => {
    const [{ peer, refusal, reason }] = rows;
    const everywhere = rows.length === run.results.filter((row) => row.peer === peer).length;
    const where = everywhere ? "" : ` (${rows.map(titleOf).join("; ")})`;
    return `${nameOf(run, peer)}: ${refusal}: ${reason}${where}`;
  });
  const late = run.results.filter(({ refusal }) => refusal === "not measured");
  if (late.length === 0) return lines;
  const titles = new Set(late.map(titleOf));
  return [...lines, `Not measured, ${late[0].reason}: ${[...titles].join("; ")}`];
}

/** How peers do what others do in another way. */
export function describeWays(run: PeerRun): string[] {
  const ways = new Set(
    run.results.filter(({ how }) => how)
      .map(({ peer, operation, how }) => `${operation}: ${nameOf(run, peer)} ${how}`),
  );
  return [...ways];
}

/** Versions of those that were measured. */
export function describePeers(peers: readonly ComparedPeer[]): string {
  return peers.filter(({ version }) => version)
    .map(({ name, version, runtime }) => `${name} ${version} (${runtime})`).join(", ");
}

/** Rows by their title, without those that the time did not suffice for. */
function measuredWork(run: PeerRun): Map<string, PeerResultRow[]> {
  return Map.groupBy(
    run.results.filter(({ refusal }) => refusal !== "not measured"),
    titleOf,
  );
}

function titleOf({ file, operation }: PeerResultRow): string {
  return `${operation} (${file})`;
}

function nameOf(run: PeerRun, id: string): string {
  return run.peers.find((peer) => peer.id === id)!.name;
}

function detailTable(run: PeerRun, rows: readonly PeerResultRow[]): TableContent {
  return {
    head: ["", "median", "MB/s", "× ours", "99 %", "", "memory", "CPU", "runs"],
    rows: rows.map((row) => {
      const peer = run.peers.find(({ id }) => id === row.peer)!;
      if (!row.ms) return [peer.name, row.refusal ?? NONE, ...Array(7).fill(NONE)];
      const { fileMBPerSecond, peakMemoryBytes, cpuMs } = row;
      return [
        peer.name,
        formatMs(row.ms.median),
        fileMBPerSecond === undefined ? NONE : formatNumber(fileMBPerSecond),
        ...ratioCells(row, peer),
        peakMemoryBytes === undefined ? NONE : describeBytes(peakMemoryBytes),
        cpuMs === undefined ? NONE : formatMs(cpuMs),
        String(row.ms.count),
      ];
    }),
  };
}

function ratioCells({ toOurs }: PeerResultRow, { id, floor }: ComparedPeer): string[] {
  if (id === OURS) return [NONE, NONE, ""];
  if (!toOurs) return [NONE, NONE, "ours has no figures"];
  if (toOurs.verdict === "refused") return [NONE, NONE, toOurs.reason];
  const { value, interval: [low, high] } = toOurs.ratio;
  return [
    formatNumber(value),
    `${formatNumber(low)} to ${formatNumber(high)}`,
    floor ? "floor" : toOurs.verdict,
  ];
}

function overviewCell(row: PeerResultRow | undefined): string {
  if (!row || row.refusal === "not offered") return NONE;
  if (!row.ms) return row.refusal ?? NONE;
  const time = formatMs(row.ms.median);
  if (!row.toOurs || row.toOurs.verdict === "refused") return time;
  return `${time} ×${formatNumber(row.toOurs.ratio.value)}`;
}
