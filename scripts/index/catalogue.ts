/**
 * Catalogues: the indexes of many files in one file, a line of JSON for each, behind a line that says
 * what it is.
 *
 * @module
 */
import { dirname, join, relative, resolve } from "node:path";
import { INDEX_JSON_SCHEMA, type MdfIndex, UsageError } from "../../mod.ts";
import { checkFormat } from "../../lib/index/file_index.ts";
import { isAddress, openBytes, writeWhole } from "./index_files.ts";

/** Version of the layout. */
export const CATALOGUE_VERSION = 1;

const HEAD = { format: "mf4-catalogue", schema: CATALOGUE_VERSION };

/** First and last value of the master channel of a group. */
export interface GroupTimes {
  from: number;
  to: number;
  /** Unit of the master channel. */
  unit: string;
}

/** One file of a catalogue. */
export interface CatalogueEntry {
  /** Path of the file from the folder of the catalogue, with slashes; or its address. */
  file: string;
  /** Whether the index tells the places of mixed records. */
  records?: true;
  /** Of each group that is listed, its times; null where it has none. */
  times: (GroupTimes | null)[];
  index: MdfIndex;
}

/** JSON Schema of the lines of a catalogue. */
export const CATALOGUE_SCHEMA: Readonly<Record<string, unknown>> = {
  $schema: "https://json-schema.org/draft/2020-12/schema",
  title: "Line of a catalogue of ASAM MDF 4 files; the first line says what it is",
  anyOf: [
    {
      type: "object",
      properties: { format: { const: HEAD.format }, schema: { const: HEAD.schema } },
      required: ["format", "schema"],
      additionalProperties: false,
    },
    {
      type: "object",
      properties: {
        file: { type: "string", minLength: 1 },
        records: { const: true },
        times: {
          type: "array",
          items: {
            anyOf: [{ type: "null" }, {
              type: "object",
              properties: {
                from: { type: "number" },
                to: { type: "number" },
                unit: { type: "string" },
              },
              required: ["from", "to", "unit"],
              additionalProperties: false,
            }],
          },
        },
        index: { $ref: "#/$defs/index" },
      },
      required: ["file", "times", "index"],
      additionalProperties: false,
    },
  ],
  $defs: { index: { ...INDEX_JSON_SCHEMA, $id: "mf4-index", $schema: undefined } },
};

/** The name of a file in a catalogue. */
export function entryName(catalogue: string, file: string): string {
  if (isAddress(file)) return file;
  return relative(dirname(resolve(catalogue)), resolve(file)).replaceAll("\\", "/");
}

/** Where a file of a catalogue is. */
export function entryPath(catalogue: string, { file }: { file: string }): string {
  if (isAddress(file)) return file;
  if (isAddress(catalogue)) return new URL(file, catalogue).href;
  return join(dirname(catalogue), file);
}

/** A line of a catalogue: an entry, or what is wrong with it. */
export type CatalogueLine = { entry: CatalogueEntry } | { error: UsageError };

/**
 * The entries of a catalogue, one after the other; a broken one does not hide the others.
 *
 * @throws {UsageError} when it is no catalogue, or one of another version
 */
export async function* readCatalogue(path: string): AsyncGenerator<CatalogueLine> {
  let number = 0;
  for await (const line of linesOf(await openCatalogue(path))) {
    if (++number === 1) {
      checkHead(path, line);
      continue;
    }
    if (line === "") continue;
    try {
      yield { entry: entryOf(line) };
    } catch (error) {
      const reason = error instanceof UsageError ? error.reason : (error as Error).message;
      yield { error: new UsageError(`line ${number} is damaged: ${reason}`, { file: path }) };
    }
  }
  if (number === 0) throw new UsageError("this is no catalogue; it is empty", { file: path });
}

async function openCatalogue(path: string): Promise<ReadableStream<Uint8Array>> {
  try {
    return await openBytes(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    throw new UsageError("there is no such catalogue; make it with build", { file: path });
  }
}

async function* linesOf(bytes: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest: string[] = [];
  for await (const chunk of bytes) {
    const [first, ...more] = decoder.decode(chunk, { stream: true }).split("\n");
    rest.push(first);
    for (const next of more) {
      yield rest.join("");
      rest = [next];
    }
  }
  if (rest.some((part) => part !== "")) yield rest.join("");
}

function checkHead(path: string, line: string): void {
  let head: Partial<typeof HEAD> | null = null;
  try {
    head = JSON.parse(line);
  } catch {
    // What it is instead does not matter.
  }
  if (head?.format !== HEAD.format) {
    throw new UsageError("this is no catalogue made by build", { file: path });
  }
  if (head.schema === HEAD.schema) return;
  throw new UsageError(
    `the catalogue has layout version ${head.schema} and this version reads ${HEAD.schema}; make it ` +
      "again with build --force",
    { file: path },
  );
}

function entryOf(line: string): CatalogueEntry {
  const { file, records, times, index } = JSON.parse(line) ?? {};
  if (typeof file !== "string" || file === "") throw new UsageError("it names no file");
  checkFormat(index);
  if (!Array.isArray(times) || !times.every(isTimes)) throw new UsageError("its times are none");
  return records === true ? { file, records, times, index } : { file, times, index };
}

function isTimes(value: unknown): boolean {
  if (value === null) return true;
  const { from, to, unit } = value as GroupTimes;
  return typeof from === "number" && typeof to === "number" && typeof unit === "string";
}

/** Writes a catalogue, whole or not at all, and gives its bytes. */
export function writeCatalogue(path: string, entries: readonly CatalogueEntry[]): Promise<number> {
  const encoder = new TextEncoder();
  const lines = [HEAD, ...entries][Symbol.iterator]();
  return writeWhole(
    path,
    new ReadableStream({
      pull(controller) {
        const { done, value } = lines.next();
        if (done) controller.close();
        else controller.enqueue(encoder.encode(JSON.stringify(value) + "\n"));
      },
    }),
  );
}
