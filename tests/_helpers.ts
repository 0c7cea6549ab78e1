/**
 * What tests share: files of any shape, every way to open them, sources that hold their callers to
 * the contract, a web server for ranges, and the collection of real files.
 *
 * @module
 */
import type { Limits } from "../lib/blocks/limits.ts";
import { BlockReader } from "../lib/blocks/read_block.ts";
import { type ByteSource, SourceReader } from "../lib/source/byte_source.ts";
import { bytesSource } from "../lib/source/memory_source.ts";
import { PageCache, type PageCacheOptions } from "../lib/source/page_cache.ts";

export { corpusDir, corpusTest } from "./_corpus.ts";
export type { FileOptions } from "./_block_builder.ts";
export type { DataParts } from "./_data_blocks.ts";
export * from "./_file_builder.ts";
export * from "./_range_server.ts";
export * from "./_read_ways.ts";
export * from "./_sources.ts";

/** Settings of {@link openBlocks}. */
export interface OpenBlocksOptions extends PageCacheOptions {
  limits?: Partial<Limits>;
  signal?: AbortSignal;
}

/** Reads blocks of a file in memory, or behind a source. */
export async function openBlocks(
  input: Uint8Array | ByteSource,
  options: OpenBlocksOptions = {},
): Promise<BlockReader> {
  const source = input instanceof Uint8Array ? bytesSource(input, "test.mf4") : input;
  const cache = new PageCache(await SourceReader.open(source), options);
  return new BlockReader(cache, options.limits, options.signal);
}

/** Bytes that differ from their neighbours, so that a shift by any small number shows. */
export function patternBytes(length: number): Uint8Array<ArrayBuffer> {
  return Uint8Array.from({ length }, (_, i) => (i * 167 + (i >> 8) * 13 + 29) & 0xff);
}
