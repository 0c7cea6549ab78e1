/** Reads MDF bytes with nothing but a DataView, so that the writer is not checked by its own tables. */
import { assert, assertEquals } from "@std/assert";
import { inflateSync } from "node:zlib";
import { MdfWriter, MemorySink, type WriterOptions } from "../../lib/writer/mdf_writer.ts";

export interface RawBlock {
  at: number;
  id: string;
  length: number;
  links: number[];
  /** The data section: everything after the links. */
  data: DataView;
}

/** Options that make the bytes of a file depend on the calls alone. */
export const FIXED_TIMES = { startTimeNs: 1_700_000_000_000_000_000n, historyTimeNs: 5n } as const;

/** Writes a file to memory. */
export async function written(
  options: WriterOptions,
  write: (writer: MdfWriter) => void | Promise<void>,
): Promise<Uint8Array> {
  const sink = new MemorySink();
  const writer = await MdfWriter.create(sink, { ...FIXED_TIMES, ...options });
  await write(writer);
  await writer.close();
  return sink.bytes();
}

export function blockAt(bytes: Uint8Array, at: number): RawBlock {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  assertEquals(ascii(bytes, at, 2), "##", `no block at ${at}`);
  const length = Number(view.getBigUint64(at + 8, true));
  const count = Number(view.getBigUint64(at + 16, true));
  const links = Array.from(
    { length: count },
    (_, i) => Number(view.getBigUint64(at + 24 + 8 * i, true)),
  );
  const start = at + 24 + 8 * count;
  assert(start <= at + length && at + length <= bytes.length, `block at ${at} is out of bounds`);
  return {
    at,
    id: ascii(bytes, at + 2, 2),
    length,
    links,
    data: new DataView(bytes.buffer, bytes.byteOffset + start, at + length - start),
  };
}

/** The block a link leads to, which must be of the type. */
export function follow(bytes: Uint8Array, block: RawBlock, link: number, id: string): RawBlock {
  const target = blockAt(bytes, block.links[link]);
  assertEquals(target.id, id);
  return target;
}

export interface RawGroup {
  dg: RawBlock;
  cg: RawBlock;
  cn: RawBlock[];
  cycleCount: number;
  recordBytes: number;
}

export function groupsOf(bytes: Uint8Array): RawGroup[] {
  const groups: RawGroup[] = [];
  for (let at = blockAt(bytes, 64).links[0]; at !== 0;) {
    const dg = blockAt(bytes, at);
    assertEquals([dg.id, dg.data.getUint8(0)], ["DG", 0]);
    const cg = follow(bytes, dg, 1, "CG");
    assertEquals(cg.links[0], 0);
    const cn: RawBlock[] = [];
    for (let next = cg.links[1]; next !== 0; next = cn.at(-1)!.links[0]) {
      cn.push(blockAt(bytes, next));
      assertEquals(cn.at(-1)!.id, "CN");
    }
    groups.push({
      dg,
      cg,
      cn,
      cycleCount: Number(cg.data.getBigUint64(8, true)),
      recordBytes: cg.data.getUint32(24, true),
    });
    at = dg.links[0];
  }
  return groups;
}

/** Text of a TX or MD block. */
export function textAt(bytes: Uint8Array, at: number, id = "TX"): string {
  const block = blockAt(bytes, at);
  assertEquals(block.id, id);
  const all = new Uint8Array(block.data.buffer, block.data.byteOffset, block.data.byteLength);
  return new TextDecoder("utf-8", { fatal: true }).decode(all.subarray(0, all.indexOf(0)));
}

export interface RawList {
  flags: number;
  /** `dl_equal_length`, or undefined when the list tells offsets. */
  equalLength?: number;
  offsets?: number[];
  blocks: RawBlock[];
}

export interface RawChain {
  /** Type of the block that the owner links to, or "" for none. */
  entry: string;
  /** Flags and zip type of an HL block. */
  header?: { flags: number; zipType: number };
  lists: RawList[];
  blocks: RawBlock[];
  /** Data of each block, decompressed. */
  parts: Uint8Array[];
  data: Uint8Array;
}

/** Everything behind a link to data blocks of `kind`. */
export function chainOf(bytes: Uint8Array, link: number, kind: string): RawChain {
  const chain: RawChain = {
    entry: "",
    lists: [],
    blocks: [],
    parts: [],
    data: new Uint8Array(0),
  };
  if (link === 0) return chain;
  let block = blockAt(bytes, link);
  chain.entry = block.id;
  if (block.id === "HL") {
    chain.header = { flags: block.data.getUint16(0, true), zipType: block.data.getUint8(2) };
    block = follow(bytes, block, 0, "DL");
  }
  if (block.id === "DL") {
    for (let next = block.at; next !== 0;) {
      const dl = blockAt(bytes, next);
      chain.lists.push(listOf(bytes, dl));
      next = dl.links[0];
    }
    chain.blocks = chain.lists.flatMap((list) => list.blocks);
  } else {
    chain.blocks = [block];
  }
  chain.parts = chain.blocks.map((part) => unpack(part, kind));
  chain.data = concat(chain.parts);
  return chain;
}

