/**
 * One file after the other, none of which stops the others.
 *
 * @module
 */
import { red } from "@std/fmt/colors";
import { isMdfError } from "../../lib/errors.ts";
import type { Output } from "../inspect.ts";
import { type CatalogueEntry, entryPath, readCatalogue } from "./catalogue.ts";
import { withProgress } from "./file_progress.ts";
import { CATALOGUE_NAME, filesIn, type InputKind, kindOf } from "./index_files.ts";

/** Whether an error is about a file, and not about this program. */
function isAboutFile(error: unknown): error is Error {
  return isMdfError(error) || error instanceof Deno.errors.NotCapable ||
    error instanceof Deno.errors.PermissionDenied || error instanceof Deno.errors.NotFound ||
    error instanceof Deno.errors.IsADirectory || error instanceof Deno.errors.NotADirectory ||
    // The network; `fetch` knows no other error.
    error instanceof TypeError && /fetch|sending request|url/i.test(error.message);
}

/** Runs something for a file, and prints what is wrong with the file; gives false in that case. */
export async function attempt(
  file: string,
  output: Output,
  run: () => Promise<boolean>,
): Promise<boolean> {
  try {
    return await run();
  } catch (error) {
    if (!isAboutFile(error)) throw error;
    const { message } = error;
    output.error(`${red("error")}: ${message.includes(file) ? message : `${file}: ${message}`}`);
    return false;
  }
}

/** Something to look at: a file, an index, or an entry of a catalogue. */
export interface Subject {
  kind: Exclude<InputKind, "folder" | "catalogue">;
  path: string;
  /** What the catalogue has of the file. */
  entry?: CatalogueEntry;
}

/**
 * Runs something for each file that inputs stand for: itself, all of a catalogue, and of a folder all
 * in its catalogue, or where there is none, all files. Tells whether all went well.
 */
export async function eachSubject(
  inputs: readonly string[],
  output: Output,
  run: (subject: Subject) => Promise<boolean>,
): Promise<boolean> {
  let well = true;
  const look = async (subject: Subject) => {
    if (!await attempt(subject.path, output, () => run(subject))) well = false;
  };
  for (const input of inputs) {
    const done = await attempt(input, output, async () => {
      let [kind, path] = [await kindOf(input), input];
      if (kind === "folder") {
        const catalogue = `${input.replace(/\/+$/, "")}/${CATALOGUE_NAME}`;
        if (await exists(catalogue)) [kind, path] = ["catalogue", catalogue];
      }
      if (kind === "catalogue") return await eachEntry(path, output, look);
      if (kind !== "folder") {
        await look({ kind, path });
        return true;
      }
      const files = await filesIn(path);
      await withProgress(files, (file) => look({ kind: "file", path: file }));
      if (files.length === 0) {
        output.error(`${input}: there is no .mf4 or .mdf file in this folder`);
      }
      return files.length > 0;
    });
    well &&= done;
  }
  return well;
}

async function eachEntry(
  catalogue: string,
  output: Output,
  look: (subject: Subject) => Promise<void>,
): Promise<boolean> {
  let well = true;
  for await (const line of readCatalogue(catalogue)) {
    if ("error" in line) {
      output.error(`${red("error")}: ${line.error.message}`);
      well = false;
    } else {
      const path = entryPath(catalogue, line.entry);
      await look({ kind: "file", path, entry: line.entry });
    }
  }
  return well;
}

async function exists(path: string): Promise<boolean> {
  try {
    return (await Deno.stat(path)).isFile;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
