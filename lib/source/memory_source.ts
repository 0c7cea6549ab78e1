/**
 * Byte sources over bytes and Blobs that are already at hand.
 *
 * @module
 */
import { SourceChangedError, UsageError } from "../errors.ts";
import type { ByteReadOptions, ByteSource } from "./byte_source.ts";

/** Reads from bytes in memory. Reads give copies, so the caller's bytes are never handed out. */
export function bytesSource(bytes: Uint8Array, name = "(bytes in memory)"): ByteSource {
  return {
    name,
    size: () => Promise.resolve(bytes.length),
    read: (offset, length) => Promise.resolve(bytes.slice(offset, offset + length)),
    readIntoSync(offset, target) {
      // A transferred or resized buffer has become shorter; its views say so in their length.
      if (offset + target.length > bytes.length) {
        throw new SourceChangedError(
          `${target.length} bytes are needed here but only ${bytes.length} are left in memory; do ` +
            "not transfer or resize the buffer while the file is open",
          { file: name, offset },
        );
      }
      target.set(bytes.subarray(offset, offset + target.length));
    },
  };
}

/** Reads slices of a Blob or File; only the slices that are asked for are brought into memory. */
export function blobSource(blob: Blob, name?: string): ByteSource {
  const label = name ?? (blob as { name?: string }).name ?? "(blob)";
  const modified = (blob as { lastModified?: number }).lastModified;
  return {
    name: label,
    validator: modified === undefined ? undefined : `modified ${modified}`,
    size: () => Promise.resolve(blob.size),
    refresh: () =>
      Promise.reject(
        new UsageError(
          "a Blob or File stays as it was when it was made; get the file anew and open that",
          { file: label },
        ),
      ),
    async read(offset: number, length: number, options: ByteReadOptions = {}) {
      options.signal?.throwIfAborted();
      try {
        return new Uint8Array(await blob.slice(offset, offset + length).arrayBuffer());
      } catch (error) {
        throw new SourceChangedError(
          `the blob can no longer be read (${error}); the file behind it may have changed`,
          { file: label, offset },
        );
      }
    },
  };
}
