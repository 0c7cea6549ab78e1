import { ProgressBar } from "../../scripts/generate/progress_bar.ts";

/** Steps as lines, measurements as a bar. */
export class PeersProgress {
  #bar: ProgressBar | undefined;
  #name = "";

  /** Tells of something that is to be done first. */
  step(what: string): void {
    this.clear();
    console.error(`${what} ...`);
  }

  /** Tells which part of the measurements is done, 0 to 1, and what is being measured. */
  measured(done: number, what: string): void {
    if (what !== this.#name) {
      this.clear();
      this.#name = what;
      this.#bar = new ProgressBar(what);
      if (!Deno.stderr.isTerminal()) console.error(what);
    }
    this.#bar?.update({ done });
  }

  /** Takes the bar away. */
  clear(): void {
    this.#bar?.clear();
    this.#bar = undefined;
  }
}
