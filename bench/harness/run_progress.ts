import { ProgressBar } from "../../scripts/generate/progress_bar.ts";

/** A bar for each file that is made and each size that is measured; lines where there is no terminal. */
export class RunProgress {
  #name = "";
  #bar: ProgressBar | undefined;

  /** Tells which part of a task is done, 0 to 1. */
  show(task: "make" | "measure", size: string, done: number): void {
    const name = `${task} ${size}`;
    if (name !== this.#name) {
      this.clear();
      this.#name = name;
      this.#bar = new ProgressBar(name);
      if (!Deno.stderr.isTerminal()) console.error(name);
    }
    this.#bar?.update({ done });
  }

  /** Takes the bar away. */
  clear(): void {
    this.#bar?.clear();
    this.#bar = undefined;
  }
}
