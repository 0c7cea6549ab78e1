/**
 * Data chains of a file that has grown: followed on from the last block that was known, so that what
 * lies before it is not read again.
 *
 * @module
 */
import type { BlockReader } from "../blocks/read_block.ts";
import { SourceChangedError } from "../errors.ts";
import { type ChainTail, noteTail, tailOf } from "./chain_tail.ts";
import { ChainWalk, emptyChain, readDataChain } from "./data_chain.ts";
import { blockOffset } from "./fragment_place.ts";
import type { DataChain, Fragment, RecordData } from "./measurement.ts";
import { problemError } from "./problem.ts";
import { readRecordData, type RecordBlocks } from "./record_data.ts";

/** Gives what was followed once all blocks of the file are known, see {@link openEnd}. */
export type Finish<T> = () => Promise<T>;

/**
 * Follows a chain on.
 *
 * @throws {SourceChangedError} when what was known is no longer there
 * @throws {MdfError} when what has come cannot be read, perhaps only not yet
 */
export async function continueChain(
  reader: BlockReader,
  before: DataChain,
  start: number,
  path: string,
): Promise<Finish<DataChain>> {
  if (before.problem || start === 0) return await followAnew(reader, before, start, path);
  const tail = tailOf(before, start);
  if (tail) {
    const added = emptyChain(before.kind ?? "DT");
    const walk = new ChainWalk(reader, before.kind ?? "DT", added);
    if (await walk.resume(tail, path)) return () => join(before, start, tail, walk, added);
  }
  return await followAnew(reader, before, start, path);
}

async function join(
  before: DataChain,
  start: number,
  tail: ChainTail,
  walk: ChainWalk,
  added: DataChain,
): Promise<DataChain> {
  await walk.finish();
  const last = before.fragments.at(-1);
  const again = last !== undefined && blockOffset(last) === tail.last;
  const kept = again ? before.fragments.length - 1 : before.fragments.length;
  const keptBytes = again ? before.length - last.length : before.length;
  const length = keptBytes + added.length;
  const chain: DataChain = length === before.length
    ? { ...before }
    : { ...before, fragments: before.fragments.slice(0, kept).concat(added.fragments), length };
  if (added.open) chain.open = true;
  else delete chain.open;
  if (added.lost) chain.lost = added.lost;
  else delete chain.lost;
  noteTail(chain, start, walk.tail);
  return chain;
}

/** Follows all lists again, but looks at the blocks that were not known only. */
async function followAnew(
  reader: BlockReader,
  before: DataChain,
  start: number,
  path: string,
): Promise<Finish<DataChain>> {
  const follow = async () => {
    reader.knownData = knownData([before]);
    const chain = await readDataChain(reader, start, before.kind ?? "DT", path);
    reader.knownData = undefined;
    return chain;
  };
  refuseProblem(reader, before, await follow());
  return async () => {
    const chain = await follow();
    checkContinues(reader, before, chain);
    return chain;
  };
}

/** Follows the records of a data group or reduction on, see {@link continueChain}. */
export async function continueRecords(
  reader: BlockReader,
  before: RecordData,
  start: number,
  invalidationBytes: number,
  dataBytes: number,
  path: string,
  kinds?: RecordBlocks,
): Promise<Finish<RecordData>> {
  const rows = kinds?.rows ?? "DT";
  if ((before.data.kind ?? "DT") === rows && tailOf(before.data, start)) {
    const finish = await continueChain(reader, before.data, start, path);
    return async () => ({ data: await finish() });
  }
  const chains = before.invalidation ? [before.data, before.invalidation] : [before.data];
  const follow = async () => {
    reader.knownData = knownData(chains);
    const found = await readRecordData(
      reader,
      start,
      invalidationBytes,
      dataBytes,
      path,
      kinds,
    );
    reader.knownData = undefined;
    return found;
  };
  refuseProblem(reader, before.data, (await follow()).data);
  return async () => {
    const found = await follow();
    checkContinues(reader, before.data, found.data);
    if (before.invalidation && found.invalidation) {
      checkContinues(reader, before.invalidation, found.invalidation);
    }
    return found;
  };
}

/** Blocks of chains by their offsets, without the last of each, which may have grown. */
export function knownData(chains: Iterable<DataChain>): Map<number, Fragment> {
  const known = new Map<number, Fragment>();
  for (const { fragments } of chains) {
    for (let i = 0; i < fragments.length - 1; i++) {
      const offset = blockOffset(fragments[i]);
      if (offset !== undefined) known.set(offset, fragments[i]);
    }
  }
  return known;
}

/** What was wrong before may still be wrong; what is wrong now only may not have been written yet. */
function refuseProblem(reader: BlockReader, before: DataChain, chain: DataChain): void {
  if (chain.problem && !before.problem) {
    throw problemError(chain.problem, reader.place(undefined, 0).file);
  }
}

/**
 * Checks that a chain begins with what was known of it.
 *
 * @throws {SourceChangedError} when it does not
 */
export function checkContinues(reader: BlockReader, before: DataChain, chain: DataChain): void {
  refuseProblem(reader, before, chain);
  const last = before.fragments.length - 1;
  for (let i = 0; i <= last; i++) {
    const known = before.fragments[i];
    const found = chain.fragments[i];
    if (
      found?.offset === known.offset && found.zip === known.zip &&
      (i === last || found.length === known.length)
    ) continue;
    throw new SourceChangedError(
      `data that was in the file is no longer there, or has been moved: block ${i} of ` +
        `${before.fragments.length}; open the file again`,
      reader.place(before.kind ?? "DT", blockOffset(known) ?? 0),
    );
  }
}
