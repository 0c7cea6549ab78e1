/**
 * Follows DT, DZ, HL, DL and their kin to one ordered list of fragments.
 *
 * @module
 */
import { DL, DZ, HEADER_BYTES, HL, LD } from "../blocks/block_tables.ts";
import { type BlockHeader, type BlockReader, link, moreLinks } from "../blocks/read_block.ts";
import {
  CorruptFileError,
  LimitExceededError,
  TruncatedFileError,
  UnsupportedFeatureError,
} from "../errors.ts";
import { UNFINALIZED } from "./format_codes.ts";
import type { DataChain, Fragment } from "./measurement.ts";
import { asProblem } from "./problem.ts";

/** Highest number of output bytes that one byte of deflated data can stand for. */
const DEFLATE_MAX_RATIO = 1032;

/**
 * The chain of data blocks of type `kind` (`DT`, `SD` …) behind a link. What is wrong with the chain
 * is kept in its `problem`, so that the rest of the file stays readable.
 */
export async function readDataChain(
  reader: BlockReader,
  start: number,
  kind: string,
  path: string,
): Promise<DataChain> {
  const chain: DataChain = { fragments: [], length: 0 };
  if (start === 0) return chain;
  const walk = new ChainWalk(reader, kind, chain);
  try {
    await walk.entry(start, path);
    await walk.extendLast();
  } catch (error) {
    chain.problem = asProblem(error);
  }
  return chain;
}

/** Types of the blocks that hold records: whole ones, their values, their invalidation bytes. */
export interface RecordBlocks {
  readonly rows: string;
  readonly values: string;
  readonly invalidation: string;
}

const GROUP_DATA: RecordBlocks = { rows: "DT", values: "DV", invalidation: "DI" };

/** The records of a data group; column-oriented data keeps invalidation bytes apart. */
export async function readRecordData(
  reader: BlockReader,
  start: number,
  invalidationBytes: number,
  dataBytes: number,
  path: string,
  kinds = GROUP_DATA,
): Promise<{ data: DataChain; invalidation?: DataChain }> {
  if (start === 0) return { data: { fragments: [], length: 0 } };
  let first: number;
  try {
    first = await firstList(reader, start, path);
    const header = await sparseHeader(reader, first, path);
    let kind = header.id;
    if (kind === "DZ") {
      const block = reader.peek(DZ, first, path, true) ?? await reader.load(DZ, first, path, true);
      kind = block.fields.dz_org_block_type;
    }
    if (kind === kinds.values) {
      const data = await readDataChain(reader, start, kinds.values, path);
      return { data, invalidation: allValid(data, invalidationBytes, dataBytes) };
    }
    if (kind !== "LD") return { data: await readDataChain(reader, start, kinds.rows, path) };
  } catch (error) {
    return { data: { fragments: [], length: 0, problem: asProblem(error) } };
  }
  return await readColumnList(reader, first, invalidationBytes, dataBytes, path, kinds);
}

/** Values that stand without a list have no invalidation bytes beside them: all are valid. */
function allValid(
  { length }: DataChain,
  invalidationBytes: number,
  dataBytes: number,
): DataChain | undefined {
  if (invalidationBytes === 0 || dataBytes === 0) return undefined;
  const bytes = Math.floor(length / dataBytes) * invalidationBytes;
  return { fragments: bytes > 0 ? [{ offset: -1, length: bytes }] : [], length: bytes };
}

/** The block behind an HL, or the block itself. */
async function firstList(reader: BlockReader, start: number, path: string): Promise<number> {
  const header = await sparseHeader(reader, start, path);
  if (header.id !== "HL") return start;
  const list = reader.peek(HL, start, path) ?? await reader.load(HL, start, path);
  return link(list, "hl_dl_first") || start;
}

/** Bit of `ld_flags` that tells of links to invalidation bytes. */
const LD_INVALIDATION = 0x80000000;

