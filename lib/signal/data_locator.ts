/**
 * Finds where the data of a distant file lies, once it is needed.
 *
 * @module
 */
import type { Limits } from "../blocks/limits.ts";
import { BlockReader } from "../blocks/read_block.ts";
import { countMixedGroup } from "../decode/count_records.ts";
import type { DataLocation } from "../decode/chain_reader.ts";
import { membersOf } from "../plan/group_members.ts";
import type { SourceReader } from "../source/byte_source.ts";
import { PageCache } from "../source/page_cache.ts";
import { locateGroupData, locateSignalData } from "../structure/locate_data.ts";
import type { Measurement } from "../structure/measurement.ts";

/** Follows the data chains of a measurement that were left alone when it was opened. */
export class DataLocator implements DataLocation {
  readonly #source: SourceReader;
  readonly #measurement: Measurement;
  readonly #limits: Limits;

  constructor(source: SourceReader, measurement: Measurement, limits: Limits) {
    this.#source = source;
    this.#measurement = measurement;
    this.#limits = limits;
  }

  /** The data of a data group. */
  group(number: number, signal?: AbortSignal): void | Promise<void> {
    const measurement = this.#measurement;
    if (measurement.dataGroups[number].data.unread === undefined) return;
    return this.#group(number, signal);
  }

  async #group(number: number, signal?: AbortSignal): Promise<void> {
    const measurement = this.#measurement;
    const members = membersOf(measurement, number).map((index) => measurement.groups[index]);
    await locateGroupData(this.#blocks(signal), measurement, number, members);
    await countMixedGroup(this.#source, measurement, number, { signal });
  }

  /** The values of variable length with that index. */
  signalData(index: number, signal?: AbortSignal): void | Promise<void> {
    if (this.#measurement.signalData[index].unread === undefined) return;
    return locateSignalData(this.#blocks(signal), this.#measurement, index);
  }

  /** All data of the file. */
  async all(signal?: AbortSignal): Promise<void> {
    const { dataGroups, signalData } = this.#measurement;
    for (const number of dataGroups.keys()) {
      const pending = this.group(number, signal);
      if (pending) await pending;
    }
    for (const index of signalData.keys()) {
      const pending = this.signalData(index, signal);
      if (pending) await pending;
    }
  }

  #blocks(signal?: AbortSignal): BlockReader {
    const blocks = new BlockReader(new PageCache(this.#source), this.#limits, signal);
    blocks.program = this.#measurement.identification.program;
    return blocks;
  }
}
