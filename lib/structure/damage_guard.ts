/**
 * What happens where the structure of a file is damaged: opening ends with the error, or goes on
 * without the part.
 *
 * @module
 */
import { UnsupportedFeatureError } from "../errors.ts";
import type { Problem } from "./measurement.ts";
import { asProblem } from "./problem.ts";

/** Whether a damaged part of the structure ends opening, or is left out. */
export type Damaged = "refuse" | "skip";

/** Runs the steps of a walk. */
export class DamageGuard {
  readonly #problems: Problem[];
  readonly #damaged: Damaged;

  /** Keeps what is left out in `problems`. */
  constructor(problems: Problem[], damaged: Damaged) {
    this.#problems = problems;
    this.#damaged = damaged;
  }

  /** Keeps an error as a problem where damage is left out; else throws it. */
  leaveOut(error: unknown): void {
    // What this version does not know is no damage; the rest is as the format has it.
    if (this.#damaged === "refuse" && !(error instanceof UnsupportedFeatureError)) throw error;
    this.#problems.push(asProblem(error));
  }

  /** Runs a step; gives undefined when it failed and the file is read without it. */
  async attempt<T>(step: () => Promise<T>): Promise<T | undefined> {
    try {
      return await step();
    } catch (error) {
      this.leaveOut(error);
    }
  }

  /** Runs a step whose failure never keeps the rest from being read. */
  async spare<T>(step: () => Promise<T>): Promise<T | undefined> {
    try {
      return await step();
    } catch (error) {
      this.#problems.push(asProblem(error));
    }
  }
}
