/**
 * The collection of files written by other tools, which may lie beside the checkout.
 *
 * @module
 */
import { join } from "node:path";

const CORPUS = join(import.meta.dirname!, "..", "..", "shared", "corpus");

/** Path of the collection, or undefined where there is none. */
export function corpusDir(): string | undefined {
  try {
    return Deno.statSync(CORPUS).isDirectory ? CORPUS : undefined;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/** A test that needs the collection; without it, it is ignored and its name says why. */
export function corpusTest(
  name: string,
  test: (directory: string, t: Deno.TestContext) => void | Promise<void>,
): void {
  const directory = corpusDir();
  if (directory !== undefined) Deno.test(`corpus: ${name}`, (t) => test(directory, t));
  else {
    Deno.test.ignore(`corpus: ${name} (ignored: there is no ../shared/corpus)`, () => {});
  }
}
