/**
 * File history: which programs wrote or changed the file, and when.
 *
 * @module
 */
import { isMdfError, type MdfErrorPlace } from "../errors.ts";
import type { FileHistoryEntry } from "../structure/measurement.ts";
import { Commented, parseComment } from "./comment.ts";
import { MdfTime } from "./start_time.ts";
import { localName, textOf } from "./xml.ts";

/** One entry of the file history. */
export class FileHistory extends Commented {
  /** Position in the history; `creator` of events and attachments counts by it. */
  readonly index: number;
  /** The entry as the format describes it. */
  readonly model: FileHistoryEntry;
  /** When the file was made or changed. */
  readonly time: MdfTime;
  readonly #file: string;

  /** Made by `Mdf`. */
  constructor(model: FileHistoryEntry, index: number, file: string) {
    super();
    this.model = model;
    this.index = index;
    this.time = new MdfTime(model.time);
    this.#file = file;
  }

  /** Name of the program; undefined where the comment does not tell, as for all names below. */
  get toolId(): string | undefined {
    return this.#told("tool_id");
  }

  /** Vendor of the program. */
  get toolVendor(): string | undefined {
    return this.#told("tool_vendor");
  }

  /** Version of the program. */
  get toolVersion(): string | undefined {
    return this.#told("tool_version");
  }

  /** Name of the user. */
  get userName(): string | undefined {
    return this.#told("user_name");
  }

  /** See {@link Commented}. */
  protected override storedComment(): [string | undefined, MdfErrorPlace] {
    return [this.model.comment, { file: this.#file, block: "FH" }];
  }

  #told(name: string): string | undefined {
    try {
      const { elements } = parseComment(...this.storedComment());
      const element = elements.find((candidate) => localName(candidate) === name);
      return element && textOf(element);
    } catch (error) {
      // The comment then shows all of the text, and commentElements says what is wrong with it.
      if (isMdfError(error)) return undefined;
      throw error;
    }
  }
}
