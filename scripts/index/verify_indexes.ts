/**
 * `index verify`: whether an index is still that of its file, and gives the same values.
 *
 * @module
 */
import { green, red, yellow } from "@std/fmt/colors";
import { type IdentityPart, isMdfError, type MdfIndex, UsageError } from "../../mod.ts";
import type { Output } from "../inspect.ts";
import { countOf } from "../inspect/plain_text.ts";
import { compareValues, type ValueReport } from "./compare_values.ts";
import { eachSubject, type Subject } from "./each_file.ts";
import type { IndexArguments } from "./index_arguments.ts";
import { compareFile, indexPath, loadIndex } from "./index_files.ts";

const WORDS: Readonly<Record<IdentityPart, string>> = {
  size: "its size",
  identification: "its identification block",
  header: "its header block, which has the start time",
  start: "its first bytes",
  end: "its last bytes",
  data: "samples of its data",
  spread: "samples of all of it",
  validator: "what the server tells its version by",
  modified: "its time of change",
};

/** Checks each file against its index; false where one has changed, or has other values. */
export function verifyIndexes(options: IndexArguments, output: Output): Promise<boolean> {
  return eachSubject(options.inputs, output, async (subject) => {
    const { path, index } = await indexFor(subject, options);
    const { changed, stale, grown, size } = await compareFile(path, index.identity);
    // With values, a file that has changed is not compared: the reader would refuse the index.
    const values = options.values && !stale ? await compareValues(path, index) : undefined;
    const well = !stale && (values?.different.length ?? 0) === 0;
    if (options.json) {
      output.print(JSON.stringify({ file: path, stale, grown, changed, size, values }));
    } else print(path, { changed, stale, grown }, values, output);
    return well;
  });
}

async function indexFor(
  { kind, path, entry }: Subject,
  options: IndexArguments,
): Promise<{ path: string; index: MdfIndex }> {
  if (entry) return { path, index: entry.index };
  if (kind === "index") {
    const file = path.replace(/\.index\.json(\.gz)?$/i, "");
    if (file === path) {
      throw new UsageError("of which file? Give the file, and this by --index", { file: path });
    }
    return { path: file, index: await loadIndex(path) };
  }
  if (options.index !== undefined) return { path, index: await loadIndex(options.index) };
  try {
    return { path, index: await loadIndex(indexPath(path, false)) };
  } catch (error) {
    // Perhaps there is one that is packed.
    if (!isMdfError(error) || !error.reason.startsWith("there is no such index")) throw error;
    const packed = indexPath(path, true);
    if (await Deno.stat(packed).then(() => true, () => false)) {
      return { path, index: await loadIndex(packed) };
    }
    throw error;
  }
}

function print(
  file: string,
  { changed, stale, grown }: { changed: readonly IdentityPart[]; stale: boolean; grown: boolean },
  values: ValueReport | undefined,
  output: Output,
): void {
  const parts = changed.map((part) => WORDS[part]).join(", ");
  if (stale) {
    const how = grown ? yellow("has only grown") : red("has changed");
    output.print(`${file}: ${how} since the index was made: ${parts}`);
    return;
  }
  const but = changed.length > 0 ? ` (${parts} differs, which alone says nothing)` : "";
  output.print(`${file}: ${green("unchanged")}${but}${values ? `; ${describe(values)}` : ""}`);
  for (const { channel, group, reason } of values?.different ?? []) {
    output.print(`  ${red("different")}: group ${group}, ${channel}: ${reason}`);
  }
}

function describe({ channels, samples, unreadable, different }: ValueReport): string {
  const same = channels - different.length;
  const not = unreadable > 0 ? `, ${unreadable} of them unreadable either way` : "";
  return `${countOf(same, "channel")} of ${channels} with ${
    countOf(samples, "value")
  } the same${not}`;
}
