/**
 * What stands around the samples of an open file, made when it is first asked for.
 *
 * @module
 */
import type { ChannelGroupModel, ChannelPlace } from "../structure/measurement.ts";
import { Attachment } from "./attachments.ts";
import type { Channel, ChannelGroup } from "./channel.ts";
import { type EventReferences, MdfEvent } from "./events.ts";
import { FileHistory } from "./file_history.ts";
import { HierarchyNode } from "./hierarchy.ts";
import type { OpenFile } from "./open_file.ts";

/** Attachments, events, hierarchy and history of a file. */
export class FileDetails implements EventReferences {
  readonly #file: OpenFile;
  readonly #groups: () => readonly ChannelGroup[];
  #byModel?: Map<ChannelGroupModel, ChannelGroup>;
  #byOffset?: Map<number, Attachment>;
  #channels?: Map<number, Channel>;
  readonly #templates: MdfEvent[] = [];
  #attachments?: readonly Attachment[];
  #events?: readonly MdfEvent[];
  #hierarchy?: readonly HierarchyNode[];
  #fileHistory?: readonly FileHistory[];

  /** `groups` gives the listed groups of the file. */
  constructor(file: OpenFile, groups: () => readonly ChannelGroup[]) {
    this.#file = file;
    this.#groups = groups;
  }

  /** Name of the file. */
  get name(): string {
    return this.#file.source.name;
  }

  /** Attachments in file order. */
  get attachments(): readonly Attachment[] {
    return this.#attachments ??= this.#file.measurement.attachments
      .map((_, index) => new Attachment(this.#file, index));
  }

  /** The attachment whose block starts at an offset. */
  attachmentAt(offset: number): Attachment | undefined {
    this.#byOffset ??= new Map(this.attachments.map((found) => [found.model.offset, found]));
    return this.#byOffset.get(offset);
  }

  /** Events in file order. */
  get events(): readonly MdfEvent[] {
    return this.#events ??= this.#file.measurement.events
      .map((model, index) => new MdfEvent(model, index, this));
  }

  /** A template of events that are stored as records. */
  eventTemplate(index: number): MdfEvent {
    return this.#templates[index] ??= new MdfEvent(
      this.#file.measurement.eventTemplates![index],
      -1,
      this,
    );
  }

  /** The channel whose block starts at an offset; undefined for one that is not listed. */
  channelAt(offset: number): Channel | undefined {
    this.#channels ??= new Map(
      this.#groups().flatMap(({ channels }) =>
        channels.map((channel) => [channel.model.offset, channel])
      ),
    );
    return this.#channels.get(offset);
  }

  /** Roots of the channel hierarchy. */
  get hierarchy(): readonly HierarchyNode[] {
    return this.#hierarchy ??= this.#file.measurement.hierarchy
      .map((model) => new HierarchyNode(model, this));
  }

  /** File history, oldest entry first. */
  get fileHistory(): readonly FileHistory[] {
    return this.#fileHistory ??= this.#file.measurement.fileHistory
      .map((model, index) => new FileHistory(model, index, this.name));
  }

  /** The group or channel at a place; undefined for a group that is not listed. */
  at({ group, channel }: ChannelPlace): ChannelGroup | Channel | undefined {
    this.#byModel ??= new Map(this.#groups().map((listed) => [listed.model, listed]));
    const listed = this.#byModel.get(this.#file.measurement.groups[group]);
    return channel === undefined ? listed : listed?.channels[channel];
  }
}
