/**
 * A file by its channels: as a tree, a table, values or JSON.
 *
 * @module
 */
import { red } from "@std/fmt/colors";
import type { MdfError } from "../../lib/errors.ts";
import type { Mdf } from "../../lib/signal/mdf.ts";
import type { ByteSource } from "../../lib/source/byte_source.ts";
import { allProblems, describeFile, type FileDescription, withChannels } from "./describe_file.ts";
import { exactJson } from "./exact_json.ts";
import type { InspectArguments } from "./inspect_arguments.ts";
import { openAroundDamage } from "./open_around_damage.ts";
import { channelTable } from "./print_table.ts";
import { fileTree, NO_LIMITS, USUAL_LIMITS } from "./print_tree.ts";
import { valueLines } from "./print_values.ts";
import { type GroupValues, readFirstValues, valueAt } from "./read_values.ts";

/** Prints a file and gives what is wrong with it. */
export async function printFile(
  source: ByteSource,
  options: InspectArguments,
  output: { print(line: string): void; readonly columns?: number },
): Promise<MdfError[]> {
  const { mdf, leftOut, error } = await openAroundDamage(source);
  if (!mdf) throw error;
  const full = options.all || options.json;
  const detail = full ? { entries: Infinity, text: Infinity } : { entries: 8, text: 40 };
  const whole = describeFile(mdf, { detail, leftOut });
  const problems = allProblems(whole);
  const file = options.filter === undefined ? whole : withChannels(whole, options.filter);
  const values = options.values === undefined
    ? undefined
    : await readFirstValues(mdf, options.values, options.filter);
  if (options.json) output.print(exactJson({ ...file, values: values && valuesJson(values) }));
  else for (const line of viewLines(mdf, file, values, options, output.columns)) output.print(line);
  for (const { channels } of values ?? []) {
    for (const { error } of channels) if (error && !isTold(problems, error)) problems.push(error);
  }
  return problems;
}

/** Reading throws the same problem that the structure already told. */
function isTold(problems: readonly MdfError[], error: MdfError): boolean {
  return problems.some(({ message }) => message === error.message);
}

function viewLines(
  mdf: Mdf,
  file: FileDescription,
  values: GroupValues[] | undefined,
  options: InspectArguments,
  columns: number | undefined,
): string[] {
  if (file.dataGroups.length === 0 && options.filter !== undefined) {
    const count = mdf.groups.reduce((sum, { channels }) => sum + channels.length, 0);
    return [red(`none of the ${count} channels has "${options.filter}" in its name`)];
  }
  const lines: string[] = [];
  if (options.view === "tree") {
    lines.push(...fileTree(file, options.all ? NO_LIMITS : USUAL_LIMITS));
  }
  if (options.view === "table") lines.push(...channelTable(file, columns));
  if (values) lines.push(...valueLines(values, columns));
  return lines;
}

function valuesJson(groups: readonly GroupValues[]): unknown {
  return groups.map(({ group, records, channels }) => ({
    group: group.index,
    channels: channels.map(({ channel, signal, error }) => ({
      name: channel.name,
      unit: channel.unit,
      timestamps: signal?.timestamps,
      values: signal && Array.from({ length: records }, (_, i) => valueAt(signal, i) ?? null),
      error,
    })),
  }));
}