async function readColumnList(
  reader: BlockReader,
  first: number,
  invalidationBytes: number,
  dataBytes: number,
  path: string,
  kinds: RecordBlocks,
): Promise<{ data: DataChain; invalidation?: DataChain }> {
  const data: DataChain = { fragments: [], length: 0 };
  const invalidation: DataChain = { fragments: [], length: 0 };
  const values = new ChainWalk(reader, kinds.values, data);
  const bits = new ChainWalk(reader, kinds.invalidation, invalidation);
  let any = false;
  try {
    const seen = new Set<number>();
    let offset = first;
    for (let n = 0; offset !== 0; n++) {
      const at = `${path}>LD[${n}]`;
      if (seen.has(offset)) {
        throw new CorruptFileError(
          "the data list leads back to itself; the file is damaged",
          reader.place("LD", offset, at),
        );
      }
      seen.add(offset);
      const list = reader.peek(LD, offset, at) ?? await reader.load(LD, offset, at);
      const links = moreLinks(list);
      const count = list.fields.ld_count;
      const apart = (list.fields.ld_flags & LD_INVALIDATION) !== 0;
      if (links.length < count * (apart ? 2 : 1)) {
        throw new CorruptFileError(
          `the list counts ${count} blocks but has ${links.length} links`,
          reader.place("LD", offset, at),
        );
      }
      for (let i = 0; i < count; i++) {
        const before = data.length;
        if (links[i] !== 0) await values.append(links[i], `${at}[${i}]`);
        const records = dataBytes > 0 ? (data.length - before) / dataBytes : 0;
        const wanted = records * invalidationBytes;
        const known = invalidation.length;
        if (apart && links[count + i] !== 0) {
          any = true;
          await bits.append(links[count + i], `${at}.invalid[${i}]`);
          if (invalidation.length - known !== wanted) {
            throw new CorruptFileError(
              `${
                invalidation.length - known
              } invalidation bytes stand beside ${records} records, ` +
                `which need ${wanted}`,
              reader.place(kinds.invalidation, links[count + i], at),
            );
          }
        } else if (wanted > 0) {
          // No invalidation block means that all values are valid.
          invalidation.fragments.push({ offset: -1, length: wanted });
          invalidation.length += wanted;
        }
      }
      offset = link(list, "ld_next");
    }
  } catch (error) {
    data.problem = asProblem(error);
  }
  return any || invalidationBytes > 0 ? { data, invalidation } : { data };
}

async function sparseHeader(
  reader: BlockReader,
  offset: number,
  path: string,
): Promise<BlockHeader> {
  return reader.peekHeader(offset, path, undefined, true) ??
    await reader.loadHeader(offset, path, undefined, true);
}

class ChainWalk {
  readonly #reader: BlockReader;
  readonly #kind: string;
  readonly #chain: DataChain;
  readonly #seenLists = new Set<number>();
  #storedBytes = 0;
  #last?: BlockHeader;

  constructor(reader: BlockReader, kind: string, chain: DataChain) {
    this.#reader = reader;
    this.#kind = kind;
    this.#chain = chain;
  }

  /** Adds the data block at `offset`. */
  async append(offset: number, path: string): Promise<void> {
    await this.#block(await sparseHeader(this.#reader, offset, path), path);
  }

