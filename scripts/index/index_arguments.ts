/**
 * The command line of `scripts/index.ts`.
 *
 * @module
 */
import { parseArgs } from "@std/cli/parse-args";
import { ArgumentError, refuseUnknown } from "../generate/gen_arguments.ts";

/** What to do. */
export type Command = "build" | "show" | "verify" | "ranges" | "find" | "schema";

/** What the command line asks for. */
export interface IndexArguments {
  help: boolean;
  command: Command;
  /** Paths and addresses of files, folders, indexes and catalogues. */
  inputs: string[];
  json: boolean;
  /** `build`: where the index or catalogue goes. */
  out?: string;
  /** `build`: the one catalogue for all inputs. */
  catalogue?: string;
  /** `build`: the index goes to standard output. */
  stdout: boolean;
  gzip: boolean;
  /** `build`: with the places of mixed records. */
  places: boolean;
  /** `build`: do not keep what is unchanged. */
  force: boolean;
  /** `verify`, `ranges`: the index, where it is not beside the file. */
  index?: string;
  /** `verify`: compare all values. */
  values: boolean;
  /** `ranges`, `find`: name of a channel, or a pattern. */
  channel?: string;
  group?: number | string;
  records?: [number, number];
  time?: [number, number];
  gap?: number;
  /** `show`: leave nothing out. */
  all: boolean;
}

/** Text of `--help`. */
export const INDEX_HELP = `Makes, shows, checks and searches indexes of MDF 4 files.

Usage: deno task index COMMAND FILE… [options]
       deno run -A scripts/index.ts COMMAND FILE… [options]

FILE is a path or an http address of a file, of an index (.json, .json.gz) or of a catalogue
(.jsonl), or a folder, of which all .mf4 and .mdf files are meant.

Commands
  build FILE…          writes FILE.index.json for each file, and for each folder a catalogue
                       FOLDER/mf4-index.jsonl of all files in it, of which only those that are
                       new or have changed are read again
    --out PATH         another name for the index of one file, or the catalogue of one folder
    --catalogue PATH   one catalogue for all that is given
    --stdout           the index of one file goes to standard output
    --gzip             indexes are packed: FILE.index.json.gz
    --records          also notes where the records of mixed groups lie; reads all of these
    --force            makes everything anew
  show FILE…           what an index holds: its sizes, groups and channels; --all for every channel
  verify FILE…         checks that the index beside FILE is still that of FILE; of a catalogue, of
                       all its files
    --index PATH       checks this index
    --values           also compares the values of every channel, by the index and without it
  ranges FILE…         which bytes of the file a channel needs
    --channel NAME     the channel; needed
    --group N|NAME     in this group
    --records A:B      only the records from A to before B
    --time A:B         only the records whose master lies from A to before B; needs the file
    --gap N            spans that lie at most N bytes apart are one; default 64
    --index PATH       by this index, where it is not beside the file
  find NAME FILE…      channels of that name in any of the files; * stands for any characters and
                       ? for one; upper and lower case are the same
  schema               the JSON Schemas of an index and of the lines of a catalogue

  --json               one line of JSON for each file, of find for each channel
  -h, --help           this text

Examples
  deno task index build drives/
  deno task index find "*rpm*" drives/
  deno task index ranges drive.mf4 --channel RPM --time 60:70
  deno task index verify drive.mf4 --values

Exit code: 0 done, 1 a file failed, has changed or has no such channel, 2 bad arguments.`;

const COMMANDS: Readonly<Record<Command, readonly string[]>> = {
  build: ["out", "catalogue", "stdout", "gzip", "records", "force"],
  show: ["all"],
  verify: ["index", "values"],
  ranges: ["channel", "group", "records", "time", "gap", "index"],
  find: [],
  schema: [],
};

const BOOLEANS = ["stdout", "gzip", "force", "values", "all"] as const;
const TEXTS = ["out", "catalogue", "index", "channel", "group", "time", "gap"] as const;

/**
 * Reads the command line.
 *
 * @throws {ArgumentError} If something in it is wrong.
 */
