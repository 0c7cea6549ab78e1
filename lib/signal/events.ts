/**
 * Events: triggers, markers, interruptions and the like.
 *
 * @module
 */
import type { MdfErrorPlace } from "../errors.ts";
import { EVENT_FLAG } from "../structure/format_codes.ts";
import type { ChannelPlace, EventModel } from "../structure/measurement.ts";
import type { Attachment } from "./attachments.ts";
import type { Channel, ChannelGroup } from "./channel.ts";
import {
  type EventCause,
  eventCause,
  type EventRangeType,
  eventRangeType,
  type EventType,
  eventType,
  type SyncType,
  syncType,
  syncUnit,
} from "./code_names.ts";
import { Commented } from "./comment.ts";
import type { FileHistory } from "./file_history.ts";

/** The parts of an open file that events refer to. */
export interface EventReferences {
  /** All events of the file. */
  readonly events: readonly MdfEvent[];
  /** All attachments of the file. */
  readonly attachments: readonly Attachment[];
  /** The file history. */
  readonly fileHistory: readonly FileHistory[];
  /** The group or channel at a place; undefined for a group that is not listed. */
  at(place: ChannelPlace): ChannelGroup | Channel | undefined;
  /** Name of the file. */
  readonly name: string;
}

/** Something that happened at a point, or at the beginning or end of a range. */
export class MdfEvent extends Commented {
  /** Position in the file's list of events; -1 for a template of events that are stored as records. */
  readonly index: number;
  /** The event as the format describes it. */
  readonly model: EventModel;
  readonly #references: EventReferences;

  /** Made by `Mdf`. */
  constructor(model: EventModel, index: number, references: EventReferences) {
    super();
    this.model = model;
    this.index = index;
    this.#references = references;
  }

  /** Name; "" where the file gives none. */
  get name(): string {
    return this.model.name;
  }

  /** Events of one group name serve one purpose (since 4.20). */
  get groupName(): string | undefined {
    return this.model.groupName;
  }

  /** What kind of event it is. */
  get type(): EventType {
    return eventType(this.model.type);
  }

  /** Axis on which `value` lies. */
  get syncType(): SyncType {
    return syncType(this.model.syncType);
  }

  /** Whether the event is a point, or the beginning or end of a range. */
  get rangeType(): EventRangeType {
    return eventRangeType(this.model.rangeType);
  }

  /** What caused the event. */
  get cause(): EventCause {
    return eventCause(this.model.cause);
  }

  /** Whether the event was added after the recording. */
  get postProcessed(): boolean {
    return (this.model.flags & EVENT_FLAG.postProcessing) !== 0;
  }

  /**
   * Where the event lies on its axis, in `unit`, counted from the start of the measurement; events
   * before it are negative. For the axis `index` it is the number of a record.
   */
  get value(): number {
    return Number(this.base) * this.factor;
  }

  /** Unit of `value`: `s`, `rad`, `m`, or "" for a record number. */
  get unit(): string {
    return syncUnit(this.model.syncType);
  }

  /** The exact number whose product with `factor` is `value`. */
  get base(): bigint {
    return BigInt(this.model.syncBase);
  }

  /** See `base`. */
  get factor(): number {
    return Number(this.model.syncFactor);
  }

  /** The event that this one belongs to. */
  get parent(): MdfEvent | undefined {
    return this.#event(this.model.parent);
  }

  /** Of a template, the group whose records are the parents of the events. */
  get parentGroup(): ChannelGroup | undefined {
    return this.#group(this.model.parentGroup);
  }

  /** Of a template, the group whose records begin the ranges that the events end. */
  get rangeBeginGroup(): ChannelGroup | undefined {
    return this.#group(this.model.rangeBeginGroup);
  }

  /** Of the end of a range, the event that begins it. */
  get rangeBegin(): MdfEvent | undefined {
    return this.#event(this.model.rangeBegin);
  }

  /**
   * Groups and channels that the event applies to; none means the whole file. The end of a range has
   * the scope of its beginning, and an event without a scope has that of its parent.
   */
  get scope(): (ChannelGroup | Channel)[] {
    const seen = new Set<MdfEvent>();
    const places = (event: MdfEvent | undefined): readonly ChannelPlace[] => {
      // Damaged files have events that are each other's parents.
      if (!event || seen.has(event)) return [];
      seen.add(event);
      if (event.model.scope.length > 0) return event.model.scope;
      const ofRange = places(event.rangeBegin);
      return ofRange.length > 0 ? ofRange : places(event.parent);
    };
    return places(this)
      .map((place) => this.#references.at(place))
      .filter((part) => part !== undefined);
  }

  /** Attachments that belong to the event. */
  get attachments(): Attachment[] {
    return this.model.attachments.map((index) => this.#references.attachments[index]);
  }

  /** Entry of the file history that tells who made the event. */
  get creator(): FileHistory | undefined {
    return this.#references.fileHistory[this.model.creator];
  }

  /** See {@link Commented}. */
  protected override storedComment(): [string | undefined, MdfErrorPlace] {
    const place = { file: this.#references.name, block: "EV", offset: this.model.offset };
    return [this.model.comment, place];
  }

  #group(group: number | undefined): ChannelGroup | undefined {
    return group === undefined ? undefined : this.#references.at({ group }) as ChannelGroup;
  }

  #event(index: number | undefined): MdfEvent | undefined {
    return index === undefined ? undefined : this.#references.events[index];
  }
}