function listOf(bytes: Uint8Array, dl: RawBlock): RawList {
  assertEquals(dl.id, "DL");
  const flags = dl.data.getUint8(0);
  const count = dl.data.getUint32(4, true);
  assertEquals(dl.links.length, 1 + count);
  const value = (i: number) => Number(dl.data.getBigUint64(8 + 8 * i, true));
  assertEquals(dl.data.byteLength, 8 + 8 * (flags & 1 ? 1 : count));
  return {
    flags,
    blocks: dl.links.slice(1).map((at) => blockAt(bytes, at)),
    ...(flags & 1
      ? { equalLength: value(0) }
      : { offsets: Array.from({ length: count }, (_, i) => value(i)) }),
  };
}

export interface Packed {
  kind: string;
  zipType: number;
  parameter: number;
  originalLength: number;
}

export function packedHeader(block: RawBlock): Packed {
  assertEquals(block.id, "DZ");
  const { data } = block;
  return {
    kind: String.fromCharCode(data.getUint8(0), data.getUint8(1)),
    zipType: data.getUint8(2),
    parameter: data.getUint32(4, true),
    originalLength: Number(data.getBigUint64(8, true)),
  };
}

function unpack(block: RawBlock, kind: string): Uint8Array {
  const all = new Uint8Array(block.data.buffer, block.data.byteOffset, block.data.byteLength);
  if (block.id !== "DZ") {
    assertEquals(block.id, kind);
    return all;
  }
  const packed = packedHeader(block);
  assertEquals(packed.kind, kind);
  assertEquals(Number(block.data.getBigUint64(16, true)), all.length - 24);
  const inflated = new Uint8Array(inflateSync(all.subarray(24)));
  assertEquals(inflated.length, packed.originalLength);
  return packed.zipType === 1 ? untranspose(inflated, packed.parameter) : inflated;
}

/** The definition, one byte at a time: row r, column c stands at c * rows + r. */
function untranspose(bytes: Uint8Array, columns: number): Uint8Array {
  const rows = Math.floor(bytes.length / columns);
  const plain = bytes.slice();
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < columns; c++) plain[r * columns + c] = bytes[c * rows + r];
  }
  return plain;
}

export function concat(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** Records of a group, as one run of bytes. */
export function recordsOf(bytes: Uint8Array, group: RawGroup): Uint8Array {
  return chainOf(bytes, group.dg.links[2], "DT").data;
}

/** Values of one channel, read with a DataView method from every record. */
export function field<V>(
  bytes: Uint8Array,
  group: RawGroup,
  channel: number,
  get: (view: DataView, at: number) => V,
): V[] {
  const records = recordsOf(bytes, group);
  const view = new DataView(records.buffer, records.byteOffset, records.byteLength);
  const offset = group.cn[channel].data.getUint32(4, true);
  return Array.from(
    { length: group.cycleCount },
    (_, i) => get(view, i * group.recordBytes + offset),
  );
}

/** Signal data entries of a channel, by the offsets in its records. */
export function entriesOf(bytes: Uint8Array, group: RawGroup, channel: number): Uint8Array[] {
  const { data } = chainOf(bytes, group.cn[channel].links[5], "SD");
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const offsets = field(bytes, group, channel, (v, at) => Number(v.getBigUint64(at, true)));
  return offsets.map((at) => data.slice(at + 4, at + 4 + view.getUint32(at, true)));
}

/**
 * Walks everything that can be reached and checks what holds for every file: blocks start at
 * multiples of 8, none overlap, and whatever lies between them is zero.
 */
export function checkCoverage(bytes: Uint8Array): Map<string, number> {
  const ends = new Map<number, number>();
  const counts = new Map<string, number>();
  const waiting = [64];
  while (waiting.length > 0) {
    const at = waiting.pop()!;
    if (at === 0 || ends.has(at)) continue;
    assertEquals(at % 8, 0, `block at ${at} is not aligned`);
    const block = blockAt(bytes, at);
    ends.set(at, at + block.length);
    counts.set(block.id, (counts.get(block.id) ?? 0) + 1);
    waiting.push(...block.links);
  }
  let end = 64;
  for (const at of [...ends.keys()].sort((a, b) => a - b)) {
    assert(at >= end, `the block at ${at} overlaps the one before it`);
    assert(bytes.subarray(end, at).every((byte) => byte === 0), `bytes before ${at} are not zero`);
    end = ends.get(at)!;
  }
  assert(bytes.subarray(end).every((byte) => byte === 0), "bytes after the last block");
  assertEquals(bytes.length % 8, 0);
  return counts;
}

export function ascii(bytes: Uint8Array, at: number, length: number): string {
  return String.fromCharCode(...bytes.subarray(at, at + length));
}
