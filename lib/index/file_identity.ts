/**
 * What tells one file from another, cheaply.
 *
 * @module
 */
import { StaleIndexError } from "../errors.ts";
import type { SourceReader } from "../source/byte_source.ts";

/** Identity of a file: its size, and digests of its start and end. */
export interface FileIdentity {
  /** Size in bytes. */
  size: number;
  /** Digest of the first bytes, which hold the start time and the first blocks. */
  head: string;
  /** Digest of the last bytes; absent where the source has a validator that spares reading them. */
  tail?: string;
  /** What the source itself tells versions apart by, such as an HTTP entity tag. */
  validator?: string;
}

/** Bytes at either end that the digests cover. */
const DIGESTED_BYTES = 16 * 1024;

/** Reads the identity of a file. */
export async function fileIdentity(
  source: SourceReader,
  withTail = source.validator === undefined,
): Promise<FileIdentity> {
  const length = Math.min(DIGESTED_BYTES, source.size);
  const identity: FileIdentity = {
    size: source.size,
    head: digest(await source.read(0, length)),
  };
  if (withTail) identity.tail = digest(await source.read(source.size - length, length));
  if (source.validator !== undefined) identity.validator = source.validator;
  return identity;
}

/**
 * Checks that a source still is the file that an index was made from.
 *
 * @throws {StaleIndexError} when it is not
 */
export async function checkIdentity(source: SourceReader, expected: FileIdentity): Promise<void> {
  const fail = (what: string): never => {
    throw new StaleIndexError(
      `the index was made from another version of this file: ${what}; make it again with toIndex()`,
      { file: source.name },
    );
  };
  if (source.size !== expected.size) {
    fail(`it had ${expected.size} bytes and now has ${source.size}`);
  }
  const { validator } = source;
  if (validator !== undefined && expected.validator !== undefined) {
    if (validator !== expected.validator) fail(`"${expected.validator}" became "${validator}"`);
  }
  const now = await fileIdentity(source, expected.tail !== undefined);
  if (now.head !== expected.head) fail("its first bytes differ");
  if (expected.tail !== undefined && now.tail !== expected.tail) fail("its last bytes differ");
}

/** 64-bit FNV-style digest, in hexadecimal; made to notice changes, not to resist forgery. */
function digest(bytes: Uint8Array): string {
  let a = 0x811c9dc5;
  let b = 0x9747b28c;
  for (let i = 0; i < bytes.length; i++) {
    a = Math.imul(a ^ bytes[i], 0x01000193);
    b = Math.imul(b ^ bytes[i], 0x85ebca6b) ^ (b >>> 15);
  }
  const hex = (word: number) => (word >>> 0).toString(16).padStart(8, "0");
  return hex(a) + hex(b);
}
