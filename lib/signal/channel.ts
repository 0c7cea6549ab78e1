/**
 * Channels and channel groups as users hold them: views of the model.
 *
 * @module
 */
import type { MdfErrorPlace } from "../errors.ts";
import type {
  ChannelGroupModel,
  ChannelModel,
  ConversionModel,
  SourceModel,
} from "../structure/measurement.ts";
import { CHANNEL_TYPE } from "../structure/format_codes.ts";
import type { Attachment } from "./attachments.ts";
import { Commented, plainComment } from "./comment.ts";
import type { OpenFile } from "./open_file.ts";
import { Reduction } from "./reductions.ts";

/** A channel of a measurement. */
export class Channel extends Commented {
  /** The group that holds the channel. */
  readonly group: ChannelGroup;
  /** Position in the group's `channels`. */
  readonly index: number;
  /** The channel as the format describes it. */
  readonly model: ChannelModel;
  readonly #file: OpenFile;

  /** Made by {@link ChannelGroup}. */
  constructor(file: OpenFile, group: ChannelGroup, index: number) {
    super();
    this.#file = file;
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
    return plainComment(this.model.unit ?? this.conversion?.unit).trim();
  }

  /** The conversion rule as the format describes it. */
  get conversion(): ConversionModel | undefined {
    const { conversion } = this.model;
    return conversion === undefined ? undefined : this.#file.measurement.conversions[conversion];
  }

  /** Where the values came from. */
  get source(): SourceModel | undefined {
    const { source } = this.model;
    return source === undefined ? undefined : this.#file.measurement.sources[source];
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

  /** Whether the values are computed from the number of the record, and stand in none. */
  get isVirtual(): boolean {
    return this.model.type === CHANNEL_TYPE.virtualMaster ||
      this.model.type === CHANNEL_TYPE.virtualData;
  }

  /** The structure that this channel is a member of. */
  get parent(): Channel | undefined {
    return this.model.parent === undefined ? undefined : this.group.channels[this.model.parent];
  }

  /** Attachments that the channel refers to. */
  get attachments(): Attachment[] {
    const offsets = this.model.attachments ?? [];
    return offsets.flatMap((offset) => this.#file.attachmentAt(offset) ?? []);
  }

  /** Of a synchronisation channel, the attachment whose contents its values point into. */
  get syncAttachment(): Attachment | undefined {
    const { syncAttachment } = this.model;
    return syncAttachment === undefined ? undefined : this.#file.attachmentAt(syncAttachment);
  }

  /** See {@link Commented}. */
  protected override storedComment(): [string | undefined, MdfErrorPlace] {
    const place = { file: this.#file.source.name, block: "CN", offset: this.model.offset };
    return [this.model.comment, place];
  }
}

/** A channel group: channels that share records. */
export class ChannelGroup extends Commented {
  /** Position among the listed groups of the file. */
  readonly index: number;
  /** The group as the format describes it. */
  readonly model: ChannelGroupModel;
  /** Channels, depth first: a structure before its members. */
  readonly channels: readonly Channel[];
  readonly #ownMaster: Channel | undefined;
  readonly #groupOf: (model: ChannelGroupModel) => ChannelGroup | undefined;
  readonly #file: OpenFile;
  #reductions?: readonly Reduction[];

  /** Made by `Mdf`; `groupOf` finds the group of a model. */
  constructor(
    file: OpenFile,
    model: ChannelGroupModel,
    index: number,
    groupOf: (model: ChannelGroupModel) => ChannelGroup | undefined,
  ) {
    super();
    this.#groupOf = groupOf;
    this.#file = file;
    this.model = model;
    this.index = index;
    this.channels = model.channels.map((_, i) => new Channel(file, this, i));
    this.#ownMaster = this.channels.find((channel) => channel.isMaster);
  }

  /** The master channel, where there is one; column-oriented groups can share that of another group. */
  get master(): Channel | undefined {
    const { masterGroup } = this.model;
    if (this.#ownMaster || masterGroup === undefined) return this.#ownMaster;
    const group = this.#groupOf(this.#file.measurement.groups[masterGroup]);
    return group && group.#ownMaster;
  }

  /** Name of the acquisition. */
  get name(): string {
    return this.model.name;
  }

  /** Number of records. */
  get recordCount(): number {
    return this.model.recordCount;
  }

  /** Where the values came from. */
  get source(): SourceModel | undefined {
    const { source } = this.model;
    return source === undefined ? undefined : this.#file.measurement.sources[source];
  }

  /** Sample reductions: mean, minimum and maximum over intervals, where the file has them. */
  get reductions(): readonly Reduction[] {
    return this.#reductions ??= (this.model.reductions ?? [])
      .map((model) => new Reduction(this.#file, this, model));
  }

  /** See {@link Commented}. */
  protected override storedComment(): [string | undefined, MdfErrorPlace] {
    const place = { file: this.#file.source.name, block: "CG", offset: this.model.offset };
    return [this.model.comment, place];
  }
}
