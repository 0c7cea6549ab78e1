/**
 * The records of a data group, whole or column by column.
 *
 * @module
 */
import { DZ, HL, LD } from "../blocks/block_tables.ts";
import { link, moreLinks } from "../blocks/block.ts";
import type { BlockReader } from "../blocks/read_block.ts";
import { CorruptFileError } from "../errors.ts";
import { ChainWalk, emptyChain, readDataChain, sparseHeader } from "./data_chain.ts";
import type { DataChain } from "./measurement.ts";
import { asProblem } from "./problem.ts";

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
  if (start === 0) return { data: emptyChain(kinds.rows) };
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
      return { data, invalidation: allValid(data, invalidationBytes, dataBytes, kinds) };
    }
    if (kind !== "LD") return { data: await readDataChain(reader, start, kinds.rows, path) };
  } catch (error) {
    return { data: { ...emptyChain(kinds.rows), problem: asProblem(error) } };
  }
  return await readColumnList(reader, first, invalidationBytes, dataBytes, path, kinds);
}

/** Values that stand without a list have no invalidation bytes beside them: all are valid. */
function allValid(
  { length }: DataChain,
  invalidationBytes: number,
  dataBytes: number,
  kinds: RecordBlocks,
): DataChain | undefined {
  if (invalidationBytes === 0 || dataBytes === 0) return undefined;
  const bytes = Math.floor(length / dataBytes) * invalidationBytes;
  const chain = emptyChain(kinds.invalidation);
  if (bytes > 0) chain.fragments.push({ offset: -1, length: bytes });
  chain.length = bytes;
  return chain;
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
  const data = emptyChain(kinds.values);
  const invalidation = emptyChain(kinds.invalidation);
  const values = new ChainWalk(reader, kinds.values, data);
  const bits = new ChainWalk(reader, kinds.invalidation, invalidation);
  // A record that a block breaks off counts where it ends.
  const wholeRecords = () => dataBytes > 0 ? Math.floor(data.length / dataBytes) : 0;
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
        const before = wholeRecords();
        if (links[i] !== 0) await values.append(links[i], `${at}[${i}]`);
        const records = wholeRecords() - before;
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
