import { describeProgress } from "../../scripts/generate/progress_bar.ts";

const REDRAW_MS = 100;
const ERASE_LINE = "\r\x1b[K";
const DEFAULT_COLUMNS = 80;

/** One line for a whole run: what is being done, which part is over, and the time left. */
export class AllProgress {
  readonly #shown = Deno.stderr.isTerminal();
  readonly #started = performance.now();
  #what = "";
  #drawn = -Infinity;

  /** Tells what is done now, and which part of the whole is over, 0 to 1. */
  show(what: string, done: number): void {
    const elapsed = performance.now() - this.#started;
    const isNew = what !== this.#what;
    this.#what = what;
    if (!this.#shown) {
      if (isNew) console.error(describeStep(what, done, elapsed));
      return;
    }
    if (!isNew && performance.now() - this.#drawn < REDRAW_MS) return;
    this.#drawn = performance.now();
    const columns = Deno.consoleSize().columns || DEFAULT_COLUMNS;
    this.#print(describeProgress(what, { done }, elapsed, columns));
  }

  /** Takes the line away. */
  clear(): void {
    if (this.#drawn > 0) this.#print("");
  }

  #print(text: string): void {
    Deno.stderr.writeSync(new TextEncoder().encode(ERASE_LINE + text));
  }
}

/** A line for a pipe: ` 42 %, 63 s left: what`. */
export function describeStep(what: string, done: number, elapsedMs: number): string {
  const percent = `${Math.floor(done * 100)} %`.padStart(5);
  if (done <= 0) return `${percent}: ${what}`;
  return `${percent}, ${Math.ceil(elapsedMs * (1 - done) / done / 1000)} s left: ${what}`;
}
