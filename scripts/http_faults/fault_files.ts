/**
 * Files of each kind that is read in another way, with the values that they must give.
 *
 * @module
 */
import { Mdf, type MdfIndex, MdfWriter } from "../../mod.ts";
import { FileBuilder } from "../../tests/_file_builder.ts";

/** Values by channel. */
export type Values = Record<string, unknown[]>;

/** A file to be read, with the values that it must give. */
export interface FaultFile {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly index: MdfIndex;
  readonly values: Readonly<Values>;
  /** The channel that is read alone; its master is `t`. */
  readonly one: string;
}

const RECORDS = 6000;

const TIMES = Float64Array.from({ length: RECORDS }, (_, i) => i / 10);
const NUMBERS = Uint16Array.from({ length: RECORDS }, (_, i) => (i * i) % 65_521);

/** Makes all of them. */
export function faultFiles(): Promise<FaultFile[]> {
  const kinds = { plain: "none", compressed: "deflate", transposed: "transpose" } as const;
  return Promise.all([
    ...Object.entries(kinds).map(([name, compression]) => writtenFile(name, compression)),
    unsortedFile(),
  ]);
}

async function writtenFile(
  name: string,
  compression: "none" | "deflate" | "transpose",
): Promise<FaultFile> {
  const note = Array.from({ length: RECORDS }, (_, i) => `note ${(i * 7919) % 1000}`);
  const parts: Uint8Array<ArrayBuffer>[] = [];
  const output = new WritableStream<Uint8Array>({
    write: (bytes) => void parts.push(bytes.slice()),
  });
  const writer = await MdfWriter.create(output, { compression, startTimeNs: 0n });
  const group = writer.addGroup({
    name: "group",
    channels: [
      { name: "t", type: "float64", unit: "s", master: "time" },
      { name: "a", type: "uint16" },
      { name: "note", type: "string" },
    ],
  });
  await group.append({ t: TIMES, a: NUMBERS, note });
  await writer.close();
  const bytes = new Uint8Array(await new Blob(parts).arrayBuffer());
  const values = { t: [...TIMES], a: [...NUMBERS], note };
  return { name, bytes, index: await indexOf(bytes), values, one: "note" };
}

/** Records of two groups in turns, in blocks of a list. */
async function unsortedFile(): Promise<FaultFile> {
  const stride = 16;
  const records = new Uint8Array(stride * RECORDS);
  const view = new DataView(records.buffer);
  for (let i = 0; i < RECORDS; i++) {
    view.setUint8(stride * i, 1);
    view.setFloat64(stride * i + 1, TIMES[i], true);
    view.setUint16(stride * i + 9, NUMBERS[i], true);
    view.setUint8(stride * i + 11, 2);
    view.setUint32(stride * i + 12, 7 * i, true);
  }
  const builder = new FileBuilder({ version: "4.10" });
  builder.dataGroup({
    ...{ records, recordIdSize: 1, blockSizes: [20_001] },
    groups: [
      {
        ...{ cg_record_id: 1, cg_cycle_count: RECORDS },
        channels: [
          { name: "t", unit: "s", cn_type: 2, cn_sync_type: 1, cn_data_type: 4, cn_bit_count: 64 },
          { name: "a", cn_byte_offset: 8, cn_bit_count: 16 },
        ],
      },
      {
        ...{ cg_record_id: 2, cg_cycle_count: RECORDS },
        channels: [{ name: "b", cn_bit_count: 32 }],
      },
    ],
  });
  const bytes = builder.bytes();
  const b = Array.from({ length: RECORDS }, (_, i) => 7 * i);
  const values = { t: [...TIMES], a: [...NUMBERS], b };
  return { name: "unsorted", bytes, index: await indexOf(bytes), values, one: "a" };
}

async function indexOf(bytes: Uint8Array): Promise<MdfIndex> {
  await using mdf = await Mdf.open(bytes);
  return JSON.parse(JSON.stringify(mdf.toIndex()));
}
