/**
 * From what a user has at hand to a byte source.
 *
 * @module
 */
import { UsageError } from "../errors.ts";
import type { ByteSource } from "../source/byte_source.ts";
import { fileSource } from "../source/file_source.ts";
import { httpSource, type HttpSourceOptions } from "../source/http_source.ts";
import { blobSource, bytesSource } from "../source/memory_source.ts";

/** A path, an address, a Blob, bytes, or a byte source of one's own. */
export type MdfInput = string | URL | Blob | Uint8Array | ByteSource;

/** The byte source for an input; `http` is for addresses. */
export function openSource(input: MdfInput, http: HttpSourceOptions = {}): ByteSource {
  if (typeof input === "string") {
    return /^https?:\/\//i.test(input)
      ? httpSource(input, http)
      : fileSource(/^file:\/\//i.test(input) ? new URL(input) : input);
  }
  if (input instanceof URL) {
    return input.protocol === "file:" ? fileSource(input) : httpSource(input, http);
  }
  if (input instanceof Uint8Array) return bytesSource(input);
  if (input instanceof Blob) return blobSource(input);
  if (typeof input?.size === "function" && typeof input.read === "function") return input;
  throw new UsageError(
    "the input must be a path, a URL, a Blob, a Uint8Array or an object with size() and read()",
  );
}
