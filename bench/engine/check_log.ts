/**
 * Reading every channel of a log of several groups, and whether all sides found the same in it.
 *
 * @module
 */
import { closeSync, openSync } from "node:fs";
import { type Channel, Mdf } from "../../mod.ts";
import { readNumbers, readTexts } from "../peers/check_answer.ts";
import type { PeerWork } from "../peers/compare_peers.ts";
import type { Checked, DumpedColumn, JobColumn } from "../peers/protocol.ts";
import { PeerError } from "../peers/runner_process.ts";

/** Values of channels by name, as text. */
export type KnownTexts = Readonly<Record<string, readonly string[]>>;

/**
 * Every channel of a file. What they hold is compared with `known`, and without it with what the first
 * side finds, which is this project.
 */
export async function logWork(
  path: string,
  scratch: string,
  known?: KnownTexts,
): Promise<PeerWork> {
  const columns = await columnsOf(path);
  const fileBytes = (await Deno.stat(path)).size;
  const found: string[][] = [];
  return {
    job: { file: path, operation: "read all channels", columns, scratch },
    amountOf: ({ columns = [], bytes }) =>
      bytes ?? columns.reduce((sum, { count }) => sum + count, 0),
    check(answer, dump) {
      if (answer.bytes !== undefined) {
        if (answer.bytes === fileBytes) return;
        throw new PeerError(`it went through ${answer.bytes} bytes of ${fileBytes}`);
      }
      const texts = textsOf(answer, columns, dump);
      const wanted = known
        ? columns.map(({ group, name }) => group === 0 ? [...known[name] ?? []] : [])
        : found.length > 0
        ? found
        : texts;
      compareColumns(columns, texts, wanted);
      if (found.length === 0) found.push(...texts);
    },
  };
}

/** Every channel of every group, structures before their members. */
async function columnsOf(path: string): Promise<JobColumn[]> {
  await using mdf = await Mdf.open(path);
  const columns: JobColumn[] = [];
  for (const { index, name, channels } of mdf.groups) {
    const structures = new Set(channels.map(({ parent }) => parent));
    for (const [place, channel] of channels.entries()) {
      const kind = structures.has(channel) ? "structure" : await kindOf(mdf, channel);
      columns.push({ group: index, groupName: name, channel: place, name: channel.name, kind });
    }
  }
  return columns;
}

async function kindOf(mdf: Mdf, channel: Channel): Promise<JobColumn["kind"]> {
  const { values } = await mdf.read(channel, { records: [0, 1] });
  if (ArrayBuffer.isView(values)) return "number";
  return ArrayBuffer.isView(values.at(0)) ? "bytes" : "text";
}

/** Values of each column as text; none of structures, whose bytes others put together anew. */
function textsOf({ columns = [] }: Checked, wanted: readonly JobColumn[], dump: string) {
  if (columns.length !== wanted.length) {
    throw new PeerError(`it gives ${columns.length} channels of ${wanted.length}`);
  }
  const file = openSync(dump, "r");
  try {
    return columns.map((column, i) =>
      wanted[i].kind === "structure" ? Array(column.count).fill("") : columnTexts(column, file)
    );
  } finally {
    closeSync(file);
  }
}

function columnTexts(column: DumpedColumn, file: number): string[] {
  if (column.count === 0) return [];
  return column.type === "text"
    ? readTexts(column, file).map(trimBytes)
    : Array.from(readNumbers(column, 0, column.count, file), String);
}

/** Without zeros at the end: some fill bytes up to one length for all. */
export function trimBytes(text: string): string {
  return text.replace(/(,0)+$/, "");
}

/**
 * Compares texts column by column; of structures only how many there are.
 *
 * @throws {PeerError} saying what differs.
 */
export function compareColumns(
  columns: readonly JobColumn[],
  actual: readonly (readonly string[])[],
  wanted: readonly (readonly string[])[],
): void {
  for (const [i, { name, groupName, kind }] of columns.entries()) {
    const place = `"${name}" of ${groupName}`;
    if (kind === "structure" && wanted[i].length === 0) continue;
    if (actual[i].length !== wanted[i].length) {
      throw new PeerError(
        `${place} has ${actual[i].length} values, expected ${wanted[i].length}`,
      );
    }
    const first = kind === "structure"
      ? -1
      : wanted[i].findIndex((text, k) => text !== actual[i][k]);
    if (first >= 0) {
      throw new PeerError(
        `${place}: record ${first} is ${actual[i][first]}, expected ${wanted[i][first]}`,
      );
    }
  }
}
