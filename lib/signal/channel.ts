/**
 * Channels and channel groups as users hold them: views of the model.
 *
 * @module
 */
import { plainComment } from "./comment.ts";
import type {
  ChannelGroupModel,
  ChannelModel,
  ConversionModel,
  Measurement,
  SourceModel,
} from "../structure/measurement.ts";
import { CHANNEL_TYPE } from "../structure/format_codes.ts";

/** A channel of a measurement. */
export class Channel {
  /** The group that holds the channel. */
  readonly group: ChannelGroup;
  /** Position in the group's `channels`. */
  readonly index: number;
  /** The channel as the format describes it. */
  readonly model: ChannelModel;
  readonly #measurement: Measurement;

  /** Made by {@link ChannelGroup}. */
  constructor(measurement: Measurement, group: ChannelGroup, index: number) {
    this.#measurement = measurement;
    this.group = group;
    this.index = index;
    this.model = group.model.channels[index];
  }

  /** Name. */
  get name(): string {
    return this.model.name;
  }

  /**
   * Unit of the converted values, without blanks around it. A channel without a unit link has the
   * unit of its conversion; an empty unit of its own means none (ASAM MDF 4, cn_md_unit).
   */
  get unit(): string {
    return (this.model.unit ?? this.conversion?.unit ?? "").trim();
  }

  /** Comment as plain text. */
  get comment(): string {
    return plainComment(this.model.comment);
  }

  /** The conversion rule as the format describes it. */
  get conversion(): ConversionModel | undefined {
    const { conversion } = this.model;
    return conversion === undefined ? undefined : this.#measurement.conversions[conversion];
  }

  /** Where the values came from. */
  get source(): SourceModel | undefined {
    const { source } = this.model;
    return source === undefined ? undefined : this.#measurement.sources[source];
  }

  /** `cn_data_type`. */
  get dataType(): number {
    return this.model.dataType;
  }

  /** Number of bits in the record. */
  get bitCount(): number {
    return this.model.bitCount;
  }

  /** Whether the channel is the master of its group. */
  get isMaster(): boolean {
    return this.model.type === CHANNEL_TYPE.master ||
      this.model.type === CHANNEL_TYPE.virtualMaster;
  }

  /** The structure that this channel is a member of. */
  get parent(): Channel | undefined {
    return this.model.parent === undefined ? undefined : this.group.channels[this.model.parent];
  }
}

/** A channel group: channels that share records. */
export class ChannelGroup {
  /** Position among the listed groups of the file. */
  readonly index: number;
  /** The group as the format describes it. */
  readonly model: ChannelGroupModel;
  /** Channels, depth first: a structure before its members. */
  readonly channels: readonly Channel[];
  readonly #ownMaster: Channel | undefined;
  readonly #groupOf: (model: ChannelGroupModel) => ChannelGroup | undefined;
  readonly #measurement: Measurement;

  /** Made by `Mdf`; `groupOf` finds the group of a model. */
  constructor(
    measurement: Measurement,
    model: ChannelGroupModel,
    index: number,
    groupOf: (model: ChannelGroupModel) => ChannelGroup | undefined,
  ) {
    this.#groupOf = groupOf;
    this.#measurement = measurement;
    this.model = model;
    this.index = index;
    this.channels = model.channels.map((_, i) => new Channel(measurement, this, i));
    this.#ownMaster = this.channels.find((channel) => channel.isMaster);
  }

  /** The master channel, where there is one; column-oriented groups can share that of another group. */
  get master(): Channel | undefined {
    const { masterGroup } = this.model;
    if (this.#ownMaster || masterGroup === undefined) return this.#ownMaster;
    const group = this.#groupOf(this.#measurement.groups[masterGroup]);
    return group && group.#ownMaster;
  }

  /** Name of the acquisition. */
  get name(): string {
    return this.model.name;
  }

  /** Comment as plain text. */
  get comment(): string {
    return plainComment(this.model.comment);
  }

  /** Number of records. */
  get recordCount(): number {
    return this.model.recordCount;
  }

  /** Where the values came from. */
  get source(): SourceModel | undefined {
    const { source } = this.model;
    return source === undefined ? undefined : this.#measurement.sources[source];
  }
}
