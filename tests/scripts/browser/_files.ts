/**
 * Files whose values a test knows, on disk.
 *
 * @module
 */
import { join } from "node:path";
import { MdfWriter } from "../../../mod.ts";

let folder: string | undefined;

/** A folder for all tests of a file. */
export async function sharedFolder(): Promise<string> {
  return folder ??= await Deno.makeTempDir({ prefix: "mf4-browser-" });
}

/** Removes the folder. */
export async function removeSharedFolder(): Promise<void> {
  if (folder) await Deno.remove(folder, { recursive: true });
  folder = undefined;
}

/** Records of {@link driveFile}. */
export const DRIVE_RECORDS = 20_000;

/** `drive.mf4`: a ramp with one peak, states, texts that all differ, and a group of another rate. */
export async function driveFile(): Promise<string> {
  const path = join(await sharedFolder(), "drive.mf4");
  const records = Array.from({ length: DRIVE_RECORDS }, (_, i) => i);
  await using writer = await MdfWriter.create(path, { compression: "deflate" });
  const engine = writer.addGroup({
    name: "Engine",
    channels: [
      { name: "Time", type: "float64", unit: "s", master: "time" },
      { name: "Ramp", type: "float32", unit: "km/h" },
      { name: "State", type: "string" },
      { name: "Note", type: "string" },
      { name: "<img src=x onerror=alert(1)>", type: "uint8", unit: "<b>%</b>" },
    ],
  });
  const body = writer.addGroup({
    name: "Body",
    channels: [
      { name: "Clock", type: "float64", unit: "s", master: "time" },
      { name: "Door", type: "uint8" },
    ],
  });
  await engine.append({
    Time: Float64Array.from(records, (i) => i * 0.01),
    Ramp: Float32Array.from(records, (i) => i === 12_345 ? 9000 : i / 10 - 50),
    State: records.map((i) => ["idle", "drive", "brake"][Math.floor(i / 1000) % 3]),
    Note: records.map((i) => `note ${i}`),
    "<img src=x onerror=alert(1)>": Uint8Array.from(records, (i) => i & 1),
  });
  await body.append({ Clock: Float64Array.of(0, 1, 2), Door: Uint8Array.of(0, 1, 0) });
  return path;
}
