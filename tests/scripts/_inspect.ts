/** What the tests of the inspector share. */
import { setColorEnabled } from "@std/fmt/colors";
import { inspect } from "../../scripts/inspect.ts";

/** What a run of the inspector gave. */
export interface Inspected {
  code: number;
  /** Lines of standard output. */
  lines: string[];
  /** All of standard output. */
  out: string;
  /** All of standard error. */
  err: string;
}

/** Runs the inspector in this process, as if its output went to a pipe. */
export async function runInspect(args: string[], columns?: number): Promise<Inspected> {
  setColorEnabled(false);
  const lines: string[] = [];
  const errors: string[] = [];
  const code = await inspect(args, {
    print: (line) => void lines.push(...line.split("\n")),
    error: (line) => void errors.push(line),
    columns,
  });
  return { code, lines, out: lines.join("\n"), err: errors.join("\n") };
}

/** Runs the inspector on a file made of bytes. */
export async function inspectBytes(bytes: Uint8Array, ...args: string[]): Promise<Inspected> {
  const path = await Deno.makeTempFile({ suffix: ".mf4" });
  try {
    await Deno.writeFile(path, bytes);
    return await runInspect([path, ...args]);
  } finally {
    await Deno.remove(path);
  }
}

/** A stretch as `--blocks --json` gives it; only what the tests look at. */
export interface JsonStretch {
  kind: "block" | "padding" | "unreferred";
  id: string;
  offset: number;
  length: number;
  bytes: number;
  runsOn: number;
  known: boolean;
  payloadBytes: number;
  text?: string;
  fields: Record<string, unknown>;
  links: { name: string; target: number; kind?: string; error?: { reason: string } }[];
  errors: { code: string; reason: string }[];
  content?: {
    zero: boolean;
    searched: number;
    headers: { offset: number; id: string; length: number }[];
  };
}

/** The answer of `--blocks --json`. */
export interface JsonBlocks {
  size: number;
  stretches: JsonStretch[];
  sum: { blocks: number; padding: number; unreferred: number; size: number };
  errors: { code: string; reason: string; offset?: number }[];
}

/**
 * Marks every byte with the stretches that hold it, and gives how many are held by none, and how many
 * by several: counted without trusting the sum.
 */
export function coverage({ size, stretches }: JsonBlocks): { bare: number; shared: number } {
  const marks = new Uint8Array(size);
  for (const { kind, offset, length, bytes, runsOn } of stretches) {
    const end = kind === "block" ? Math.min(size, offset + length + runsOn) : offset + bytes;
    for (let i = offset; i < end; i++) marks[i]++;
  }
  return {
    bare: marks.filter((mark) => mark === 0).length,
    shared: marks.filter((mark) => mark > 1).length,
  };
}
