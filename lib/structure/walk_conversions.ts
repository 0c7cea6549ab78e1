/**
 * Conversion blocks, each read once however many channels share it.
 *
 * @module
 */
import { CC } from "../blocks/block_tables.ts";
import { type Block, link, moreLinks } from "../blocks/block.ts";
import type { BlockReader } from "../blocks/read_block.ts";
import { CorruptFileError, LimitExceededError } from "../errors.ts";
import { CONVERSION_TYPE } from "./format_codes.ts";
import {
  type ConversionModel,
  type ConversionReference,
  jsonNumber,
  type Measurement,
} from "./measurement.ts";
import { asProblem } from "./problem.ts";

type ConversionBlock = Block<typeof CC.fields, (typeof CC.links)[number]>;

/** Reads conversions into the measurement's list. */
export class ConversionWalk {
  readonly #reader: BlockReader;
  readonly #model: Measurement;
  readonly #indexes = new Map<number, number>();
  readonly #open = new Set<number>();

  /** Adds what it finds to `model`. */
  constructor(reader: BlockReader, model: Measurement) {
    this.#reader = reader;
    this.#model = model;
  }

  /** Index of a conversion that was read before. */
  known(offset: number): number | undefined {
    return this.#indexes.get(offset);
  }

  /**
   * Index of the conversion at `offset`. A damaged conversion is kept with its problem, for the
   * channels that need it; the others stay readable.
   */
  async read(offset: number, path: string): Promise<number> {
    const known = this.#indexes.get(offset);
    if (known !== undefined) return known;
    const at = `${path}>CC`;
    const conversion: ConversionModel = { offset, type: -1, values: [], references: [] };
    const index = this.#model.conversions.push(conversion) - 1;
    this.#open.add(offset);
    try {
      await this.#fill(conversion, offset, at);
    } catch (error) {
      conversion.problem = asProblem(error);
    } finally {
      this.#open.delete(offset);
    }
    this.#indexes.set(offset, index);
    return index;
  }

  async #fill(conversion: ConversionModel, offset: number, path: string): Promise<void> {
    if (this.#open.size > this.#reader.limits.depth) {
      throw new LimitExceededError(
        `conversions are nested more than ${this.#reader.limits.depth} deep; raise limits.depth ` +
          "if the file is to be trusted",
        this.#reader.place("CC", offset, path),
      );
    }
    const block = this.#reader.peek(CC, offset, path) ?? await this.#reader.load(CC, offset, path);
    const fields = block.fields;
    conversion.type = fields.cc_type;
    conversion.values = fields.cc_type === CONVERSION_TYPE.bitfieldText
      ? fields.cc_val.map(String)
      : asDoubles(fields.cc_val);
    const name = await this.#text(link(block, "cc_tx_name"), path);
    // Writers are known to leave the link to the last text of a table here, which is no unit.
    const isLabel = moreLinks(block).includes(link(block, "cc_md_unit"));
    const unit = isLabel ? "" : await this.#text(link(block, "cc_md_unit"), path);
    const comment = await this.#text(link(block, "cc_md_comment"), path);
    if (name) conversion.name = name;
    if (unit) conversion.unit = unit;
    if (comment) conversion.comment = comment;
    await this.#references(conversion, block, path);
    const inverse = link(block, "cc_cc_inverse");
    // An inverse often links back to the conversion that it inverts.
    if (inverse !== 0 && !this.#open.has(inverse)) {
      conversion.inverse = await this.read(inverse, path);
    }
  }

  async #references(
    conversion: ConversionModel,
    block: ConversionBlock,
    path: string,
  ): Promise<void> {
    const links = moreLinks(block);
    const count = block.fields.cc_ref_count;
    if (links.length < count) {
      throw new CorruptFileError(
        `the conversion counts ${count} references and links to ${links.length}`,
        this.#reader.place("CC", block.offset, path),
      );
    }
    for (let i = 0; i < count; i++) {
      conversion.references.push(await this.#reference(links[i], `${path}.ref[${i}]`));
    }
  }

  async #reference(offset: number, path: string): Promise<ConversionReference> {
    if (offset === 0) return null;
    const header = this.#reader.peekHeader(offset, path, "TX, MD or CC") ??
      await this.#reader.loadHeader(offset, path, "TX, MD or CC");
    if (header.id !== "CC") return await this.#text(offset, path);
    if (this.#open.has(offset)) {
      throw new CorruptFileError(
        "the conversion refers back to itself; the file is damaged",
        this.#reader.place("CC", offset, path),
      );
    }
    return await this.read(offset, path);
  }

  async #text(offset: number, path: string): Promise<string> {
    return this.#reader.peekText(offset, path) ?? await this.#reader.loadText(offset, path);
  }
}

function asDoubles(patterns: readonly bigint[]) {
  const view = new DataView(new ArrayBuffer(8));
  return patterns.map((pattern) => {
    view.setBigUint64(0, pattern);
    return jsonNumber(view.getFloat64(0));
  });
}
