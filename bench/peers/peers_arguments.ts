/**
 * The command line of `deno task bench:peers`.
 *
 * @module
 */
import { parseArgs } from "@std/cli/parse-args";
import { ArgumentError, refuseUnknown } from "../../scripts/generate/gen_arguments.ts";
import type { Size } from "../../scripts/generate/test_files.ts";
import { parseSizes } from "../harness/bench_arguments.ts";
import { type Shape, SHAPES } from "./peer_files.ts";
import { OPERATION_NAMES, type OperationName } from "./protocol.ts";
import { OURS, type PeerEntry } from "./registry.ts";

/** What the command line asks for. */
export interface PeersArguments {
  help: boolean;
  list: boolean;
  /** Each shape has a size of its own when absent. */
  sizes?: Size[];
  shapes: Shape[];
  /** Those of each shape when absent. */
  operations?: OperationName[];
  peers: PeerEntry[];
  iterations?: number;
  /** Seconds. */
  timeBudget: number;
  json: boolean;
  data?: string;
  out?: string;
}

/** Text of `--help`. */
export const PEERS_HELP = `Compares reading with other readers, on equal and checked work.

Usage: deno task bench:peers [options]

  --sizes LIST         small (1 MB), medium (10 MB), large (100 MB), huge (500 MB), or sizes of
                       your own such as 250kB, separated by commas; default medium, and
                       large for float64
  --shapes LIST        ${SHAPES.map(({ name }) => name).join(", ")}; default all
  --operations LIST    parts of the names of operations, such as "one channel"; default all,
                       of float64 three when no sizes are given
  --peers LIST         ids of peers, see --list; ours is always there; default all
  --iterations N       exactly N runs of each; default as many as the time allows
  --time-budget S      seconds for the measurements; default 170
  --json               the results as JSON on standard output, and nothing else there
  --data FOLDER        where the test files are, and are made when missing; default testdata
  --out FOLDER         where the results are kept; default bench/results
  --list               names the peers and what they need, and does nothing else
  -h, --help           this text

Peers in Python live in bench/.venv, which is made when it is missing (Python 3.9 or later, pip and
the network are needed once); where that fails, their rows say what is missing.
Exit code: 0 done, 1 failed or a wrong result of ours, 2 bad arguments, 130 interrupted.`;

const VALUED = [
  "sizes",
  "shapes",
  "operations",
  "peers",
  "iterations",
  "time-budget",
  "data",
  "out",
] as const;
const DEFAULT_SECONDS = 170;

/**
 * Reads the command line.
 *
 * @throws {ArgumentError} If something in it is wrong.
 * @throws {RangeError} If a number is out of range.
 */
export function parsePeersArguments(
  args: readonly string[],
  peers: readonly PeerEntry[],
): PeersArguments {
  const parsed = parseArgs(args, {
    boolean: ["help", "json", "list"],
    string: [...VALUED, "_"],
    alias: { help: "h" },
    unknown: refuseUnknown,
  });
  if (parsed._.length > 0) refuseUnknown(String(parsed._[0]));
  const text = (name: typeof VALUED[number]): string | undefined => {
    const value = parsed[name];
    if (value === "") throw new ArgumentError(`--${name} needs a value`);
    return value;
  };
  const sizes = text("sizes"), budget = text("time-budget"), iterations = text("iterations");
  return {
    help: parsed.help,
    list: parsed.list,
    sizes: sizes === undefined ? undefined : parseSizes(sizes),
    shapes: chooseShapes(text("shapes")),
    operations: chooseOperations(text("operations")),
    peers: choosePeers(text("peers"), peers),
    iterations: iterations === undefined ? undefined : atLeastOne("iterations", iterations, true),
    timeBudget: budget === undefined ? DEFAULT_SECONDS : atLeastOne("time-budget", budget, false),
    json: parsed.json,
    data: text("data"),
    out: text("out"),
  };
}

function chooseShapes(list: string | undefined): Shape[] {
  if (list === undefined) return [...SHAPES];
  const names = SHAPES.map(({ name }) => name);
  const chosen = chooseNames("shapes", list, names);
  return SHAPES.filter(({ name }) => chosen.has(name));
}

function chooseOperations(list: string | undefined): OperationName[] | undefined {
  if (list === undefined) return undefined;
  const parts = wordsOf(list);
  for (const part of parts) {
    if (!OPERATION_NAMES.some((name) => name.includes(part))) {
      throw new ArgumentError(
        `--operations ${list}: no operation is called so; there are ` +
          OPERATION_NAMES.map((name) => `"${name}"`).join(", "),
      );
    }
  }
  return OPERATION_NAMES.filter((name) => parts.some((part) => name.includes(part)));
}

function choosePeers(list: string | undefined, peers: readonly PeerEntry[]): PeerEntry[] {
  if (list === undefined) return [...peers];
  const chosen = chooseNames("peers", list, peers.map(({ id }) => id));
  return peers.filter(({ id }) => id === OURS || chosen.has(id));
}

function chooseNames(option: string, list: string, names: readonly string[]): Set<string> {
  const chosen = wordsOf(list);
  const unknown = chosen.find((name) => !names.includes(name));
  if (unknown === undefined) return new Set(chosen);
  throw new ArgumentError(`--${option} ${list}: "${unknown}" is none of ${names.join(", ")}`);
}

function wordsOf(list: string): string[] {
  return list.split(",").map((word) => word.trim());
}

function atLeastOne(option: string, text: string, whole: boolean): number {
  const value = Number(text);
  if (Number.isNaN(value)) throw new ArgumentError(`--${option} needs a number, not "${text}"`);
  if (value < 1 || !Number.isFinite(value) || (whole && !Number.isInteger(value))) {
    throw new RangeError(
      `--${option} must be ${whole ? "a whole number of " : ""}at least 1, not ${text}`,
    );
  }
  return value;
}
