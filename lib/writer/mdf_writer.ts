/**
 * Writes measurement files as the data comes in.
 *
 * @module
 */
import { type MdfError, UsageError } from "../errors.ts";
import { DG, HD } from "../blocks/block_tables.ts";
import { BlockPool } from "./block_pool.ts";
import { BlockOutput, linkPlace } from "./block_output.ts";
import type { ByteSink } from "./byte_sink.ts";
import { checkGroupOptions, checkWriterOptions, type WriterSettings } from "./check_options.ts";
import { BlockCompressor } from "./compress_block.ts";
import { fileSink } from "./file_sink.ts";
import { GroupRecords, type RecordsContext } from "./group_records.ts";
import { GroupWriter } from "./group_writer.ts";
import { prepareColumns } from "./prepare_column.ts";
import { streamSink } from "./stream_sink.ts";
import {
  encodeFileHead,
  encodeFileIdentification,
  encodeGroup,
  HEADER_AT,
} from "./write_metadata.ts";
import type { Columns, GroupOptions, WriterOptions, WriterOutput } from "./writer_options.ts";

export { GroupWriter } from "./group_writer.ts";
export { type ByteSink, MemorySink } from "./byte_sink.ts";
export type { Compression } from "./compress_block.ts";
export type {
  ChannelOptions,
  ChannelType,
  Column,
  Columns,
  Comment,
  ConversionOptions,
  GroupOptions,
  IndexedValues,
  MasterKind,
  SourceOptions,
  WriterOptions,
  WriterOutput,
} from "./writer_options.ts";

/**
 * Writes an MDF 4 file: groups are declared, records appended in any order, and `close` completes the
 * file. Until then the file is marked as unfinalized; should its program die, it leads to every
 * record that had left the memory (see `bufferBytes`).
 *
 * ```ts
 * await using writer = await MdfWriter.create("out.mf4", { compression: "transpose" });
 * const engine = writer.addGroup({
 *   name: "Engine",
 *   channels: [
 *     { name: "Time", type: "float64", unit: "s", master: "time" },
 *     { name: "RPM", type: "uint16", unit: "rpm" },
 *   ],
 * });
 * await engine.append({ Time: Float64Array.of(0, 0.01), RPM: Uint16Array.of(800, 812) });
 * ```
 */
export class MdfWriter implements AsyncDisposable {
  readonly #settings: WriterSettings;
  readonly #output: BlockOutput;
  readonly #context: RecordsContext;
  readonly #pool = new BlockPool();
  readonly #groups: GroupRecords[] = [];
  #nextGroupLink = HEADER_AT + linkPlace(HD, "hd_dg_first");
  #queue: Promise<void> = Promise.resolve();
  #closing: Promise<void> | undefined;
  #reported: MdfError | undefined;

