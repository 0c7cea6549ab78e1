/**
 * Writes files of every shape. What the writer does not offer, unsorted records and arrays, is put
 * together from blocks.
 *
 * @module
 */
import { CA, CG, CN, DG, DT, HD } from "../../lib/blocks/block_tables.ts";
import { encodeBlock, encodeIdentification } from "../../lib/blocks/encode_block.ts";
import { type ChannelOptions, MdfWriter, type WriterOptions } from "../../mod.ts";
import { Blocks } from "./blocks.ts";

/** A shape, and what is in it. */
export interface ShapeFile {
  name: string;
  /** About how many bytes a record takes. */
  recordBytes: number;
  /** Channels whose values are known. */
  channels: number;
  /** Value `index` of a channel; undefined for a channel that is not looked at. */
  value(channel: string, index: number): unknown;
  make(path: string, records: number): Promise<void>;
}

const FLOATS = 8;
const WORDS = ["idle", "ready", "driving", "a somewhat longer state", "", "off", "error"];
const PIECE = 65_536;

const numberOf = (channel: string) => Number(/^c(\d+)$/.exec(channel)?.[1] ?? NaN);
const floatAt = (channel: string, index: number) => {
  const number = numberOf(channel);
  return Number.isNaN(number) ? undefined : index * (number + 1) / 4;
};

/** Floats in the way that the options of the writer say. */
function floats(name: string, options: WriterOptions): ShapeFile {
  return {
    name,
    recordBytes: 8 * (FLOATS + 1),
    channels: FLOATS,
    value: floatAt,
    make: (path, records) =>
      write(
        path,
        records,
        options,
        Array.from({ length: FLOATS }, (_, i) => ({ name: `c${i}`, type: "float64" })),
        (channel, first, count) =>
          Float64Array.from({ length: count }, (_, i) => floatAt(channel, first + i)!),
      ),
  };
}

type MakeColumn = (channel: string, first: number, count: number) => Float64Array | string[];

async function write(
  path: string,
  records: number,
  options: WriterOptions,
  channels: ChannelOptions[],
  makeColumn: MakeColumn,
): Promise<void> {
  await using writer = await MdfWriter.create(path, options);
  const group = writer.addGroup({
    name: "Shape",
    channels: [{ name: "t", type: "float64", master: "time" }, ...channels],
  });
  for (let first = 0; first < records; first += PIECE) {
    const count = Math.min(PIECE, records - first);
    await group.append({
      t: Float64Array.from({ length: count }, (_, i) => (first + i) / 1000),
      ...Object.fromEntries(channels.map(({ name }) => [name, makeColumn(name, first, count)])),
    });
  }
}

const TEXT: ShapeFile = {
  name: "texts of variable length",
  recordBytes: 30,
  channels: 1,
  value: (channel, index) => channel === "text" ? WORDS[index % WORDS.length] : undefined,
  make: (path, records) =>
    write(
      path,
      records,
      {},
      [{ name: "text", type: "string" }],
      (_, first, count) =>
        Array.from({ length: count }, (_, i) => WORDS[(first + i) % WORDS.length]),
    ),
};

const MANY = 2000;
const MANY_CHANNELS: ShapeFile = {
  name: "many channels",
  recordBytes: 8 * MANY,
  channels: MANY,
  value: floatAt,
  make: (path, records) =>
    write(
      path,
      records,
      {},
      Array.from({ length: MANY }, (_, i) => ({ name: `c${i}`, type: "float64" })),
      (channel, first, count) =>
        Float64Array.from({ length: count }, (_, i) => floatAt(channel, first + i)!),
    ),
};

interface BlockGroup {
  recordId: number;
  dataBytes: number;
  records: number;
  channels: { name: string; byte: number; bits: number; type: number; composition?: number }[];
}

