/**
 * What was taken out of the records of a batch, as signals.
 *
 * @module
 */
import { isMdfError } from "../errors.ts";
import type { ChannelGroup } from "./channel.ts";
import { asTimes } from "./column.ts";
import { timesAgree } from "./element_columns.ts";
import type { OpenColumn } from "./lanes.ts";
import type { Batch, ReadOptions, Signal } from "./signal.ts";

/** The columns of the channels asked for; one that fails is dropped where somebody listens. */
export class AskedColumns {
  /** Those that have not failed. */
  columns: readonly OpenColumn[];
  /** The master, where it is not among them. */
  beside: OpenColumn | undefined;
  readonly #master: OpenColumn | undefined;
  readonly #options: ReadOptions;
  /** Those that have something to finish; of very many, mostly few. */
  #unfinished: readonly OpenColumn[];
  #failed?: Set<OpenColumn>;

  constructor(
    columns: readonly OpenColumn[],
    master: OpenColumn | undefined,
    options: ReadOptions,
  ) {
    this.columns = columns;
    this.#master = master;
    this.beside = master && !columns.includes(master) ? master : undefined;
    this.#options = options;
    this.#unfinished = columns.filter(({ column }) => column.finish);
  }

  /** Finishes them and the master. */
  finish(count: number): Promise<void> | undefined {
    const pending: Promise<void>[] = [];
    for (const one of this.#unfinished) {
      try {
        const waiting = one.column.finish!(count);
        if (waiting) pending.push(waiting.catch((error) => this.#fail(one, error)));
      } catch (error) {
        this.#fail(one, error);
      }
    }
    const last = this.beside?.column.finish?.(count);
    if (last) pending.push(last);
    if (pending.length > 0) return Promise.all(pending).then(() => this.#leaveOut());
    this.#leaveOut();
  }

  #fail(one: OpenColumn, error: unknown): void {
    const { onChannelError } = this.#options;
    if (!onChannelError || !isMdfError(error)) throw error;
    onChannelError(one.channel, error);
    this.#failed ??= new Set();
    this.#failed.add(one);
    if (one === this.#master) this.beside = one;
  }

  #leaveOut(): void {
    const failed = this.#failed;
    if (!failed) return;
    this.columns = this.columns.filter((one) => !failed.has(one));
    this.#unfinished = this.#unfinished.filter((one) => !failed.has(one));
    this.#failed = undefined;
  }
}

/**
 * Signals that are what they were in the batch `before` are given again: there may be very many, and few
 * records in each batch.
 */
export function makeBatch(
  group: ChannelGroup,
  columns: readonly OpenColumn[],
  master: OpenColumn | undefined,
  firstRecord: number,
  recordCount: number,
  before?: Batch,
): Batch {
  const timestamps = master && asTimes(master.column, recordCount);
  const plainShape = [recordCount];
  const signals = new Array<Signal>(columns.length);
  for (let i = 0; i < columns.length; i++) {
    const { channel, column, validity, elements } = columns[i];
    const values = column.values(recordCount);
    const valid = bothValid(validity?.values(recordCount), column.valid?.(recordCount));
    // Elements that were not sampled together have no time that would be that of the whole array.
    const times = !elements || timesAgree(elements, recordCount) ? timestamps : undefined;
    const old = before?.signals[i];
    if (
      old?.channel === channel && old.values === values && old.timestamps === times &&
      old.valid === valid && old.shape[0] === recordCount
    ) {
      signals[i] = old;
      continue;
    }
    const { dimensions } = column;
    const shape = dimensions ? [recordCount, ...dimensions] : plainShape;
    const unit = old?.channel === channel ? old.unit : channel.unit;
    const signal = { channel, values, timestamps: times, unit, shape };
    signals[i] = valid ? { ...signal, valid } : signal;
  }
  return { group, firstRecord, recordCount, signals };
}

/** Valid where both say so. */
function bothValid(a: Uint8Array | undefined, b: Uint8Array | undefined): Uint8Array | undefined {
  return a && b ? a.map((valid, i) => valid & b[i]) : a ?? b;
}
