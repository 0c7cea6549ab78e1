/**
 * The report of a run that was kept, among others.
 *
 * @module
 */
import { basename, dirname, join } from "node:path";
import { type BenchResults, loadHistory, loadResults, RESULTS } from "../harness/results.ts";
import { writeReport, type WrittenReport } from "./write_report.ts";

/** Name of the folder that has the report of the latest run. */
const LATEST = "latest";

/**
 * Writes the report of the run at `path`, or of the latest one of a folder: into `out`, or else into
 * a folder of its own beside the results, and into `latest`.
 *
 * @throws {ResultsError} If there is no such run.
 */
export async function reportRun(path = RESULTS, out?: string): Promise<WrittenReport> {
  const run = await loadResults(path);
  const folder = (await Deno.stat(path)).isDirectory ? path : dirname(path);
  const history = await loadHistory(run, folder);
  if (out !== undefined) return await writeReport(run, out, history);
  const written = await writeReport(run, join(folder, folderOf(run)), history);
  await copyReport(written, join(folder, LATEST));
  return written;
}

/** Folder of a run's report. */
function folderOf({ date }: BenchResults): string {
  return date.replaceAll(":", "-");
}

async function copyReport(written: WrittenReport, folder: string): Promise<void> {
  await Deno.mkdir(folder, { recursive: true });
  const { summary, markdown, html, figures } = written;
  for (const path of [summary, markdown, html, ...figures]) {
    await Deno.copyFile(path, join(folder, basename(path)));
  }
}
