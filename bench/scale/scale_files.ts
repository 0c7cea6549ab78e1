/**
 * Files of one kind in many sizes, whose values follow from their place.
 *
 * @module
 */
import { MdfWriter, type WriterOptions } from "../../mod.ts";
import { MASTER_NAME } from "../../scripts/generate/data_plan.ts";

/** What is in a file. */
export interface ScaleFile {
  groups: number;
  /** Of each group, besides the master. */
  channels: number;
  /** Of each group. */
  records: number;
  options?: WriterOptions;
}

const PIECE_VALUES = 1 << 20;

/** A value of a channel. */
export function valueAt(channel: number, record: number): number {
  // Some digits are noise, so that deflate has something to do.
  const noise = Math.imul(record * 31 + channel + 1, 0x9e3779b1) >>> 24;
  return record * (1 + channel % 7) / 8 + noise / 1024;
}

/** Name of a channel. */
export function channelName(channel: number): string {
  return `c${channel}`;
}

/** Writes a file. */
export async function writeScaleFile(path: string, file: ScaleFile): Promise<void> {
  const { groups, channels, records, options } = file;
  await using writer = await MdfWriter.create(path, options);
  const names = Array.from({ length: channels }, (_, c) => channelName(c));
  const piece = Math.max(1, Math.floor(PIECE_VALUES / channels));
  for (let g = 0; g < groups; g++) {
    const group = writer.addGroup({
      name: `Group ${g}`,
      channels: [
        { name: MASTER_NAME, type: "float64", unit: "s", master: "time" },
        ...names.map((name) => ({ name, type: "float64" as const })),
      ],
    });
    for (let first = 0; first < records; first += piece) {
      const count = Math.min(piece, records - first);
      const columns: Record<string, Float64Array> = {
        [MASTER_NAME]: Float64Array.from({ length: count }, (_, i) => (first + i) / 1000),
      };
      for (const [c, name] of names.entries()) {
        const values = columns[name] = new Float64Array(count);
        for (let i = 0; i < count; i++) values[i] = valueAt(c, first + i);
      }
      await group.append(columns);
    }
  }
}
