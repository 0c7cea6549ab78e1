/**
 * Which samples of a channel are valid.
 *
 * @module
 */
import type { RecordRun } from "../decode/record_feed.ts";
import { readValidity } from "../decode/validity.ts";
import { type ValidityLayout, validityLayout } from "../plan/column_layout.ts";
import type { Channel } from "./channel.ts";
import type { ColumnContext } from "./column.ts";

/** Validity of a channel's samples being read. */
export class ValidityColumn {
  readonly #layout: ValidityLayout;
  readonly #bits: Uint8Array;
  #invalid = false;

  /** Room for `capacity` samples. */
  constructor(layout: ValidityLayout, capacity: number) {
    this.#layout = layout;
    this.#bits = new Uint8Array(capacity);
  }

  /** Takes the validity of a stretch. */
  take(run: RecordRun, at: number): void {
    if (at === 0) this.#invalid = false;
    if (readValidity(this.#layout, run, this.#bits, at)) this.#invalid = true;
  }

  /** 1 for valid, 0 for invalid; undefined when all are valid. */
  values(count: number): Uint8Array | undefined {
    return this.#invalid ? this.#bits.subarray(0, count) : undefined;
  }
}

/** Makes the validity column of a channel, when its samples can be invalid. */
export function openValidity(
  channel: Channel,
  context: ColumnContext,
  capacity: number,
): ValidityColumn | undefined {
  const group = channel.group.model;
  const dataGroup = context.measurement.dataGroups[group.dataGroup];
  const layout = validityLayout(channel.model, group, dataGroup, context.source.name);
  return layout && new ValidityColumn(layout, capacity);
}
