/**
 * What ratio was left to reach by what was measured of the machine in the same run.
 *
 * @module
 */
import type { RowResult, WorkResult } from "./run_engine.ts";
import { type SideId, sideName } from "./sides.ts";

/** A ratio that nobody could have exceeded, and why. */
export interface MostLeft {
  /** As the beginning of a sentence that ends with the ratio: `new memory leaves`. */
  cause: string;
  ratio: number;
}

const KEEPING = ["inflating and keeping alone", "keeping"] as const;

/**
 * The ratio that is left for a row, if that is less than it is to reach: by new memory, and by programs
 * that do nothing but read and inflate on all cores in the same rounds, or keep the bytes besides, which
 * some works have as sides. Against one thread of its own, what that does besides is left to do too, at
 * best by all cores.
 */
export function mostLeft(
  { otherMs, target, against }: RowResult,
  { bound, sides }: Pick<WorkResult, "bound" | "sides">,
  cores: number = navigator.hardwareConcurrency,
): MostLeft | undefined {
  if (otherMs === undefined || "atMost" in target) return undefined;
  const timeOf = (id: SideId) => sides.find((side) => side.id === id)?.medianMs;
  const least: [cause: string, ms: number][] = [["new memory leaves", bound?.sumOfNewMs ?? 0]];
  const alone = timeOf("inflating");
  if (alone !== undefined) {
    const beside = bound ? bound.newMemoryMs + bound.moveMs + bound.walkMs : 0;
    least.push(
      ["inflating alone leaves", alone],
      ["inflating alone, and new memory, leave", alone + beside / cores],
    );
  }
  const kept = timeOf("keeping");
  if (kept !== undefined) least.push(["inflating and keeping alone leave", kept]);
  if (against === sideName("ours-one")) {
    for (const [what, side] of [["inflating alone", "inflating"], KEEPING] as const) {
      const ms = timeOf(side), onOne = timeOf(`${side}-one`);
      if (ms === undefined || onOne === undefined) continue;
      const rest = Math.max(0, otherMs - onOne) / cores;
      least.push([`what ${what} gains, and all else spread evenly, leave`, ms + rest]);
    }
  }
  const found = least.find(([, ms]) => otherMs / ms < target.atLeast);
  return found && { cause: found[0], ratio: otherMs / found[1] };
}
