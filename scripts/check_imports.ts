/**
 * Checks who imports whom in the library: `deno run --allow-read scripts/check_imports.ts`.
 *
 * Every file may import `lib/errors.ts` and its own folder; what else, `MAY_IMPORT` says. All imports
 * are relative and end in `.ts`, so that the library works by URL. Prints each violation with file
 * and line and ends with exit code 1 if there is one.
 *
 * @module
 */
import { dirname, join, relative } from "node:path/posix";
import { red, yellow } from "@std/fmt/colors";
import { maskCode } from "./mask_code.ts";

/** Files of `structure/` that only describe the model and read nothing. */
const MODEL = ["structure/measurement.ts", "structure/format_codes.ts", "structure/problem.ts"];

/** For each folder of `lib/`, the folders (with a slash at the end) and files it may import. */
export const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  source: [],
  blocks: ["source/"],
  structure: ["source/", "blocks/"],
  plan: ["source/byte_ranges.ts", ...MODEL],
  decode: ["source/", "blocks/", "structure/", "plan/"],
  conversion: ["structure/"],
  index: ["source/", "blocks/limits.ts", "structure/", "plan/"],
  signal: [
    ...["source/", "blocks/", "structure/", "plan/", "decode/", "conversion/", "index/"],
  ],
  writer: ["blocks/", "source/node_modules.ts", ...MODEL],
};

/** The only files that may name the global `Deno`. */
const MAY_NAME_DENO = ["lib/source/file_source.ts", "lib/writer/file_sink.ts"];

/** Lines above which a file is worth a note. */
const LONG_FILE = 400;

/** Something that the rules forbid. */
export interface Violation {
  /** Path from the root of the checkout. */
  file: string;
  /** Line, counted from 1. */
  line: number;
  /** What is wrong, and what to do. */
  problem: string;
}

/** Violations in one file; `file` is its path from the root of the checkout. */
export function checkFile(file: string, text: string): Violation[] {
  const { code, strings } = maskCode(text);
  const found: { at: number; problem: string }[] = [];
  for (const { at, specifier } of importsOf(code, strings)) {
    const problem = specifier === undefined
      ? "an import whose target is computed cannot be checked; name the file"
      : importProblem(file, specifier);
    if (problem) found.push({ at, problem });
  }
  for (const { index, 0: name } of code.matchAll(/(?<![\w$])(?:eval|Function|Deno)(?![\w$])/g)) {
    if (name !== "Deno") {
      found.push({ at: index, problem: `${name} makes code out of text, which is not allowed` });
    } else if (!MAY_NAME_DENO.includes(file)) {
      found.push({
        at: index,
        problem: `the global Deno is missing elsewhere; only ${
          MAY_NAME_DENO.join(" and ")
        } name it`,
      });
    }
  }
  return found.sort((a, b) => a.at - b.at).map(({ at, problem }) => ({
    file,
    line: text.slice(0, at).split("\n").length,
    problem,
  }));
}

interface Import {
  at: number;
  /** Undefined when it is not a plain string. */
  specifier?: string;
}

/** Imports and re-exports, static and dynamic, of values and of types. */
function importsOf(code: string, strings: ReadonlyMap<number, string>): Import[] {
  const patterns = [
    /(?<![\w$.])(?:import|export)(?=[\s{*])(?:[\w$*,{}\s]|"[^"]*"|'[^']*')*?(?<![\w$])from\s*(?=["'])/g,
    /(?<![\w$.])import\s*(?=["'])/g,
    /(?<![\w$.])import\s*\(\s*(?=\S)/g,
  ];
  return patterns.flatMap((pattern) =>
    Array.from(code.matchAll(pattern), (match) => ({
      at: match.index,
      specifier: strings.get(match.index + match[0].length),
    }))
  );
}

function importProblem(file: string, specifier: string): string | undefined {
  const what = `imports "${specifier}"`;
  if (!/^\.\.?\//.test(specifier)) {
    return `${what}; imports are relative, and built-in modules come from source/node_modules.ts`;
  }
  if (!specifier.endsWith(".ts")) return `${what}; the name of the file ends in .ts`;
  const target = join(dirname(file), specifier);
  if (!target.startsWith("lib/")) {
    return `${what}, which is outside lib/; the library imports nothing but itself`;
  }
  if (target === "lib/errors.ts" || file === "mod.ts") return undefined;
  const from = folderOf(file);
  if (from === undefined) return `${what}; ${file} imports nothing`;
  if (folderOf(target) === from) return undefined;
  const allowed = MAY_IMPORT[from];
  if (!allowed) return `${what}; MAY_IMPORT in scripts/check_imports.ts has no rule for ${from}/`;
  const inside = target.slice("lib/".length);
  if (allowed.some((each) => each.endsWith("/") ? inside.startsWith(each) : inside === each)) {
    return undefined;
  }
  return `${what}; ${from}/ may import only ${["errors.ts", `${from}/`, ...allowed].join(", ")}`;
}

/** `plan` for `lib/plan/x.ts`; undefined for a file at the top. */
function folderOf(file: string): string | undefined {
  const parts = file.split("/");
  return parts.length > 2 ? parts[1] : undefined;
}

/** What was found in a checkout. */
export interface ImportReport {
  /** How many files were looked at. */
  files: number;
  violations: Violation[];
  /** What is worth a look but breaks no rule. */
  notes: string[];
}

/** Checks `mod.ts` and every file of `lib/` in the checkout at `root`. */
export async function checkImports(root: string): Promise<ImportReport> {
  const report: ImportReport = { files: 0, violations: [], notes: [] };
  for (const path of [join(root, "mod.ts"), ...await listSources(join(root, "lib"))]) {
    const file = relative(root, path);
    const text = await Deno.readTextFile(path);
    report.files++;
    report.violations.push(...checkFile(file, text));
    const lines = text.trimEnd().split("\n").length;
    if (lines > LONG_FILE) report.notes.push(`${file} has ${lines} lines; is it still one thing?`);
  }
  return report;
}

async function listSources(directory: string): Promise<string[]> {
  const paths: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(directory)) {
    const path = join(directory, name);
    if (isDirectory) paths.push(...await listSources(path));
    else if (name.endsWith(".ts")) paths.push(path);
  }
  return paths.sort();
}

if (import.meta.main) {
  const { files, violations, notes } = await checkImports(join(import.meta.dirname!, ".."));
  for (const note of notes) console.log(`${yellow("note")}: ${note}`);
  for (const { file, line, problem } of violations) {
    console.error(`${red("error")}: ${file}:${line}: ${problem}`);
  }
  console.log(`${files} files, ${violations.length} forbidden imports or names`);
  if (violations.length > 0 || files < 2) Deno.exit(1);
}
