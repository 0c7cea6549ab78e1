/**
 * `index build`: indexes of files, and catalogues of folders.
 *
 * @module
 */
import { yellow } from "@std/fmt/colors";
import { indexStream, Mdf } from "../../mod.ts";
import { openIndex } from "../../lib/index/file_index.ts";
import { namesOf } from "../../lib/index/index_names.ts";
import { describeBytes } from "../generate/describe_bytes.ts";
import { ArgumentError } from "../generate/gen_arguments.ts";
import type { Output } from "../inspect.ts";
import { countOf } from "../inspect/plain_text.ts";
import {
  type CatalogueEntry,
  entryName,
  type GroupTimes,
  readCatalogue,
  writeCatalogue,
} from "./catalogue.ts";
import { attempt } from "./each_file.ts";
import { withProgress } from "./file_progress.ts";
import type { IndexArguments } from "./index_arguments.ts";
import {
  CATALOGUE_NAME,
  compareFile,
  filesIn,
  indexPath,
  kindOf,
  makeIndexOf,
  saveIndex,
} from "./index_files.ts";

/** Makes what the command line asks for. */
export async function buildIndexes(options: IndexArguments, output: Output): Promise<boolean> {
  const { inputs, catalogue, out, stdout } = options;
  const folders: string[] = [];
  const files: string[] = [];
  for (const input of inputs) {
    const kind = await kindOf(input);
    if (kind === "index" || kind === "catalogue") {
      throw new ArgumentError(`${input} is no measurement file; give the file it is to be made of`);
    }
    (kind === "folder" ? folders : files).push(input);
  }
  if (stdout && folders.length > 0) {
    throw new ArgumentError("--stdout is for one file, not for a folder");
  }
  if (catalogue !== undefined) {
    return await buildCatalogue(catalogue, inputs, options, output);
  }
  let well = true;
  for (const folder of folders) {
    const path = out ?? `${folder.replace(/\/+$/, "")}/${CATALOGUE_NAME}`;
    well = await buildCatalogue(path, [folder], options, output) && well;
  }
  await withProgress(files, async (file) => {
    well = await attempt(file, output, () => buildFile(file, options, output)) && well;
  });
  return well;
}

async function buildFile(
  file: string,
  { out, gzip, places, stdout, json }: IndexArguments,
  output: Output,
): Promise<boolean> {
  const index = await makeIndexOf(file, places);
  if (stdout) {
    await indexStream(index, { gzip }).pipeTo(Deno.stdout.writable, { preventClose: true });
    return true;
  }
  const path = out ?? indexPath(file, gzip);
  const bytes = await saveIndex(path, index, gzip || /\.gz$/i.test(path));
  const { size } = index.identity;
  const { channels } = namesOf(openIndex(index))!;
  const problems = (index.problems as unknown[]).length;
  if (json) {
    output.print(JSON.stringify({ file, index: path, bytes, size, channels, problems }));
  } else {
    const part = `${(100 * bytes / size).toPrecision(2)} % of the file`;
    const each = channels > 0 ? `, ${(bytes / channels).toFixed(1)} bytes a channel` : "";
    output.print(`${path}  ${describeBytes(bytes)}, ${part}${each}`);
  }
  if (problems > 0) {
    output.error(
      yellow(`${file}: ${countOf(problems, "part")} could not be read; see deno task inspect`),
    );
  }
  return true;
}

/** What became of the files of a catalogue. */
interface Tally {
  kept: number;
  made: number;
  failed: number;
  removed: number;
}

async function buildCatalogue(
  path: string,
  inputs: readonly string[],
  { places, force, json }: IndexArguments,
  output: Output,
): Promise<boolean> {
  const files: string[] = [];
  const tally: Tally = { kept: 0, made: 0, failed: 0, removed: 0 };
  let well = true;
  for (const input of inputs) {
    well = await attempt(input, output, async () => {
      files.push(...await kindOf(input) === "folder" ? await filesIn(input) : [input]);
      return true;
    }) && well;
  }
  const before = force ? new Map<string, CatalogueEntry>() : await entriesBefore(path, output);
  const entries: CatalogueEntry[] = [];
  await withProgress([...new Set(files)], async (file) => {
    const name = entryName(path, file);
    const known = before.get(name);
    before.delete(name);
    const done = await attempt(file, output, async () => {
      const same = known && !(places && !known.records) &&
        !(await compareFile(file, known.index.identity)).stale;
      entries.push(same ? known : await makeEntry(name, file, places));
      tally[same ? "kept" : "made"]++;
      return true;
    });
    if (!done) tally.failed++;
  });
  tally.removed = before.size;
  entries.sort((a, b) => a.file < b.file ? -1 : 1);
  let bytes = 0;
  well = await attempt(path, output, async () => {
    bytes = await writeCatalogue(path, entries);
    return true;
  }) && well;
  if (!well && bytes === 0) return false;
  const size = entries.reduce((sum, { index }) => sum + index.identity.size, 0);
  if (json) {
    output.print(JSON.stringify({ catalogue: path, files: entries.length, bytes, size, ...tally }));
  } else {
    const { made, kept, failed, removed } = tally;
    const rest = [
      `${made} read`,
      `${kept} unchanged`,
      ...failed > 0 ? [`${failed} failed`] : [],
      ...removed > 0 ? [`${removed} no longer there`] : [],
    ];
    output.print(
      `${path}  ${countOf(entries.length, "file")} of ${describeBytes(size)} in ` +
        `${describeBytes(bytes)}: ${rest.join(", ")}`,
    );
  }
  return well && tally.failed === 0;
}

/** The entries that a catalogue has by now, by name; those that are damaged are made anew. */
async function entriesBefore(
  path: string,
  output: Output,
): Promise<Map<string, CatalogueEntry>> {
  const entries = new Map<string, CatalogueEntry>();
  try {
    await Deno.stat(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return entries;
    throw error;
  }
  await attempt(path, output, async () => {
    for await (const line of readCatalogue(path)) {
      if ("entry" in line) entries.set(line.entry.file, line.entry);
      else output.error(yellow(line.error.message));
    }
    return true;
  });
  return entries;
}

async function makeEntry(name: string, file: string, places: boolean): Promise<CatalogueEntry> {
  await using mdf = await Mdf.open(file, { damaged: "skip" });
  await mdf.locateData();
  const index = places ? await mdf.toIndex({ records: true }) : mdf.toIndex();
  const times: (GroupTimes | null)[] = [];
  for (const group of mdf.groups) times.push(await timesOf(mdf, group));
  return places ? { file: name, records: true, times, index } : { file: name, times, index };
}

/** The first and the last time of a group; null where they cannot be told. */
async function timesOf(mdf: Mdf, group: Mdf["groups"][number]): Promise<GroupTimes | null> {
  const { master, recordCount } = group;
  if (!master || recordCount === 0) return null;
  const valueAt = async (record: number) => {
    const { values } = await mdf.read(master, { records: [record, record + 1] });
    return Number(values.at(0));
  };
  let times: GroupTimes | null = null;
  // A master that cannot be read is a matter of that group, and shows when it is read.
  const quiet: Output = { print: () => {}, error: () => {} };
  await attempt(mdf.name, quiet, async () => {
    const [from, to] = [await valueAt(0), await valueAt(recordCount - 1)];
    if (Number.isFinite(from) && Number.isFinite(to)) times = { from, to, unit: master.unit };
    return true;
  });
  return times;
}