  private constructor(output: BlockOutput, settings: WriterSettings) {
    this.#settings = settings;
    this.#output = output;
    this.#context = {
      output,
      budget: { used: 0, limit: settings.bufferBytes },
      compression: settings.compression,
      compressor: settings.compression === "none"
        ? undefined
        : new BlockCompressor(settings.compressionLevel),
      blockBytes: settings.blockBytes,
    };
  }

  /**
   * Starts a file. A local file is created, or emptied if it exists; a `WritableStream` that cannot
   * seek gets its bytes on `close` and the whole file is held in memory until then.
   *
   * Throws UsageError for options that make no sense, SourceError when the output cannot be written.
   */
  static async create(output: WriterOutput, options: WriterOptions = {}): Promise<MdfWriter> {
    const settings = checkWriterOptions(options);
    const blocks = new BlockOutput(openSink(output));
    const writer = new MdfWriter(blocks, settings);
    try {
      blocks.append(encodeFileHead(settings, writer.#pool));
      await blocks.settle();
    } catch (error) {
      await blocks.abort(error);
      throw error;
    }
    return writer;
  }

  /**
   * Declares a channel group, at any time before `close`; its records may be appended in turn with
   * those of other groups. Throws UsageError for a declaration that cannot be written.
   */
  addGroup(options: GroupOptions): GroupWriter {
    this.#refuseWhenClosed("a group cannot be added");
    checkGroupOptions(options);
    const { name } = options;
    const channels = options.channels.map((channel) => ({ ...channel }));
    const { bytes, places } = encodeGroup({ ...options, channels }, this.#output.end, this.#pool);
    try {
      this.#output.append(bytes);
      this.#output.patchU64(this.#nextGroupLink, places.dataGroup);
    } catch (error) {
      throw this.#report(this.#output.fail(error));
    }
    this.#nextGroupLink = places.dataGroup + linkPlace(DG, "dg_dg_next");
    const records = new GroupRecords(this.#context, channels, places);
    this.#groups.push(records);
    return new GroupWriter(name, {
      recordCount: () => records.count,
      append: (columns) => this.#append(name, channels, records, columns),
    });
  }

  /**
   * Writes all records that were appended so far, as blocks that are not full: what follows the file,
   * and who opens it after a crash, then has them. Each call makes a block for every group that has
   * new records, so that many calls make the file larger and slower to read.
   *
   * Throws when the output failed, now or earlier.
   */
  async flush(): Promise<void> {
    this.#refuseWhenClosed("nothing can be written");
    await this.#enqueue(async () => {
      if (this.#output.failure) throw this.#report(this.#output.failure);
      try {
        for (const group of this.#groups) await group.flush();
        await this.#output.settle();
      } catch (error) {
        throw this.#report(this.#output.fail(error));
      }
    });
  }

  /**
   * Writes what is left and completes the file; further calls give the same promise. Throws when the
   * output failed, now or earlier: the file then stays marked as unfinalized.
   */
  close(): Promise<void> {
    this.#closing ??= this.#enqueue(() => this.#finish());
    return this.#closing;
  }

  /** Closes; an error that an earlier call has already thrown is not thrown again. */
  async [Symbol.asyncDispose](): Promise<void> {
    const reported = this.#reported;
    try {
      await this.close();
    } catch (error) {
      if (error !== reported) throw error;
    }
  }

  async #append(
    group: string,
    channels: GroupOptions["channels"],
    records: GroupRecords,
    columns: Columns,
  ): Promise<void> {
    this.#refuseWhenClosed(`nothing can be appended to group "${group}"`);
    await this.#enqueue(async () => {
      if (this.#output.failure) throw this.#report(this.#output.failure);
      const prepared = prepareColumns(group, channels, columns);
      try {
        await records.encode(prepared.columns, prepared.count, () => this.#relieve());
      } catch (error) {
        // Records may be half written, whatever went wrong; going on would garble the group.
        throw this.#report(this.#output.fail(error));
      }
    });
  }

  /** Writes and frees the largest buffers when all of them hold more than they may. */
  #relieve(): Promise<void> | undefined {
    const { budget } = this.#context;
    return budget.used > budget.limit ? this.#flushLargest() : undefined;
  }

  async #flushLargest(): Promise<void> {
    const { budget } = this.#context;
    const largestFirst = this.#groups.toSorted((a, b) => b.held - a.held);
    for (const group of largestFirst) {
      // Down to half, so that the groups need not be gone through again at every append.
      if (budget.used <= budget.limit / 2) return;
      await group.flush();
      group.release();
    }
  }

  async #finish(): Promise<void> {
    const output = this.#output;
    try {
      await output.settle();
      for (const group of this.#groups) await group.finish();
      output.patch(0, encodeFileIdentification(this.#settings, true));
      await output.close();
    } catch (error) {
      const failure = this.#report(output.fail(error));
      await output.abort(failure);
      throw failure;
    }
  }

  /** Runs tasks one after the other, whether or not their callers wait. */
  #enqueue(task: () => Promise<void>): Promise<void> {
    const run = this.#queue.then(task);
    this.#queue = run.catch(() => {});
    return run;
  }

  #report(error: MdfError): MdfError {
    this.#reported = error;
    return error;
  }

  #refuseWhenClosed(what: string): void {
    if (this.#closing) {
      throw new UsageError(`${what}: the writer is closed`, { file: this.#output.name });
    }
  }
}

function openSink(output: WriterOutput): ByteSink {
  if (typeof output === "string" || output instanceof URL) return fileSink(output);
  if (isStream(output)) return streamSink(output);
  const sink = output as Partial<ByteSink> | undefined | null;
  if (
    typeof sink?.write === "function" && typeof sink.patch === "function" &&
    typeof sink.close === "function"
  ) return output;
  throw new UsageError("the output is neither a path, a URL, a WritableStream nor a byte sink");
}

function isStream(output: WriterOutput): output is WritableStream<Uint8Array> {
  return typeof (output as Partial<WritableStream> | undefined)?.getWriter === "function";
}
