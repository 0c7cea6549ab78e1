/**
 * A small file with several features, of which tests damage one thing each.
 *
 * @module
 */
import { CC, SI, TX } from "../../lib/blocks/block_tables.ts";
import { encodeText } from "../../lib/blocks/encode_block.ts";
import { FileBuilder, type FileOptions } from "../_helpers.ts";

/** Records of the engine group: time as float64, speed as uint16, a place in the signal data. */
export const RECORD_BYTES = 18;
/** Number of records. */
export const RECORDS = 7;

/** What the channels of the file hold. */
export const EXPECTED = {
  t: Array.from({ length: RECORDS }, (_, i) => i / 4),
  speed: Array.from({ length: RECORDS }, (_, i) => 10 + i * 30 * 0.5),
  note: Array.from({ length: RECORDS }, (_, i) => `n${i}`),
  count: [1, 2, 3, 4, 5],
};

/** The file under construction, and offsets of its blocks. */
export interface EngineFile {
  file: FileBuilder;
  engine: { dg: number; cg: number; channels: number[]; data: number };
  counter: { dg: number; cg: number; channels: number[]; data: number };
  conversion: number;
  source: number;
  signalData: number;
}

/** Two data groups; the first has a conversion, texts of variable length, a source, a list of blocks. */
export function engineFile(options: FileOptions = {}): EngineFile {
  const file = new FileBuilder(options);
  const source = file.source("ECU", "path");
  const unit = file.text("km/h");
  const conversion = file.add(CC, {
    links: { cc_md_unit: unit },
    fields: { cc_type: 1, cc_val_count: 2, cc_val: [10, 0.5].map(bitsOf) },
  });
  const texts = EXPECTED.note.map((note) => encodeEntry(note));
  const signalData = file.data("SD", concat(texts));
  const records = new Uint8Array(RECORDS * RECORD_BYTES);
  const view = new DataView(records.buffer);
  for (let i = 0, place = 0; i < RECORDS; i++) {
    view.setFloat64(i * RECORD_BYTES, i / 4, true);
    view.setUint16(i * RECORD_BYTES + 8, i * 30, true);
    view.setBigUint64(i * RECORD_BYTES + 10, BigInt(place), true);
    place += texts[i].length;
  }
  const engine = file.group({
    name: "Engine",
    cg_si_acq_source: source,
    channels: [
      { name: "t", unit: "s", cn_type: 2, cn_sync_type: 1, cn_data_type: 4, cn_bit_count: 64 },
      { name: "speed", cn_byte_offset: 8, cn_bit_count: 16, cn_cc_conversion: conversion },
      {
        ...{ name: "note", cn_type: 1, cn_data_type: 7, cn_data: signalData },
        ...{ cn_byte_offset: 10, cn_bit_count: 64, cn_si_source: source },
      },
    ],
    records,
    blockSizes: [17, 5],
    listLength: 4,
  });
  const counter = file.group({
    name: "Counter",
    channels: [{ name: "count", cn_bit_count: 8 }],
    records: Uint8Array.from(EXPECTED.count),
    zip: true,
  });
  return { file, engine, counter, conversion, source, signalData };
}

/** A text block that stands alone. */
export function looseText(file: FileBuilder, text: string): number {
  return file.add(TX, { payload: encodeText(text) });
}

/** A source block that stands alone. */
export function looseSource(file: FileBuilder): number {
  return file.add(SI, {});
}

/** The pattern of a float, as conversion values are kept. */
export function bitsOf(value: number): bigint {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  return view.getBigUint64(0);
}

function encodeEntry(text: string): Uint8Array {
  const bytes = new TextEncoder().encode(text + "\0");
  const entry = new Uint8Array(4 + bytes.length);
  new DataView(entry.buffer).setUint32(0, bytes.length, true);
  entry.set(bytes, 4);
  return entry;
}

function concat(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