  /** The block that a DG or CN links to. */
  async entry(offset: number, path: string): Promise<void> {
    const header = await sparseHeader(this.#reader, offset, path);
    switch (header.id) {
      case "HL": {
        const list = this.#reader.peek(HL, offset, path) ??
          await this.#reader.load(HL, offset, path);
        const first = link(list, "hl_dl_first");
        if (first !== 0) await this.#followLists(first, `${path}>HL`);
        return;
      }
      case "DL":
        return await this.#followLists(offset, path);
      default:
        return await this.#block(header, path);
    }
  }

  /**
   * In an unfinalized file the last data block may be longer than it says: its data goes on to the
   * next block that anything refers to, or to the end of the file (ASAM MDF 4, id_unfin_flags).
   */
  async extendLast(): Promise<void> {
    const last = this.#last;
    const flags = this.#reader.unfinalized;
    if (flags === undefined || !last || (last.id !== "DT" && last.id !== "RD")) return;
    const start = last.offset + HEADER_BYTES;
    let limit = this.#reader.fileSize;
    for (const offset of this.#reader.met) {
      if (offset > last.offset && offset < limit) limit = offset;
    }
    const { fragments } = this.#chain;
    const stored = last.length - HEADER_BYTES;
    const fits = start + stored <= limit;
    if (fits && stored > 0) {
      const flag = last.id === "RD" ? UNFINALIZED.lastReductionLength : UNFINALIZED.lastDataLength;
      // Up to seven bytes before the next block are its alignment, not data.
      if ((flags & flag) === 0 || limit - start - stored < 8) return;
      if (await this.#startsBlock(start + stored)) return;
    }
    if (stored > 0) {
      fragments.pop();
      this.#chain.length -= stored;
    }
    if (limit <= start) return;
    fragments.push({ offset: start, length: limit - start });
    this.#chain.length += limit - start;
  }

  /** Whether a block starts at the next multiple of eight bytes, though nothing refers to it. */
  async #startsBlock(end: number): Promise<boolean> {
    const offset = Math.ceil(end / 8) * 8;
    if (offset + HEADER_BYTES > this.#reader.fileSize) return false;
    const [hash, again, first, second, ...reserved] = await this.#reader.loadBytes(offset, 8);
    const isLetter = (code: number) => code >= 0x41 && code <= 0x5a;
    return hash === 0x23 && again === 0x23 && isLetter(first) && isLetter(second) &&
      reserved.every((byte) => byte === 0);
  }

  async #followLists(first: number, path: string): Promise<void> {
    let offset = first;
    for (let n = 0; offset !== 0; n++) {
      const listPath = `${path}>DL[${n}]`;
      if (this.#seenLists.has(offset)) {
        throw new CorruptFileError(
          "the data list leads back to itself; the file is damaged",
          this.#reader.place("DL", offset, listPath),
        );
      }
      this.#seenLists.add(offset);
      const list = this.#reader.peek(DL, offset, listPath) ??
        await this.#reader.load(DL, offset, listPath);
      const blocks = moreLinks(list);
      // The counter of an unfinalized list may be behind; its links tell.
      const open = this.#reader.unfinalized !== undefined;
      const count = open ? blocks.length : list.fields.dl_count;
      if (count > blocks.length) {
        throw new CorruptFileError(
          `the list counts ${list.fields.dl_count} blocks but links to ${blocks.length}`,
          this.#reader.place("DL", offset, listPath),
        );
      }
      for (let i = 0; i < count; i++) {
        if (blocks[i] === 0) continue;
        const blockPath = `${listPath}[${i}]`;
        await this.append(blocks[i], blockPath);
      }
      offset = link(list, "dl_dl_next");
    }
  }

  async #block(header: BlockHeader, path: string): Promise<void> {
    const fragment = header.id === "DZ"
      ? await this.#compressed(header, path)
      : this.#plain(header, path);
    this.#last = header;
    // Blocks that lie apart cannot hold more than the file; a list that names one block over and
    // over would otherwise make a small file endless.
    this.#storedBytes += fragment.stored ??
      Math.min(fragment.length, this.#reader.fileSize - fragment.offset);
    if (this.#storedBytes > this.#reader.fileSize) {
      throw new CorruptFileError(
        "the blocks of the list hold more bytes than the file; it names some of them repeatedly",
        this.#reader.place(header.id, header.offset, path),
      );
    }
    if (fragment.length === 0) return;
    this.#chain.fragments.push(fragment);
    this.#chain.length += fragment.length;
  }

  #plain(header: BlockHeader, path: string): Fragment {
    if (header.id !== this.#kind) {
      throw new UnsupportedFeatureError(
        `a ${header.id} block stands where ${this.#kind} data is expected`,
        this.#reader.place(header.id, header.offset, path),
      );
    }
    this.#checkEnd(header.offset + header.length, header, path);
    return { offset: header.offset + HEADER_BYTES, length: header.length - HEADER_BYTES };
  }

  async #compressed(header: BlockHeader, path: string): Promise<Fragment> {
    const reader = this.#reader;
    const block = reader.peek(DZ, header.offset, path, true) ??
      await reader.load(DZ, header.offset, path, true);
    const place = reader.place("DZ", header.offset, path);
    const {
      dz_org_block_type: original,
      dz_zip_type: zip,
      dz_zip_parameter: columns,
      dz_org_data_length: length,
      dz_data_length: stored,
    } = block.fields;
    if (original !== this.#kind) {
      throw new UnsupportedFeatureError(
        `compressed ${original} data stands where ${this.#kind} data is expected`,
        place,
      );
    }
    if (zip > 5) throw new UnsupportedFeatureError(`unknown compression method ${zip}`, place);
    const transposed = zip % 2 === 1;
    if (transposed && columns === 0) {
      throw new CorruptFileError("the data is transposed into 0 columns, which cannot be", place);
    }
    if (length > reader.limits.inflatedBlockBytes) {
      throw new LimitExceededError(
        `the block unpacks to ${length} bytes and the limit is ` +
          `${reader.limits.inflatedBlockBytes}; raise limits.inflatedBlockBytes if the file is to ` +
          "be trusted",
        place,
      );
    }
    if (zip <= 1 && length > stored * DEFLATE_MAX_RATIO + 64) {
      throw new CorruptFileError(
        `${stored} deflated bytes cannot unpack to ${length}; the length is wrong`,
        place,
      );
    }
    this.#checkEnd(block.payloadOffset + stored, header, path);
    const fragment: Fragment = { offset: block.payloadOffset, length, zip, stored };
    if (transposed) fragment.columns = columns;
    return fragment;
  }

  #checkEnd(end: number, header: BlockHeader, path: string): void {
    if (
      end <= this.#reader.fileSize || (this.#reader.unfinalized !== undefined && header.id !== "DZ")
    ) return;
    throw new TruncatedFileError(
      `the block ends ${end - this.#reader.fileSize} bytes after the end of the file, which has ` +
        `${this.#reader.fileSize} bytes; copy the file again or repair it with its own tool`,
      this.#reader.place(header.id, header.offset, path),
    );
  }
}