/** Writes one data group; its links lead forwards, from the header at the start. */
async function writeBlocks(
  path: string,
  recordIdBytes: number,
  records: Uint8Array,
  groupsOf: (blocks: Blocks) => BlockGroup[],
): Promise<void> {
  const blocks = new Blocks();
  blocks.append(encodeIdentification({ id_file: "MDF     ", id_vers: "4.10    ", id_ver: 410 }));
  const header = blocks.append(encodeBlock(HD));
  let nextGroup = 0;
  for (const { recordId, dataBytes, records, channels } of groupsOf(blocks).toReversed()) {
    let nextChannel = 0;
    for (const { name, byte, bits, type, composition = 0 } of channels.toReversed()) {
      nextChannel = blocks.append(encodeBlock(CN, {
        links: {
          cn_cn_next: nextChannel,
          cn_tx_name: blocks.text(name),
          cn_composition: composition,
        },
        fields: { cn_data_type: type, cn_byte_offset: byte, cn_bit_count: bits },
      }));
    }
    nextGroup = blocks.append(encodeBlock(CG, {
      links: { cg_cg_next: nextGroup, cg_cn_first: nextChannel },
      fields: { cg_record_id: recordId, cg_cycle_count: records, cg_data_bytes: dataBytes },
    }));
  }
  const data = blocks.append(encodeBlock(DT, { payload: records }));
  const group = blocks.append(encodeBlock(DG, {
    links: { dg_cg_first: nextGroup, dg_data: data },
    fields: { dg_rec_id_size: recordIdBytes },
  }));
  blocks.parts[1] = encodeBlock(HD, { links: { hd_dg_first: group } });
  if (header !== blocks.parts[0].length) throw new Error("the header is not where it must be");
  using file = await Deno.open(path, { write: true, create: true, truncate: true });
  for (const part of blocks.parts) {
    for (let at = 0; at < part.length;) at += await file.write(part.subarray(at));
  }
}

/** Records of two groups in turns: a float of 64 bits, and a number of 32 bits. */
const UNSORTED: ShapeFile = {
  name: "unsorted",
  recordBytes: 14,
  channels: 2,
  value: (channel, index) =>
    channel === "float" ? index / 4 : channel === "integer" ? (7 * index) % 2 ** 32 : undefined,
  async make(path, records) {
    const bytes = new Uint8Array(14 * records);
    const view = new DataView(bytes.buffer);
    for (let i = 0; i < records; i++) {
      bytes[14 * i] = 1;
      view.setFloat64(14 * i + 1, i / 4, true);
      bytes[14 * i + 9] = 2;
      view.setUint32(14 * i + 10, 7 * i, true);
    }
    await writeBlocks(path, 1, bytes, () => [
      {
        ...{ recordId: 1, dataBytes: 8, records },
        channels: [{ name: "float", byte: 0, bits: 64, type: 4 }],
      },
      {
        ...{ recordId: 2, dataBytes: 4, records },
        channels: [{ name: "integer", byte: 0, bits: 32, type: 0 }],
      },
    ]);
  },
};

const SIDE = 8;
const ARRAYS: ShapeFile = {
  name: "arrays of 8 by 8",
  recordBytes: 4 * SIDE * SIDE,
  channels: 1,
  value: (channel, index) => channel === "map" ? index % 65_536 : undefined,
  async make(path, records) {
    const numbers = Float32Array.from({ length: SIDE * SIDE * records }, (_, i) => i % 65_536);
    await writeBlocks(path, 0, new Uint8Array(numbers.buffer), (blocks) => {
      const composition = blocks.append(encodeBlock(CA, {
        fields: { ca_ndim: 2, ca_byte_offset_base: 4, ca_dim_size: [SIDE, SIDE] },
      }));
      return [{
        ...{ recordId: 0, dataBytes: 4 * SIDE * SIDE, records },
        channels: [{ name: "map", byte: 0, bits: 32, type: 4, composition }],
      }];
    });
  },
};

/** Every shape. */
export const SHAPE_FILES: readonly ShapeFile[] = [
  floats("plain", {}),
  floats("deflate", { compression: "deflate" }),
  floats("transposed deflate", { compression: "transpose" }),
  UNSORTED,
  TEXT,
  ARRAYS,
  MANY_CHANNELS,
];
