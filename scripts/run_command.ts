/**
 * What every command line has in common: colours, interruption, errors in words and exit codes.
 *
 * @module
 */
import { getColorEnabled, red, setColorEnabled } from "@std/fmt/colors";
import { isMdfError } from "../lib/errors.ts";
import { ArgumentError } from "./generate/gen_arguments.ts";

type ErrorType = new (...parameters: never[]) => Error;

/** A command. */
export interface Command {
  /** Name of its task. */
  task: string;
  /**
   * Does the work; gives the exit code, 0 where it gives none. The signal is aborted by Ctrl-C, which
   * ends a command that does not take the signal at once.
   */
  run(signal: AbortSignal): Promise<number | void>;
  /** Errors that tell of bad arguments, besides `ArgumentError`. */
  bad?: readonly ErrorType[];
  /** Errors whose message is all that there is to say. Others are thrown, with where they come from. */
  told?: readonly ErrorType[];
}

/** Files that are not there, are no folders, or may not be touched. */
export const FILE_ERRORS: readonly ErrorType[] = [
  ...[Deno.errors.NotFound, Deno.errors.NotADirectory],
  ...[Deno.errors.PermissionDenied, Deno.errors.NotCapable],
];

/** Runs a command and gives the exit code: 1 for errors, 2 for bad arguments, 130 when interrupted. */
export async function runCommand({ task, run, bad = [], told = [] }: Command): Promise<number> {
  setColorEnabled(getColorEnabled() && Deno.stdout.isTerminal());
  const interrupt = new AbortController();
  const onInterrupt = () => interrupt.abort();
  if (run.length > 0) Deno.addSignalListener("SIGINT", onInterrupt);
  try {
    const code = await run(interrupt.signal);
    return interrupt.signal.aborted ? 130 : code ?? 0;
  } catch (error) {
    if (interrupt.signal.aborted) return 130;
    const isOf = (types: readonly ErrorType[]) => types.some((type) => error instanceof type);
    const isBad = isOf([ArgumentError, ...bad]);
    if (!isBad && !isMdfError(error) && !isOf(told)) throw error;
    console.error(`${red("error")}: ${(error as Error).message}`);
    if (isBad) console.error(`See deno task ${task} --help.`);
    return isBad ? 2 : 1;
  } finally {
    if (run.length > 0) Deno.removeSignalListener("SIGINT", onInterrupt);
  }
}
