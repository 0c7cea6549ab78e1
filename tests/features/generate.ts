/**
 * Writes a file for every feature: `deno run -A tests/features/generate.ts FOLDER`.
 *
 * @module
 */
import { join } from "node:path";
import { FEATURES } from "./all_features.ts";

if (import.meta.main) {
  const [folder] = Deno.args;
  if (folder === undefined) {
    console.error("Usage: deno run -A tests/features/generate.ts FOLDER");
    Deno.exit(2);
  }
  await Deno.mkdir(folder, { recursive: true });
  for (const { name, make } of FEATURES) {
    await Deno.writeFile(join(folder, `${name}.mf4`), make());
  }
  console.log(`${FEATURES.length} files in ${folder}`);
}
