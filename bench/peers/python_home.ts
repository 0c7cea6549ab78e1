/**
 * The virtual environment that the peers in Python live in: made when it is first needed, with a
 * folder of packages for each peer, so that none depends on what another needs.
 *
 * @module
 */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { PeerEntry } from "./registry.ts";
import { PeerError, type RunnerCommand } from "./runner_process.ts";

/** Where the environment is unless told otherwise; not under version control. */
export const PYTHON_HOME = fileURLToPath(new URL("../.venv/", import.meta.url));

const RUNNER = fileURLToPath(new URL("runner.py", import.meta.url));
const PROGRAMS = Deno.build.os === "windows" ? ["python", "py"] : ["python3", "python"];
const VENV_LIMIT_MS = 60_000;
const PIP_LIMIT_MS = 180_000;
// pip waits this long for an answer of the network, and asks so many times.
const PIP_PATIENCE = ["--timeout", "10", "--retries", "1"];

/** How {@link preparePython} works. */
export interface PythonOptions {
  /** Folder of the environment; {@link PYTHON_HOME} when absent. */
  home?: string;
  /** Programs to try when there is no environment yet. */
  programs?: readonly string[];
  /** Told what takes time. */
  onStep?: (what: string) => void;
  signal?: AbortSignal;
}

/**
 * Gives the command that serves a peer; makes the environment and installs its packages if need be.
 *
 * @throws {PeerError} saying what is missing.
 */
export async function preparePython(
  peer: PeerEntry,
  options: PythonOptions = {},
): Promise<RunnerCommand> {
  const { home = PYTHON_HOME, onStep } = options;
  const python = await findEnvironment(home) ?? await makeEnvironment(home, options);
  const { packages, least } = peer.python!;
  const older = python.version[0] < least[0] ||
    (python.version[0] === least[0] && python.version[1] < least[1]);
  if (older) {
    throw new PeerError(`needs Python ${least.join(".")}, there is ${python.version.join(".")}`);
  }
  const folder = join(home, "peers", `${peer.id}-${await keyOf(packages, python.version)}`);
  if (!await isFolder(folder)) {
    onStep?.(`install ${peer.name}`);
    await install(python.program, packages, folder, options.signal);
  }
  return { program: python.program, args: [RUNNER, folder, peer.path] };
}

/** Whether {@link preparePython} would find everything in its place. */
export async function isPrepared(peer: PeerEntry, home = PYTHON_HOME): Promise<boolean> {
  const python = await findEnvironment(home);
  if (!python) return false;
  const key = await keyOf(peer.python!.packages, python.version);
  return await isFolder(join(home, "peers", `${peer.id}-${key}`));
}

interface Python {
  program: string;
  version: number[];
}

async function findEnvironment(home: string): Promise<Python | undefined> {
  const program = Deno.build.os === "windows"
    ? join(home, "Scripts", "python.exe")
    : join(home, "bin", "python");
  const version = await versionOf(program);
  return version && { program, version };
}

async function makeEnvironment(home: string, options: PythonOptions): Promise<Python> {
  const { programs = PROGRAMS, onStep, signal } = options;
  let found: string | undefined;
  for (const program of programs) {
    if (await versionOf(program)) {
      found = program;
      break;
    }
  }
  if (!found) throw new PeerError(`Python is missing (${programs.join(", ")})`);
  onStep?.("make a virtual environment");
  const { ok, last } = await run(found, ["-m", "venv", home], VENV_LIMIT_MS, signal);
  const made = ok ? await findEnvironment(home) : undefined;
  if (made) return made;
  await Deno.remove(home, { recursive: true }).catch(() => {}); // it may not have been begun
  throw new PeerError(`Python cannot make a virtual environment: ${last}`);
}

async function install(
  python: string,
  packages: readonly string[],
  folder: string,
  signal?: AbortSignal,
): Promise<void> {
  // Put in its place only when it is complete; someone else may be doing the same.
  const unfinished = `${folder}.${crypto.randomUUID().slice(0, 8)}.tmp`;
  const pip = ["-m", "pip", "install", "--quiet", "--no-input", "--disable-pip-version-check"];
  const how = ["--only-binary", ":all:", "--target", unfinished];
  try {
    const args = [...pip, ...how, ...PIP_PATIENCE, ...packages];
    const { ok, err, last } = await run(python, args, PIP_LIMIT_MS, signal);
    if (!ok) {
      const cut = /connection broken|ConnectTimeout|ReadTimeout|Max retries/.test(err);
      const reason = cut ? "the package index cannot be reached" : last;
      throw new PeerError(`pip cannot install ${packages.join(", ")}: ${reason}`);
    }
    await Deno.rename(unfinished, folder).catch(async (error) => {
      if (!await isFolder(folder)) throw error;
    });
  } finally {
    await Deno.remove(unfinished, { recursive: true }).catch(() => {}); // it was renamed
  }
}

async function versionOf(program: string): Promise<number[] | undefined> {
  const code = "import sys; print('%d.%d' % sys.version_info[:2])";
  const { ok, out } = await run(program, ["-c", code], VENV_LIMIT_MS);
  const version = /^(\d+)\.(\d+)$/.exec(out);
  return ok && version ? [Number(version[1]), Number(version[2])] : undefined;
}

/** Runs a program and gives what it printed, and the last error it told of. */
async function run(
  program: string,
  args: readonly string[],
  limitMs: number,
  signal?: AbortSignal,
): Promise<{ ok: boolean; out: string; err: string; last: string }> {
  const limit = AbortSignal.timeout(limitMs);
  const signals = signal ? [limit, signal] : [limit];
  try {
    const { success, stdout, stderr } = await new Deno.Command(program, {
      args: [...args],
      stdout: "piped",
      stderr: "piped",
      signal: AbortSignal.any(signals),
    }).output();
    signal?.throwIfAborted();
    const text = new TextDecoder();
    const err = text.decode(stderr);
    const lines = err.split("\n").filter((line) => line.trim() !== "");
    const last = limit.aborted
      ? `it took longer than ${limitMs / 1000} s`
      : lines.findLast((line) => line.startsWith("ERROR")) ?? lines.at(-1) ?? "no reason given";
    return {
      ok: success,
      out: text.decode(stdout).trim(),
      err,
      last: last.replace(/^ERROR: /, ""),
    };
  } catch (error) {
    signal?.throwIfAborted();
    return { ok: false, out: "", err: "", last: (error as Error).message };
  }
}

async function keyOf(packages: readonly string[], version: readonly number[]): Promise<string> {
  const text = new TextEncoder().encode(JSON.stringify([packages, version]));
  return new Uint8Array(await crypto.subtle.digest("SHA-256", text)).toHex().slice(0, 12);
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await Deno.stat(path)).isDirectory;
  } catch {
    return false;
  }
}
