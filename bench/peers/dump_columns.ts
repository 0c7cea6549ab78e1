/**
 * Values on their way to the check: written to a file in a form that every language can write.
 *
 * @module
 */
import { closeSync, openSync, writeSync } from "node:fs";
import type { AnyValues } from "../fingerprint.ts";
import type { DumpedColumn, DumpType } from "./protocol.ts";

const PIECE = 65536;

/** Writes columns one after the other to a new file. */
export function dumpColumns(columns: readonly AnyValues[], path: string): DumpedColumn[] {
  const file = openSync(path, "w");
  try {
    let offset = 0;
    return columns.map((values) => {
      const type = dumpTypeOf(values);
      const place = offset;
      for (let at = 0; at < values.length; at += PIECE) {
        const end = Math.min(at + PIECE, values.length);
        const bytes = type === "text" ? textPiece(values, at, end) : numberPiece(values, at, end);
        for (let done = 0; done < bytes.length;) done += writeSync(file, bytes, done);
        offset += bytes.length;
      }
      const column = { type, count: values.length, offset: place, bytes: offset - place };
      return type === "text" || values.length === 0 ? column : { ...column, ...rangeOf(values) };
    });
  } finally {
    closeSync(file);
  }
}

function dumpTypeOf(values: AnyValues): DumpType {
  if (values instanceof BigInt64Array) return "i8";
  if (values instanceof BigUint64Array) return "u8";
  return ArrayBuffer.isView(values) ? "f8" : "text";
}

function numberPiece(values: AnyValues, from: number, to: number): Uint8Array {
  const piece = (values as Float64Array).subarray(from, to);
  const wide = piece instanceof BigInt64Array || piece instanceof BigUint64Array
    ? piece
    : Float64Array.from(piece);
  return new Uint8Array(wide.buffer, wide.byteOffset, wide.byteLength);
}

function textPiece(values: AnyValues, from: number, to: number): Uint8Array {
  const texts = (values as unknown[]).slice(from, to);
  return new TextEncoder().encode(texts.join("\n") + "\n");
}

function rangeOf(values: AnyValues): { min: number; max: number } {
  const numbers = values as Float64Array;
  let min = numbers[0], max = numbers[0];
  for (let i = 1; i < numbers.length; i++) {
    const value = numbers[i];
    if (value < min) min = value;
    if (value > max) max = value;
  }
  return { min: Number(min), max: Number(max) };
}