export function parseIndexArguments(args: string[]): IndexArguments {
  const isBuild = args.find((arg) => !arg.startsWith("-")) === "build";
  const parsed = parseArgs(args, {
    // The same word has a value elsewhere.
    boolean: ["help", "json", ...BOOLEANS, ...(isBuild ? ["records"] : [])],
    string: [...TEXTS, "_", ...(isBuild ? [] : ["records"])],
    alias: { help: "h" },
    unknown: (argument, key) => key === undefined ? undefined : refuseUnknown(argument),
  }) as unknown as
    & { help: boolean; json: boolean; records?: boolean | string; _: string[] }
    & Record<typeof BOOLEANS[number], boolean>
    & Partial<Record<typeof TEXTS[number], string>>;
  const [command, ...rest] = parsed._;
  const known = command !== undefined && Object.hasOwn(COMMANDS, command);
  if (!known && !parsed.help) {
    const names = Object.keys(COMMANDS).join(", ");
    throw new ArgumentError(
      command === undefined
        ? `what is to be done? Give one of ${names}`
        : `${command}: use ${names}`,
    );
  }
  const found: IndexArguments = {
    help: parsed.help,
    command: command as Command,
    inputs: rest,
    json: parsed.json,
    out: parsed.out,
    catalogue: parsed.catalogue,
    stdout: parsed.stdout,
    gzip: parsed.gzip,
    places: parsed.records === true,
    force: parsed.force,
    index: parsed.index,
    values: parsed.values,
    channel: parsed.channel,
    all: parsed.all,
  };
  if (parsed.help) return found;
  for (const name of [...BOOLEANS, ...TEXTS, "records"] as const) {
    if (COMMANDS[found.command].includes(name) || !parsed[name]) continue;
    throw new ArgumentError(`--${name} does not go with ${command}`);
  }
  for (const name of TEXTS) {
    if (parsed[name] === "") throw new ArgumentError(`--${name} needs a value`);
  }
  if (found.command === "find") found.channel = found.inputs.shift();
  if (parsed.group !== undefined) {
    found.group = /^\d+$/.test(parsed.group) ? Number(parsed.group) : parsed.group;
  }
  if (typeof parsed.records === "string") found.records = windowOf("records", parsed.records, true);
  if (parsed.time !== undefined) found.time = windowOf("time", parsed.time, false);
  if (parsed.gap !== undefined) {
    found.gap = /^\d+$/.test(parsed.gap) ? Number(parsed.gap) : NaN;
    if (!Number.isSafeInteger(found.gap)) {
      throw new ArgumentError(`--gap needs a number of bytes, not "${parsed.gap}"`);
    }
  }
  check(found);
  return found;
}

function check({ command, inputs, channel, out, catalogue, stdout, json, index }: IndexArguments) {
  if (command === "schema") {
    if (inputs.length > 0) refuseUnknown(inputs[0]);
    return;
  }
  if (command === "find" && !channel) throw new ArgumentError("find which channel? Give a name");
  if (inputs.length === 0) {
    throw new ArgumentError("which file? Give the path or the address of one");
  }
  const empty = inputs.indexOf("");
  if (empty >= 0) throw new ArgumentError(`file ${empty + 1} has an empty name`);
  if (command === "ranges" && !channel) {
    throw new ArgumentError("of which channel? Give --channel NAME");
  }
  const one = (["out", "stdout", "index"] as const)
    .find((name) => ({ out, stdout, index })[name] && inputs.length > 1);
  if (one) throw new ArgumentError(`--${one} is for one file, and ${inputs.length} are given`);
  if ([out, catalogue, stdout || undefined].filter((each) => each !== undefined).length > 1) {
    throw new ArgumentError("--out, --catalogue and --stdout exclude each other");
  }
  if (stdout && json) throw new ArgumentError("--stdout and --json exclude each other");
}

function windowOf(name: string, text: string, whole: boolean): [number, number] {
  const [from, to, ...more] = text.split(":").map((part) => part.trim());
  const start = from === "" ? (whole ? 0 : -Infinity) : Number(from);
  const end = to === "" ? Infinity : Number(to);
  const wrong = to === undefined || more.length > 0 || !(start <= end) ||
    whole &&
      !(Number.isInteger(start) && start >= 0 && (end === Infinity || Number.isInteger(end)));
  if (wrong) {
    const kind = whole ? "two whole numbers" : "two numbers";
    throw new ArgumentError(`--${name} needs ${kind} as A:B with A <= B, not "${text}"`);
  }
  return [start, end];
}
