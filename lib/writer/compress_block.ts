/**
 * Data to compressed blocks: transposition, deflate and the DZ block around them.
 *
 * @module
 */
import { UnsupportedFeatureError } from "../errors.ts";
import { DZ } from "../blocks/block_tables.ts";
import { alignTo8, encodeBlock } from "../blocks/encode_block.ts";
import { builtinModule } from "../source/node_modules.ts";

/** How data blocks are stored. */
export type Compression = "none" | "deflate" | "transpose";

/** `dz_zip_type`. */
export const ZIP_TYPE = { deflate: 0, transposeDeflate: 1 } as const;

interface Zlib {
  deflateSync(bytes: Uint8Array, options: { level: number; chunkSize: number }): Uint8Array;
}

// A row block of this many records keeps the lines that are written to in the cache.
const TRANSPOSE_ROWS = 512;

/**
 * Rewrites records column by column: `columns` bytes make a row, as many whole rows as fit are
 * transposed, and the remainder follows unchanged. `target` has at least the length of `source`.
 */
export function transpose(source: Uint8Array, columns: number, target: Uint8Array): void {
  const rows = Math.floor(source.length / columns);
  for (let first = 0; first < rows; first += TRANSPOSE_ROWS) {
    const last = Math.min(rows, first + TRANSPOSE_ROWS);
    for (let column = 0; column < columns; column++) {
      let to = column * rows + first;
      for (let from = first * columns + column; from < last * columns; from += columns) {
        target[to++] = source[from];
      }
    }
  }
  target.set(source.subarray(rows * columns), rows * columns);
}

/** Compresses blocks one after the other; the room it needs is kept from one to the next. */
export class BlockCompressor {
  readonly #level: number;
  #scratch = new Uint8Array(0);

  /** `level` is that of zlib, 0 to 9. */
  constructor(level: number) {
    this.#level = level;
  }

  /**
   * The DZ block, with padding, for the data of a `kind` block (`DT`, `SD`). More than one column
   * transposes. Undefined when the block would not be smaller than the plain one, which is then to
   * be stored instead.
   */
  compress(
    kind: string,
    data: Uint8Array,
    columns: number,
  ): Uint8Array | undefined | Promise<Uint8Array | undefined> {
    const transposed = columns > 1;
    let input = data;
    if (transposed) {
      if (this.#scratch.length < data.length) this.#scratch = new Uint8Array(data.length);
      input = this.#scratch.subarray(0, data.length);
      transpose(data, columns, input);
    }
    const zlib = builtinModule<Zlib>("node:zlib");
    const original = { kind, bytes: data.length, columns: transposed ? columns : 0 };
    if (!zlib) return deflateByStream(input).then((packed) => wrap(original, packed));
    return wrap(
      original,
      zlib.deflateSync(input, { level: this.#level, chunkSize: chunkSizeFor(data.length) }),
    );
  }
}

/** Deflates, in zlib format, with what browsers have; that has no level to choose. */
export async function deflateByStream(bytes: Uint8Array): Promise<Uint8Array> {
  if (typeof CompressionStream === "undefined") {
    throw new UnsupportedFeatureError(
      'this runtime cannot deflate; write with compression "none"',
    );
  }
  const packed = new Blob([bytes as Uint8Array<ArrayBuffer>]).stream()
    .pipeThrough(new CompressionStream("deflate"));
  return new Uint8Array(await new Response(packed).arrayBuffer());
}

// Output that fits one chunk is not copied together; zlib refuses chunks below 64 bytes.
function chunkSizeFor(length: number): number {
  return Math.max(1024, length + (length >> 10) + 64);
}

function wrap(
  original: { kind: string; bytes: number; columns: number },
  packed: Uint8Array,
): Uint8Array | undefined {
  // The standard recommends the plain block where the header of a DZ block eats up the gain.
  if (original.bytes < packed.length + 24) return undefined;
  const head = encodeBlock(DZ, {
    fields: {
      dz_org_block_type: original.kind,
      dz_zip_type: original.columns > 0 ? ZIP_TYPE.transposeDeflate : ZIP_TYPE.deflate,
      dz_zip_parameter: original.columns,
      dz_org_data_length: original.bytes,
      dz_data_length: packed.length,
    },
    payloadBytes: packed.length,
  });
  const block = new Uint8Array(alignTo8(head.length + packed.length));
  block.set(head);
  block.set(packed, head.length);
  return block;
}
