/**
 * Which items of the format the files of passed tests have.
 *
 * @module
 */
import { join } from "node:path";
import { FEATURES } from "../../tests/features/all_features.ts";
import { corpusDir } from "../../tests/_corpus.ts";
import { FORMAT_ITEMS, type FormatItem, itemsOf } from "./format_items.ts";
import { passedTests } from "./test_results.ts";

const TESTS = join(import.meta.dirname!, "..", "..", "tests");

/** An item and the files by which reading it is tested. */
export interface CoveredItem extends FormatItem {
  /** `read`, or `refused` where the tests show a typed error in place of values. */
  readonly read: "read" | "refused" | "untested";
  /** Names of all files that have it, real ones first. */
  readonly files: readonly string[];
  /** How many of them were written by other tools. */
  readonly realFiles: number;
}

/** All items. */
export interface Coverage {
  readonly items: readonly CoveredItem[];
  readonly realFiles: number;
  readonly featureFiles: number;
}

interface TestedFile {
  readonly name: string;
  readonly real: boolean;
  readonly items: ReadonlySet<string>;
  readonly refuses: ReadonlySet<string>;
}

/**
 * Runs the tests and looks into the files of those that passed.
 *
 * @throws {TestRunError} when a test fails
 */
export async function collectCoverage(): Promise<Coverage> {
  const passed = await passedTests([
    join(TESTS, "features_test.ts"),
    join(TESTS, "corpus_test.ts"),
  ]);
  const files = [...await realFiles(passed), ...await featureFiles(passed)];
  const items = FORMAT_ITEMS.map((item): CoveredItem => {
    const having = files.filter(({ items }) => items.has(item.key));
    const reading = having.filter(({ refuses }) => !refuses.has(item.key));
    const shown = reading.length > 0 ? reading : having;
    return {
      ...item,
      read: reading.length > 0 ? "read" : having.length > 0 ? "refused" : "untested",
      files: shown.map(({ name }) => name),
      realFiles: shown.filter(({ real }) => real).length,
    };
  });
  const real = files.filter(({ real }) => real).length;
  return { items, realFiles: real, featureFiles: files.length - real };
}

async function realFiles(passed: ReadonlySet<string>): Promise<TestedFile[]> {
  const directory = corpusDir();
  if (directory === undefined) return [];
  const files: TestedFile[] = [];
  for (const test of passed) {
    const path = /^corpus: (\S+\.mf4) /i.exec(test)?.[1];
    if (path === undefined) continue;
    const items = await itemsOf(await Deno.readFile(join(directory, path)));
    files.push({ name: path.split("/").at(-1)!, real: true, items, refuses: new Set() });
  }
  return files.sort((a, b) => a.name < b.name ? -1 : 1);
}

async function featureFiles(passed: ReadonlySet<string>): Promise<TestedFile[]> {
  const files: TestedFile[] = [];
  for (const { name, make, refuses = [] } of FEATURES) {
    if (!passed.has(`feature: ${name}`)) continue;
    files.push({ name, real: false, items: await itemsOf(make()), refuses: new Set(refuses) });
  }
  return files;
}
