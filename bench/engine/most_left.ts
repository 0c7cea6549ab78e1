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

/**
 * The ratio that is left for a row, if that is less than it is to reach: by new memory, and by reading
 * and inflating on all cores in the same rounds, which some works have as a side. Against one thread of
 * its own, what that does besides is left to do too, at best by all cores.
 */
export function mostLeft(
  { otherMs, target, against }: RowResult,
  { bound, sides }: Pick<WorkResult, "bound" | "sides">,
  cores: number = navigator.hardwareConcurrency,
): MostLeft | undefined {
  if (otherMs === undefined || "atMost" in target) return undefined;
  const timeOf = (id: SideId) => sides.find((side) => side.id === id)?.medianMs;
  const alone = timeOf("inflating"), aloneOnOne = timeOf("inflating-one");
  const least: [cause: string, ms: number][] = [["new memory leaves", bound?.sumOfNewMs ?? 0]];
  if (alone !== undefined) {
    const beside = bound ? bound.newMemoryMs + bound.moveMs + bound.walkMs : 0;
    least.push(
      ["inflating alone leaves", alone],
      ["inflating alone, and new memory, leave", alone + beside / cores],
    );
    if (against === sideName("ours-one") && aloneOnOne !== undefined) {
      const ms = alone + Math.max(0, otherMs - aloneOnOne) / cores;
      least.push(["what inflating alone gains, and all else spread evenly, leave", ms]);
    }
  }
  const found = least.find(([, ms]) => otherMs / ms < target.atLeast);
  return found && { cause: found[0], ratio: otherMs / found[1] };
}
