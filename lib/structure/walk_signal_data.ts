/**
 * Where the values of variable length are that channels link to.
 *
 * @module
 */
import type { BlockReader } from "../blocks/read_block.ts";
import { CorruptFileError, UnsupportedFeatureError } from "../errors.ts";
import { readDataChain } from "./data_chain.ts";
import { CHANNEL_TYPE, GROUP_FLAG } from "./format_codes.ts";
import { readsLater, unreadChain } from "./locate_data.ts";
import type { ChannelModel, Measurement } from "./measurement.ts";
import { asProblem } from "./problem.ts";

/** A channel with its link. */
export interface SignalLink {
  readonly channel: ChannelModel;
  readonly link: number;
  readonly path: string;
}

/** Follows these links: to data of their own, or to a channel group of the file. */
export class SignalDataWalk {
  readonly #reader: BlockReader;
  readonly #model: Measurement;
  readonly #signalLinks: SignalLink[] = [];
  /** Offsets in the file of channel groups, with their indexes. */
  readonly #groupOffsets = new Map<number, number>();

  /** Adds what it finds to `model`. */
  constructor(reader: BlockReader, model: Measurement) {
    this.#reader = reader;
    this.#model = model;
  }

  /** Notes a link. */
  add(link: SignalLink): void {
    this.#signalLinks.push(link);
  }

  /** Follows the links to values of variable length, once all groups are known. */
  async follow(): Promise<void> {
    this.#model.groups.forEach((group, i) => this.#groupOffsets.set(group.offset, i));
    const chains = new Map<number, number>();
    for (const { channel, link: start, path } of this.#signalLinks) {
      const storageGroup = this.#groupOffsets.get(start);
      const sized = channel.type === CHANNEL_TYPE.variableLengthSized;
      if (storageGroup !== undefined) {
        if (sized) {
          channel.problem ??= asProblem(
            new UnsupportedFeatureError(
              "values of variable length with a length channel, stored as records of a channel group, " +
                "are not supported",
              this.#reader.place("CG", start, path),
            ),
          );
        } else this.#storeIn(storageGroup, channel, path);
        continue;
      }
      let index = chains.get(start);
      if (index === undefined) {
        index = this.#model.signalData.push(
          readsLater(this.#reader)
            ? unreadChain(start, sized ? "VD" : "SD")
            : await readDataChain(this.#reader, start, sized ? "VD" : "SD", path),
        ) - 1;
        chains.set(start, index);
      }
      channel.signalData = index;
    }
  }

  #storeIn(storageGroup: number, channel: ChannelModel, path: string): void {
    const group = this.#model.groups[storageGroup];
    if (group.flags & GROUP_FLAG.variableLength) {
      channel.storageGroup = storageGroup;
      return;
    }
    channel.problem ??= asProblem(
      new CorruptFileError(
        "the values have a variable length, and the channel group that is to hold them has records " +
          "of fixed length",
        this.#reader.place("CG", group.offset, path),
      ),
    );
  }
}
