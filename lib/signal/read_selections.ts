/**
 * Goes through the records of chosen channels, group after group, in batches.
 *
 * @module
 */
import { COLUMN_BYTES } from "../decode/open_feed.ts";
import { SharedBuffer } from "../decode/record_feed.ts";
import { UsageError } from "../errors.ts";
import type { ChannelGroup } from "./channel.ts";
import type { ColumnContext } from "./column.ts";
import type { GroupSelection } from "./open_columns.ts";
import { GroupReading } from "./read_group.ts";
import { groupRecordBytes, type RecordWindow, recordWindow } from "./record_window.ts";
import type { Batch, ReadOptions, Signal, StreamOptions } from "./signal.ts";

const DEFAULT_BATCH_BYTES = 512 * 1024;

/** Records of a batch, where they have so many bytes and so many of their channels are read. */
export type BatchRecords = (stride: number, channels: number) => number;

/** What is read, and how. */
export interface SelectionReading {
  readonly selections: readonly GroupSelection[];
  readonly batchRecords: BatchRecords;
  readonly options: ReadOptions;
  /** Whether groups without records give no batch. */
  readonly skipEmpty: boolean;
  /** The file. */
  readonly context: ColumnContext;
}

/**
 * How many records a batch of a stream has.
 *
 * @throws {UsageError} when less than a byte is asked for
 */
export function batchRecordsOf({ batchBytes }: StreamOptions, file: string): BatchRecords {
  if (batchBytes !== undefined && !(batchBytes >= 1)) {
    throw new UsageError(`batchBytes must be at least 1, not ${batchBytes}`, { file });
  }
  return (stride, channels) => {
    const bytes = batchBytes ?? Math.max(DEFAULT_BATCH_BYTES, channels * COLUMN_BYTES);
    return Math.max(1, Math.floor(bytes / Math.max(1, stride)));
  };
}

/** The records of selections, each group in one batch. */
export async function readWhole(
  selections: readonly GroupSelection[],
  options: ReadOptions,
  context: ColumnContext,
): Promise<Signal[]> {
  let signals: Signal[] = [];
  const whole = { selections, options, context, batchRecords: () => Infinity, skipEmpty: false };
  for await (const batch of readSelections(() => whole)) {
    if (signals.length === 0) signals = batch.signals;
    else for (const signal of batch.signals) signals.push(signal);
  }
  return signals;
}

/**
 * The records of selections in batches; the arrays of a batch are only valid until the next one. What is
 * wrong with what is asked for is thrown when the first batch is.
 */
export async function* readSelections(begin: () => SelectionReading): AsyncGenerator<Batch> {
  const { selections, batchRecords, options, skipEmpty, context: file } = begin();
  const context = { ...file, buffer: new SharedBuffer() };
  const windows: RecordWindow[] = [];
  let bytesTotal = 0;
  for (const { group } of selections) {
    const pending = locateRecords(group, context);
    if (pending) await pending;
    const found = recordWindow(group, options, context);
    const window = found instanceof Promise ? await found : found;
    windows.push(window);
    bytesTotal += (window.end - window.first) * groupRecordBytes(group, context);
  }
  let bytesRead = 0;
  const onBytes = (bytes: number) => {
    bytesRead += bytes;
    options.onProgress?.({ bytesRead, bytesTotal });
  };
  for (const [i, selection] of selections.entries()) {
    const { group, channels } = selection;
    const reading = new GroupReading(selection, windows[i], {
      batchRecords: batchRecords(groupRecordBytes(group, context), channels.length),
      ...{ context, options, onBytes },
    });
    try {
      for (;;) {
        const next = reading.next();
        const batch = next instanceof Promise ? await next : next;
        if (!batch) break;
        // What keeps a group without records from being read is an error in any case.
        if (batch.recordCount > 0 || !skipEmpty) yield batch;
      }
    } finally {
      const pending = reading.close();
      if (pending) await pending;
    }
  }
}

/** The records of a group and its master are counted by their data, which has to be found first. */
export function locateRecords(
  { model, master }: ChannelGroup,
  { location, signal }: ColumnContext,
): void | Promise<void> {
  const pending = location?.group(model.dataGroup, signal);
  const other = master?.group.model.dataGroup ?? model.dataGroup;
  if (other === model.dataGroup) return pending;
  const locateOther = () => location?.group(other, signal);
  return pending ? pending.then(locateOther) : locateOther();
}
