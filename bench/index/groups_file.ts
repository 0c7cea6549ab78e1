/**
 * A file of very many groups in which every channel has a name, and every second one a conversion, of
 * its own: the most that an index has to hold for so many channels.
 *
 * @module
 */
import { MdfWriter } from "../../mod.ts";

const UNITS = ["rpm", "V", "A", "km/h"];
const CHANNELS = 20;
const RECORDS = 40;

/** Name of a channel of that file. */
export function ownName(group: number, channel: number): string {
  return `Signal_${group}_${channel}`;
}

/** Writes it. */
export async function makeOwnFile(path: string, groups: number): Promise<void> {
  await using writer = await MdfWriter.create(path, { startTimeNs: 1_700_000_000_000_000_000n });
  const handles = Array.from({ length: groups }, (_, group) =>
    writer.addGroup({
      name: `Group ${group}`,
      comment: `raster ${group % 7}`,
      channels: [
        { name: "Time", type: "float64", unit: "s", master: "time" },
        ...Array.from({ length: CHANNELS }, (_, i) => ({
          name: ownName(group, i),
          type: i % 2 === 0 ? "float32" as const : "uint16" as const,
          unit: UNITS[i % UNITS.length],
          ...(i % 2 === 0
            ? {}
            : { conversion: { kind: "linear" as const, offset: i, factor: group + 0.5 } }),
        })),
      ],
    }));
  const time = Float64Array.from({ length: RECORDS }, (_, i) => i / 10);
  const ramp = Float32Array.from({ length: RECORDS }, (_, i) => i);
  const counts = Uint16Array.from({ length: RECORDS }, (_, i) => i);
  for (const [group, handle] of handles.entries()) {
    const columns: Record<string, Float64Array | Float32Array | Uint16Array> = { Time: time };
    for (let i = 0; i < CHANNELS; i++) columns[ownName(group, i)] = i % 2 === 0 ? ramp : counts;
    // Conversions give physical values; what is written are the raw ones.
    await handle.append(columns);
  }
}
