/**
 * One channel streamed into bins, in memory that does not grow with the file.
 *
 * @module
 */
import type { Batch, Channel, Mdf } from "../../../mod.ts";
import { valueText } from "../../inspect/value_text.ts";
import { MinMaxBins } from "./min_max_bins.ts";
import { StateBins } from "./state_bins.ts";

/** What can be drawn of a channel. */
export type Bins = MinMaxBins | StateBins;

/** What to read, and how. */
export interface ReadChannelOptions {
  /** Most bins. */
  capacity: number;
  /** Only these records `[from, to)`. */
  records?: readonly [from: number, to: number];
  /** Of an array, the element in row-major order. */
  element: number;
  /** Bins of other records of the channel, so that texts have the same places. */
  like?: Bins;
  signal: AbortSignal;
  /** Told after each batch; `bins` are those that will be returned. */
  onBatch?: (bins: Bins) => void;
}

/** Bytes of records in a batch; over a network each is a request. */
const BATCH_BYTES = 4 * 1024 * 1024;
/** How long the page may be kept from answering. */
const MOST_BUSY_MS = 12;

/** Dates and bytes have no place on an axis; neither do too many different texts. */
export type NotDrawn = "no records" | "no numbers" | "too many texts";

/** Streams a channel into bins; gives the reason where its values cannot be drawn. */
export async function readChannel(
  mdf: Mdf,
  channel: Channel,
  options: ReadChannelOptions,
): Promise<Bins | NotDrawn> {
  const { records, signal, onBatch } = options;
  let bins: Bins | undefined;
  let lastPause = performance.now();
  const stream = mdf.stream([channel], { records, signal, batchBytes: BATCH_BYTES });
  for await (const batch of stream) {
    bins ??= binsFor(batch, options);
    if (!bins) return "no numbers";
    if (!addBatch(bins, batch, options.element)) return "too many texts";
    onBatch?.(bins);
    if (performance.now() - lastPause > MOST_BUSY_MS) {
      await new Promise((resolve) => setTimeout(resolve));
      signal.throwIfAborted();
      lastPause = performance.now();
    }
  }
  return bins ?? "no records";
}

function binsFor(batch: Batch, options: ReadChannelOptions): Bins | undefined {
  const { capacity, records, like } = options;
  const [from, to] = records ?? [0, batch.group.recordCount];
  const expected = Math.min(to, batch.group.recordCount) - from;
  const { values } = batch.signals[0];
  if (ArrayBuffer.isView(values)) return new MinMaxBins(capacity, expected);
  const kind = typeof values.at(0);
  if (kind !== "string" && kind !== "number") return undefined;
  return new StateBins(capacity, expected, like instanceof StateBins ? like : undefined);
}

function addBatch(bins: Bins, batch: Batch, element: number): boolean {
  const { values, timestamps: times, valid, shape } = batch.signals[0];
  const { firstRecord: first, recordCount: count } = batch;
  const elements = shape.slice(1).reduce((product, size) => product * size, 1);
  if (bins instanceof MinMaxBins) {
    const numbers = values as ArrayLike<number | bigint>;
    bins.add({ values: numbers, times, valid, first, count, elements, element });
    return true;
  }
  const perElement = valid !== undefined && valid.length === count * elements;
  const textAt = (i: number) => {
    const at = i * elements + element;
    if (valid && valid[perElement ? at : i] === 0) return undefined;
    const value: unknown = values.at(at);
    return typeof value === "string" ? value : valueText(value, 40);
  };
  return bins.add(first, count, textAt, times);
}
