import { bold, dim, stripAnsiCode } from "@std/fmt/colors";
import { format as formatDuration } from "@std/fmt/duration";
import { describeBytes } from "./describe_bytes.ts";
import type { Progress } from "./generate_file.ts";

const REDRAW_MS = 100;
const MOST_BAR_CELLS = 30;
const LEAST_BAR_CELLS = 4;
// Some pseudo terminals have no size.
const DEFAULT_COLUMNS = 80;
const ERASE_LINE = "\r\x1b[K";

/** A line on standard error that shows how far a file is; nothing when that is not a terminal. */
export class ProgressBar {
  readonly #name: string;
  readonly #shown = Deno.stderr.isTerminal();
  #started = performance.now();
  #drawn = 0;
  #done = 0;

  constructor(name: string) {
    this.#name = name;
  }

  /** Redraws the line, at most ten times a second. */
  update({ done, totalBytes }: Progress): void {
    if (!this.#shown) return;
    const now = performance.now();
    if (done < this.#done) this.#started = now;
    this.#done = done;
    if (now - this.#drawn < REDRAW_MS) return;
    this.#drawn = now;
    const columns = Deno.consoleSize().columns || DEFAULT_COLUMNS;
    this.#print(
      describeProgress(this.#name, { done, totalBytes }, now - this.#started, columns),
    );
  }

  /** Takes the line away. */
  clear(): void {
    if (this.#drawn > 0) this.#print("");
  }

  #print(text: string): void {
    Deno.stderr.writeSync(new TextEncoder().encode(ERASE_LINE + text));
  }
}

/** The line for a part done in so many milliseconds: bar, amount, rate and time left. */
export function describeProgress(
  name: string,
  progress: Progress,
  elapsedMs: number,
  columns: number,
): string {
  const { done, totalBytes } = progress;
  const parts = [`${Math.floor(done * 100)} %`.padStart(5)];
  if (totalBytes !== undefined) {
    const bytes = done * totalBytes;
    parts.push(`${describeBytes(bytes)} of ${describeBytes(totalBytes)}`);
    if (elapsedMs > 0) parts.push(`${describeBytes(bytes / (elapsedMs / 1000))}/s`);
  }
  if (done > 0) {
    const seconds = Math.max(1, Math.ceil((elapsedMs * (1 - done)) / done / 1000));
    parts.push(dim(`${formatDuration(seconds * 1000, { ignoreZero: true })} left`));
  }
  const facts = parts.join("  ");
  const room = columns - stripAnsiCode(`${name}  ${facts}`).length - 3;
  const cells = Math.min(MOST_BAR_CELLS, room);
  if (cells < LEAST_BAR_CELLS) return stripAnsiCode(facts).slice(0, columns - 1);
  const full = Math.round(done * cells);
  return `${bold(name)}  ${"█".repeat(full)}${dim("░".repeat(cells - full))}  ${facts}`;
}
