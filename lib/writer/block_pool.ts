/**
 * Blocks that are written together, and blocks that several others share.
 *
 * @module
 */
import { CC, MD, SI, TX } from "../blocks/block_tables.ts";
import { alignTo8, encodeBlock, encodeText } from "../blocks/encode_block.ts";
import { CONVERSION_TYPE } from "../structure/format_codes.ts";
import { commentXml } from "./comment_xml.ts";
import type { Comment, ConversionOptions, SourceOptions } from "./writer_options.ts";

/** Blocks that will follow each other in the file from a known offset. */
export class BlockBatch {
  readonly #parts: Uint8Array[] = [];
  #end: number;
  readonly #start: number;

  /** `start` is the offset of the first block. */
  constructor(start: number) {
    this.#start = start;
    this.#end = start;
  }

  /** Adds a block; gives its offset. */
  add(bytes: Uint8Array): number {
    const offset = this.#end;
    this.#parts.push(bytes);
    this.#end += alignTo8(bytes.length);
    return offset;
  }

  /** All blocks with their padding. */
  bytes(): Uint8Array {
    const whole = new Uint8Array(this.#end - this.#start);
    let at = 0;
    for (const part of this.#parts) {
      whole.set(part, at);
      at += alignTo8(part.length);
    }
    return whole;
  }
}

/** Offsets of texts, sources and conversions that were written before, to be linked to again. */
export class BlockPool {
  readonly #offsets = new Map<string, number>();

  /** Offset of a TX block; 0, for no link, when there is no text. */
  text(batch: BlockBatch, text: string | undefined): number {
    return text ? this.writtenText(batch, text) : 0;
  }

  /** Offset of a TX block, also of an empty one. */
  writtenText(batch: BlockBatch, text: string): number {
    return this.#once(
      `TX ${text}`,
      () => batch.add(encodeBlock(TX, { payload: encodeText(text) })),
    );
  }

  /** Offset of an MD block with a comment; 0, for no link, when there is none. */
  comment(batch: BlockBatch, element: string, comment: Comment | undefined): number {
    if (!comment) return 0;
    const xml = commentXml(element, comment);
    return this.#once(`MD ${xml}`, () => batch.add(encodeBlock(MD, { payload: encodeText(xml) })));
  }

  /** Offset of an SI block; 0, for no link, when there is no source. */
  source(batch: BlockBatch, source: SourceOptions | undefined): number {
    if (!source) return 0;
    const links = {
      si_tx_name: this.text(batch, source.name),
      si_tx_path: this.text(batch, source.path),
      si_md_comment: this.comment(batch, "SIcomment", source.comment),
    };
    const fields = {
      si_type: source.type ?? 0,
      si_bus_type: source.busType ?? 0,
      si_flags: source.flags ?? 0,
    };
    return this.#once(
      `SI ${JSON.stringify([links, fields])}`,
      () => batch.add(encodeBlock(SI, { links, fields })),
    );
  }

  /** Offset of a CC block; 0, for no link, when there is no conversion. */
  conversion(batch: BlockBatch, conversion: ConversionOptions | undefined): number {
    if (!conversion) return 0;
    const rule = this.#rule(batch, conversion);
    return this.#once(
      `CC ${rule.type} ${rule.values.map(bits)} ${rule.references}`,
      () =>
        batch.add(
          encodeBlock(CC, {
            moreLinks: rule.references,
            fields: {
              cc_type: rule.type,
              cc_ref_count: rule.references.length,
              cc_val_count: rule.values.length,
              cc_val: rule.values.map(bits),
            },
          }),
        ),
    );
  }

  #rule(
    batch: BlockBatch,
    conversion: ConversionOptions,
  ): { type: number; values: readonly number[]; references: readonly number[] } {
    switch (conversion.kind) {
      case "identity":
        return { type: CONVERSION_TYPE.identity, values: [], references: [] };
      case "linear": {
        const values = [conversion.offset, conversion.factor];
        return { type: CONVERSION_TYPE.linear, values, references: [] };
      }
      case "rational":
        return { type: CONVERSION_TYPE.rational, values: conversion.parameters, references: [] };
      case "valueToText": {
        const references = conversion.texts.map((text) => this.writtenText(batch, text));
        references.push(
          conversion.default === undefined ? 0 : this.writtenText(batch, conversion.default),
        );
        return { type: CONVERSION_TYPE.valueToText, values: conversion.keys, references };
      }
    }
  }

  #once(key: string, write: () => number): number {
    const known = this.#offsets.get(key);
    if (known !== undefined) return known;
    const offset = write();
    this.#offsets.set(key, offset);
    return offset;
  }
}

const scratch = new DataView(new ArrayBuffer(8));

/** The 64 bits of a double. */
function bits(value: number): bigint {
  scratch.setFloat64(0, value);
  return scratch.getBigUint64(0);
}
