/**
 * What holds for any bytes whatever: values, or an error of the library that says where.
 *
 * @module
 */
import { assert } from "@std/assert";
import { bytesSource, isMdfError, Mdf } from "../mod.ts";

/** Name of the file in errors. */
export const FUZZ_NAME = "fuzz.mf4";

/** Limits that keep a mutated file small. */
const LIMITS = { signalBytes: 1 << 24, inflatedBlockBytes: 1 << 24, metadataBlockBytes: 1 << 20 };

/** Signals that could be read, by group and name; none when the file could not be opened. */
export type Readable = Map<string, { values: unknown[]; records: number }>;

/**
 * Opens bytes and reads every channel by itself.
 *
 * @throws {AssertionError} when anything else than an error of the library comes up, or one that does
 * not name the file
 */
export async function readWhatCan(
  bytes: Uint8Array,
  damaged: "refuse" | "skip" = "refuse",
): Promise<Readable> {
  const readable: Readable = new Map();
  const expectOwn = (error: unknown) => {
    if (!isMdfError(error)) throw error;
    assert(error.file === FUZZ_NAME, `no file in: ${error.message}`);
    const placed = error.offset !== undefined || error.block !== undefined;
    assert(placed, `neither block nor offset in: ${error.message}`);
  };
  let mdf: Mdf;
  try {
    mdf = await Mdf.open(bytesSource(bytes, FUZZ_NAME), { limits: LIMITS, damaged });
  } catch (error) {
    expectOwn(error);
    return readable;
  }
  for (const group of mdf.groups) {
    for (const [i, channel] of group.channels.entries()) {
      try {
        const { values } = await mdf.read(channel);
        readable.set(`${group.index}.${i} ${channel.name}`, {
          values: Array.from(values as Iterable<unknown>),
          records: group.recordCount,
        });
      } catch (error) {
        expectOwn(error);
      }
    }
  }
  await mdf.close();
  return readable;
}
