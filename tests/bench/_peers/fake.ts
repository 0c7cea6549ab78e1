import { appendFileSync } from "node:fs";
import { Mdf } from "../../../mod.ts";
import { type Peer, peerOperation, type PeerResult } from "../../../bench/peers/peer.ts";
import type { Job } from "../../../bench/peers/protocol.ts";

type Column = { [index: number]: unknown; length: number; slice(from: number, to: number): Column };

const mode = Deno.env.get("FAKE_PEER") ?? "right";
let runs = 0;

async function read(job: Job): Promise<PeerResult> {
  runs++;
  const log = Deno.env.get("FAKE_LOG");
  if (log) appendFileSync(log, Deno.env.get("FAKE_NAME")!);
  if (mode === "chatty") console.log("{ this must not get between the answers");
  if (mode === "error") throw new RangeError("no such block");
  if (mode === "crash") {
    console.error("stack smashed");
    Deno.exit(3);
  }
  if (mode === "hang") await new Promise((resolve) => setTimeout(resolve, 600_000));
  await using mdf = await Mdf.open(job.file);
  const signals = await mdf.readAll();
  const columns = signals.map(({ values }) =>
    (ArrayBuffer.isView(values) ? values : Array.from(values as Iterable<string>)) as Column
  );
  const place = (name: string) => signals.findIndex(({ channel }) => channel.name === name);
  const change = (name: string, value: unknown) => columns[place(name)][17] = value;
  const shorten = () => columns[3] = columns[3].slice(0, columns[3].length - 1);
  if (mode === "too few") shorten();
  if (mode === "too few later" && runs > 1) shorten();
  if (mode === "float") change("RPM", (columns[place("RPM")][17] as number) + 1e-6);
  if (mode === "rounding") change("RPM", (columns[place("RPM")][17] as number) * (1 + 2 ** -52));
  if (mode === "integer") change("BatteryEnergy", 3n);
  if (mode === "text") change("DriveState", "Nowhere");
  if (mode === "channels") columns.pop();
  return { columns: columns as never };
}

async function list(job: Job): Promise<PeerResult> {
  await using mdf = await Mdf.open(job.file);
  const names = mdf.groups.map(({ channels }) => channels.map(({ name }) => name));
  if (mode === "name") names[0][2] = "Spede";
  if (mode === "groups") names.push([]);
  return { names };
}

/** A peer that is right or goes wrong, as the environment says. */
export const peer: Peer = {
  name: "fake",
  order: 9,
  version: () => "1.2.3",
  operations: {
    "read all channels": peerOperation({ run: read }),
    "open and list names": peerOperation({ run: list }),
  },
};
