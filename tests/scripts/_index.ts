/** What the tests of the index command share. */
import { setColorEnabled } from "@std/fmt/colors";
import { MdfWriter } from "../../mod.ts";
import { index } from "../../scripts/index.ts";

/** What a run of the command gave. */
export interface Indexed {
  code: number;
  /** Lines of standard output. */
  lines: string[];
  err: string;
  /** Lines of standard output that are JSON. */
  // deno-lint-ignore no-explicit-any
  json(): any[];
}

/** Runs the command in this process, as if its output went to a pipe. */
export async function runIndex(args: string[], columns?: number): Promise<Indexed> {
  setColorEnabled(false);
  const lines: string[] = [];
  const errors: string[] = [];
  const code = await index(args, {
    print: (line) => void lines.push(...line.split("\n")),
    error: (line) => void errors.push(line),
    columns,
  });
  return { code, lines, err: errors.join("\n"), json: () => lines.map((line) => JSON.parse(line)) };
}

/** Writes a file with a group "Engine" of three channels, whose times start at `start`. */
export async function writeDrive(
  path: string,
  { start = 0, records = 1000, extra = "Gear" }: {
    start?: number;
    records?: number;
    extra?: string;
  } = {},
): Promise<void> {
  await using writer = await MdfWriter.create(path, { blockBytes: 4096 });
  const group = writer.addGroup({
    name: "Engine",
    channels: [
      { name: "Time", type: "float64", unit: "s", master: "time" },
      {
        ...{ name: "RPM", type: "uint16" as const, unit: "1/min" },
        conversion: { kind: "linear", offset: 0, factor: 0.25 },
      },
      { name: extra, type: "uint8", unit: "-" },
    ],
  });
  await group.append({
    Time: Float64Array.from({ length: records }, (_, i) => start + i / 10),
    RPM: Float64Array.from({ length: records }, (_, i) => i),
    [extra]: Uint8Array.from({ length: records }, (_, i) => i % 6),
  });
}
