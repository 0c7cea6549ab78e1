/** Every known trap of the format has a test that names it. */
import { assertEquals } from "@std/assert";
import { join } from "node:path";

/** Traps are numbered from 1 on; CONTRIBUTING.md says what each is about. */
const TRAPS = 40;

async function* testFiles(folder: string): AsyncGenerator<string> {
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    const path = join(folder, name);
    if (isDirectory) yield* testFiles(path);
    else if (name.endsWith("_test.ts")) yield path;
  }
}

Deno.test("each trap has a test whose name begins with its number", async () => {
  const named = new Set<number>();
  for await (const path of testFiles(import.meta.dirname!)) {
    const text = await Deno.readTextFile(path);
    for (const [, number] of text.matchAll(/(?:test|Test)\(\s*["`]trap (\d+):/g)) {
      named.add(Number(number));
    }
  }
  const missing = Array.from({ length: TRAPS }, (_, i) => i + 1).filter((n) => !named.has(n));
  assertEquals(missing, []);
});
