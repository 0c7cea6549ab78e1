/**
 * Lines to standard output, in pieces large enough for long listings.
 *
 * @module
 */
import type { Output } from "../inspect.ts";

const PIECE = 64 * 1024;

/** Output of this process. `flush` writes what is still held back. */
export function terminalOutput(): Output & { flush(): void } {
  const encoder = new TextEncoder();
  let held = "";
  const flush = () => {
    let bytes = encoder.encode(held);
    held = "";
    try {
      while (bytes.length > 0) bytes = bytes.subarray(Deno.stdout.writeSync(bytes));
    } catch (error) {
      // Whoever reads has seen enough, as with `| head`.
      if (error instanceof Deno.errors.BrokenPipe) Deno.exit(0);
      throw error;
    }
  };
  return {
    columns: Deno.stdout.isTerminal() ? Deno.consoleSize().columns : undefined,
    print(line) {
      held += `${line}\n`;
      if (held.length >= PIECE) flush();
    },
    error(line) {
      flush();
      console.error(line);
    },
    flush,
  };
}
