/**
 * Which samples of a channel are valid.
 *
 * @module
 */
import type { RecordRun } from "../decode/record_feed.ts";
import { type ByteSpan, NO_BYTES, type Taker } from "../decode/transposed_columns.ts";
import { readValidity } from "../decode/validity.ts";
import { type ValidityLayout, validityLayout } from "../plan/validity_layout.ts";
import type { ArrayModel } from "../structure/measurement.ts";
import type { Channel } from "./channel.ts";
import type { ColumnContext } from "./column.ts";
import { modelWith } from "./open_column.ts";

/** Validity of a channel's samples being read. */
export class ValidityColumn implements Taker {
  readonly #layout: ValidityLayout;
  readonly #bits: Uint8Array;
  /** Entries for each record. */
  readonly #width: number;
  #invalid = false;

  /** Room for `capacity` records. */
  constructor(layout: ValidityLayout, capacity: number) {
    this.#layout = layout;
    this.#width = (layout.elements?.dimensions ?? []).reduce((product, size) => product * size, 1);
    this.#bits = new Uint8Array(capacity * this.#width);
  }

  /** The byte with the bit; where elements have bits of their own, these may be anywhere. */
  get span(): ByteSpan | undefined {
    const { byteOffset, elements } = this.#layout;
    if (byteOffset < 0) return NO_BYTES;
    return elements ? undefined : { byteOffset, byteCount: 1 };
  }

  /** Takes the validity of a stretch. */
  take(run: RecordRun, at: number): void {
    if (at === 0) this.#invalid = false;
    if (readValidity(this.#layout, run, this.#bits, at * this.#width)) this.#invalid = true;
  }

  /** 1 for valid, 0 for invalid, of the first `count` records; undefined when all are valid. */
  values(count: number): Uint8Array | undefined {
    return this.#invalid ? this.#bits.subarray(0, count * this.#width) : undefined;
  }
}

/**
 * Makes the validity column of a channel, when its samples can be invalid. `arrays` are the arrays that
 * a value is, where they are not those of the channel.
 */
export function openValidity(
  channel: Channel,
  context: ColumnContext,
  capacity: number,
  arrays: readonly ArrayModel[] | undefined = channel.model.arrays,
): ValidityColumn | undefined {
  const model = modelWith(channel.model, arrays);
  const group = channel.group.model;
  const dataGroup = context.measurement.dataGroups[group.dataGroup];
  const layout = validityLayout(model, group, dataGroup, context.source.name);
  return layout && new ValidityColumn(layout, capacity);
}
