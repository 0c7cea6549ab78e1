/**
 * How far work on many files is, on standard error where that is a terminal.
 *
 * @module
 */
import { ProgressBar } from "../generate/progress_bar.ts";
import type { Output } from "../inspect.ts";

/** The bar that is shown. */
let shown: ProgressBar | undefined;

/** Does something with many files, one after the other, and shows how far it is. */
export async function withProgress(
  files: readonly string[],
  run: (file: string) => Promise<void>,
): Promise<void> {
  shown = files.length > 1 ? new ProgressBar(`${files.length} files`) : undefined;
  try {
    for (const [i, file] of files.entries()) {
      shown?.update({ done: i / files.length });
      await run(file);
    }
  } finally {
    shown?.clear();
    shown = undefined;
  }
}

/** An output whose lines take the place of the bar. */
export function besideProgress(output: Output): Output {
  const before = (write: (line: string) => void) => (line: string) => {
    shown?.clear();
    write(line);
  };
  return { columns: output.columns, print: before(output.print), error: before(output.error) };
}
