/**
 * One file, opened in every way there is, so that a test holds for all of them:
 *
 * ```ts
 * for await (const { name, mdf } of readWays(bytes)) {
 *   assertEquals(await valuesOf(mdf, "rpm"), [800, 810], name);
 * }
 * ```
 *
 * @module
 */
import type { ByteSource } from "../lib/source/byte_source.ts";
import { bytesSource, Mdf, type OpenOptions } from "../mod.ts";
import { minimalSource } from "./_sources.ts";

/** An open file, and how it was opened; the name is meant for the messages of assertions. */
export interface ReadWay {
  name: string;
  mdf: Mdf;
}

/** Settings of {@link readWays}. */
export interface ReadWaysOptions extends OpenOptions {
  /** Name of the file in errors, whatever the way. Default `"ways.mf4"`. */
  name?: string;
  /** Most bytes of one answer of the source that gives minimal pieces. Default 5. */
  pieceBytes?: number;
}

/**
 * Opens a file from memory, by its index after a round trip through JSON, over a source that has to
 * wait and gives minimal pieces, and by the index over that source; where groups share their data,
 * also by an index that tells where their records lie. Each is closed before the next.
 */
export async function* readWays(
  bytes: Uint8Array,
  { name = "ways.mf4", pieceBytes = 5, ...options }: ReadWaysOptions = {},
): AsyncGenerator<ReadWay> {
  const memory = () => bytesSource(bytes, name);
  const pieces = (): ByteSource => ({ ...minimalSource(bytes, pieceBytes), name });
  await using direct = await Mdf.open(memory(), options);
  // Before anything is read: what reading adds to the structure must not be needed.
  const index = JSON.stringify(direct.toIndex());
  yield { name: "from memory", mdf: direct };
  {
    await using mdf = await Mdf.fromIndex(JSON.parse(index), memory(), options);
    yield { name: "by index", mdf };
  }
  {
    await using mdf = await Mdf.open(pieces(), options);
    yield { name: "in minimal pieces", mdf };
  }
  {
    await using mdf = await Mdf.fromIndex(JSON.parse(index), pieces(), options);
    yield { name: "by index, in minimal pieces", mdf };
  }
  const { groups, dataGroups } = direct.measurement;
  if (groups.length === dataGroups.length) return;
  await using other = await Mdf.open(memory(), options);
  const records = JSON.stringify(await other.toIndex({ records: true }));
  await using mdf = await Mdf.fromIndex(JSON.parse(records), pieces(), options);
  yield { name: "by index with records", mdf };
}

/** Runs a check on a file in each of the {@link readWays}. */
export async function eachWay(
  bytes: Uint8Array,
  check: (mdf: Mdf, way: string) => void | Promise<void>,
  options: ReadWaysOptions = {},
): Promise<void> {
  for await (const { name, mdf } of readWays(bytes, options)) await check(mdf, name);
}

/** The values of a channel as a plain array. */
export async function valuesOf(mdf: Mdf, name: string): Promise<unknown[]> {
  return Array.from((await mdf.read(name)).values as Iterable<unknown>);
}
