/**
 * The channel hierarchy: channels ordered for people, whatever groups they are recorded in.
 *
 * @module
 */
import type { MdfErrorPlace } from "../errors.ts";
import type { ChannelPlace, HierarchyModel } from "../structure/measurement.ts";
import type { Channel, ChannelGroup } from "./channel.ts";
import { type HierarchyType, hierarchyType } from "./code_names.ts";
import { Commented } from "./comment.ts";

/** What a node needs of its file. */
export interface HierarchyReferences {
  /** The group or channel at a place. */
  at(place: ChannelPlace): ChannelGroup | Channel | undefined;
  /** Name of the file. */
  readonly name: string;
}

/** A node of the channel hierarchy. */
export class HierarchyNode extends Commented {
  /** The node as the format describes it. */
  readonly model: HierarchyModel;
  /** Nodes below this one. */
  readonly children: readonly HierarchyNode[];
  readonly #references: HierarchyReferences;

  /** Made by `Mdf`. */
  constructor(model: HierarchyModel, references: HierarchyReferences) {
    super();
    this.model = model;
    this.#references = references;
    this.children = model.children.map((child) => new HierarchyNode(child, references));
  }

  /** Name; "" where the file gives none. */
  get name(): string {
    return this.model.name;
  }

  /** What the node stands for. */
  get type(): HierarchyType {
    return hierarchyType(this.model.type);
  }

  /** Channels of the node, in the order of the file; a channel may be in several nodes. */
  get channels(): Channel[] {
    return this.model.elements
      .map((place) => this.#references.at(place))
      .filter((part): part is Channel => part !== undefined && "group" in part);
  }

  /** See {@link Commented}. */
  protected override storedComment(): [string | undefined, MdfErrorPlace] {
    const place = { file: this.#references.name, block: "CH", offset: this.model.offset };
    return [this.model.comment, place];
  }
}
