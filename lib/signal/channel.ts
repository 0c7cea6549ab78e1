/**
 * Channels and channel groups as users hold them: views of the model.
 *
 * @module
 */
import { compileInverse, type InverseRule } from "../conversion/compile_inverse.ts";
import type { MdfErrorPlace } from "../errors.ts";
import type {
  ChannelGroupModel,
  ChannelModel,
  ConversionModel,
  SourceModel,
} from "../structure/measurement.ts";
import { channelPath } from "../structure/channel_path.ts";
import { CHANNEL_TYPE, GROUP_FLAG } from "../structure/format_codes.ts";
import type { Attachment } from "./attachments.ts";
import { ChannelArray } from "./channel_array.ts";
import { Commented, plainComment } from "./comment.ts";
import type { MdfEvent } from "./events.ts";
import type { OpenFile } from "./open_file.ts";
import { rawKind } from "./raw_kind.ts";
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
  #inverse?: InverseRule;
  #arrays?: readonly ChannelArray[];

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
   * Name behind those of the structures that the channel is a member of, parted by the separator that
   * the group names, else by dots: `Engine.Speed`. A member's name that already tells them stays as it
   * is. The same name may occur in many structures; a path is meant for one channel of the group.
   */
  get path(): string {
    return channelPath(this.group.model, this.index);
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

  /**
   * The way back through the conversion: the raw values of physical ones, one for one. They come from
   * the inverse conversion that the file gives, else from the inverse of an identity, linear or
   * fractional linear conversion; they are neither rounded nor limited to the channel's raw type.
   *
   * @returns a `Float64Array` where all raw values are numbers, else an array
   * @throws {UnsupportedFeatureError} when the file gives no inverse and none can be computed
   * @throws {UsageError} for a text where the conversion gives numbers, or the other way round
   */
  toRaw(
    values: Iterable<number | bigint | string>,
  ): Float64Array | (number | bigint | string)[] {
    this.#inverse ??= compileInverse(
      this.#file.measurement.conversions,
      this.model.conversion,
      rawKind(this.model),
      { file: this.#file.source.name, plainText: plainComment },
    );
    const inverse = this.#inverse;
    const converted = this.model.conversion !== undefined;
    const raw = Array.from(values, (value) => {
      if (typeof value === "bigint") return converted ? inverse(Number(value)) : value;
      return inverse(value);
    });
    return raw.every((value) => typeof value === "number") ? Float64Array.from(raw) : raw;
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

  /** The arrays that a value is, outermost first; empty for a channel that is none. */
  get arrays(): readonly ChannelArray[] {
    return this.#arrays ??= (this.model.arrays ?? [])
      .map((model) => new ChannelArray(this.#file, model));
  }

  /** The channel that is to be shown as the x axis by default, where the file names one. */
  get defaultX(): Channel | undefined {
    const { defaultX } = this.model;
    return defaultX && this.#file.channelAt(defaultX.channel);
  }

  /**
   * Of a structure whose records are events, what these events have in common; the values of its
   * members replace what the template says.
   */
  get eventTemplate(): MdfEvent | undefined {
    const { eventTemplate } = this.model;
    return eventTemplate === undefined ? undefined : this.#file.eventTemplate(eventTemplate);
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
  readonly #groupOf: (model: ChannelGroupModel) => ChannelGroup | undefined;
  readonly #file: OpenFile;
  #channels?: readonly Channel[];
  #masterIndex?: number;
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
  }

  /** Channels, depth first: a structure before its members. */
  get channels(): readonly Channel[] {
    return this.#channels ??= this.model.channels.map((_, i) => new Channel(this.#file, this, i));
  }

  /** The master channel, where there is one; column-oriented groups can share that of another group. */
  get master(): Channel | undefined {
    const { masterGroup } = this.model;
    const own = this.#ownMaster();
    if (own || masterGroup === undefined) return own;
    const group = this.#groupOf(this.#file.measurement.groups[masterGroup]);
    return group && group.#ownMaster();
  }

  #ownMaster(): Channel | undefined {
    this.#masterIndex ??= this.model.channels.findIndex(({ type }) =>
      type === CHANNEL_TYPE.master || type === CHANNEL_TYPE.virtualMaster
    );
    return this.#masterIndex < 0 ? undefined : this.channels[this.#masterIndex];
  }

  /** Name of the acquisition. */
  get name(): string {
    return this.model.name;
  }

  /** Whether the records are events, see {@link Channel.eventTemplate}, and not measured values. */
  get holdsEvents(): boolean {
    return (this.model.flags & GROUP_FLAG.eventSignals) !== 0;
  }

  /**
   * Number of records. Where groups share their data, counters of the file that account for all of
   * its bytes are believed until records are read; from then on the data tells.
   */
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
    const models = this.model.reductions ?? [];
    if (this.#reductions?.length !== models.length) {
      const known = this.#reductions ?? [];
      this.#reductions = models
        .map((model, i) => known[i] ?? new Reduction(this.#file, this, model));
    }
    return this.#reductions;
  }

  /** See {@link Commented}. */
  protected override storedComment(): [string | undefined, MdfErrorPlace] {
    const place = { file: this.#file.source.name, block: "CG", offset: this.model.offset };
    return [this.model.comment, place];
  }
}
