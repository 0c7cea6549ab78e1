/**
 * The modules of the page and of the library as JavaScript.
 *
 * Browsers know no types, so they are blanked out when a module is asked for; nothing else changes,
 * not even the lines. Modules refer to each other as they do in the checkout.
 *
 * @module
 */
import { stripTypeScriptTypes } from "node:module";

const ROOT = new URL("../../", import.meta.url);

/** What of the checkout is served: the library, the page, and the words that both pages share. */
const SERVED = [
  /^mod\.ts$/,
  /^lib\/(?:[a-z0-9_]+\/)*[a-z0-9_]+\.ts$/,
  /^scripts\/browser\/page\/[a-z0-9_]+\.ts$/,
  /^scripts\/inspect\/(?:code_words|describe_time|plain_text|read_values|type_words|value_text)\.ts$/,
];

interface Stripped {
  modified: number;
  text: string;
}

const stripped = new Map<string, Stripped>();

/** The module at a path of the checkout, or undefined where none is served. */
export async function serveModule(path: string): Promise<string | undefined> {
  if (!SERVED.some((pattern) => pattern.test(path))) return undefined;
  const url = new URL(path, ROOT);
  try {
    const modified = (await Deno.stat(url)).mtime?.getTime() ?? 0;
    const known = stripped.get(path);
    if (known?.modified === modified) return known.text;
    const text = stripTypeScriptTypes(await Deno.readTextFile(url), { mode: "strip" });
    stripped.set(path, { modified, text });
    return text;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}
