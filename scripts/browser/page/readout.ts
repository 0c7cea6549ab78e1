/**
 * What is under the cursor, and what a channel holds in all, in words.
 *
 * @module
 */
import { countOf, oneLine } from "../../inspect/plain_text.ts";
import { MinMaxBins } from "./min_max_bins.ts";
import { valueNumber } from "./number_text.ts";
import type { Bins } from "./read_channel.ts";

/** Units of the axes; empty for none. */
export interface Units {
  x: string;
  y: string;
}

function withUnit(text: string, unit: string): string {
  return unit ? `${text} ${unit}` : text;
}

/** Time and value of a point; of a bin with several records, what they have. */
export function pointReadout(
  bins: Bins,
  x: number,
  y: number | null | undefined,
  record: number,
  units: Units,
): string {
  const bin = Math.floor((record - bins.firstRecord) / bins.stride);
  const at = bins.ordered && !bins.counted ? `${withUnit(valueNumber(x), units.x)} · ` : "";
  const where = bins.stride === 1
    ? `record ${record.toLocaleString("en")}`
    : `in ${countOf(recordsIn(bins, bin), "record")}`;
  return `${at}${valueWords(bins, bin, y, units.y)} · ${where}`;
}

function valueWords(bins: Bins, bin: number, y: number | null | undefined, unit: string): string {
  if (!(bins instanceof MinMaxBins)) {
    const states = bins.statesOf(bin).map((state) => oneLine(state, 60) || "(empty)");
    return states.join(", ") || "no valid value";
  }
  const extremes = bins.extremes(bin);
  if (!extremes || y == null) return "no valid value";
  const [min, max] = extremes;
  return min === max
    ? withUnit(valueNumber(y), unit)
    : withUnit(`${valueNumber(min)} to ${valueNumber(max)}`, unit);
}

function recordsIn(bins: Bins, bin: number): number {
  const end = bins.firstRecord + bins.records;
  return Math.min(bins.recordOf(bin + 1), end) - bins.recordOf(bin);
}

/** Smallest, largest, and what is missing, of all that was read. */
export function summaryFacts(bins: Bins, unit: string): [term: string, text: string][] {
  const facts: [string, string][] = [];
  if (bins instanceof MinMaxBins) {
    if (bins.min <= bins.max) {
      facts.push(["smallest", withUnit(valueNumber(bins.min), unit)], [
        "largest",
        withUnit(valueNumber(bins.max), unit),
      ]);
    }
    if (bins.notFinite > 0) facts.push(["not finite", countOf(bins.notFinite, "sample")]);
  } else facts.push(["different texts", bins.states.length.toLocaleString("en")]);
  if (bins.invalid > 0) facts.push(["invalid", countOf(bins.invalid, "sample")]);
  return facts;
}

/** What a point of the drawing stands for. */
export function resolutionWords(bins: Bins): string {
  const order = bins.ordered ? "" : " Times go back, so they stand in the order of the records.";
  if (bins.stride === 1) return `Every sample is shown.${order}`;
  const each = countOf(bins.stride, "record");
  return bins instanceof MinMaxBins
    ? `Smallest and largest of every ${each}; zoom in to see each sample.${order}`
    : `All texts of every ${each}; zoom in to see each sample.${order}`;
}
