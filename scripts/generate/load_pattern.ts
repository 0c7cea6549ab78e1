/**
 * Patterns by name or from a module.
 *
 * @module
 */
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { checkPattern, PatternError } from "./check_pattern.ts";
import type { Pattern } from "./pattern.ts";
import automotive from "./patterns/automotive.ts";
import industrial from "./patterns/industrial.ts";

/** The patterns that come with the project. */
export const PATTERNS = { automotive, industrial } as const satisfies Record<string, Pattern>;

/** Name of a pattern that comes with the project. */
export type PatternName = keyof typeof PATTERNS;

/** Whether `name` is a pattern that comes with the project. */
export function isPatternName(name: string): name is PatternName {
  return Object.hasOwn(PATTERNS, name);
}

/**
 * Finds a pattern by its name, or imports the module at a path or URL and takes its default export.
 *
 * @throws {PatternError} If there is no such pattern, or the module does not export one.
 */
export async function loadPattern(specifier: string): Promise<Pattern> {
  if (isPatternName(specifier)) return PATTERNS[specifier];
  if (!/[./\\]/.test(specifier)) {
    throw new PatternError(
      `there is no pattern "${specifier}": use ${Object.keys(PATTERNS).join(", ")} or ` +
        `the path of a module, such as ./${specifier}.ts`,
    );
  }
  const url = /^(https?|file|data):/.test(specifier)
    ? specifier
    : pathToFileURL(resolve(specifier)).href;
  let module: { default?: unknown };
  try {
    module = await import(url);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new PatternError(`pattern ${specifier} cannot be loaded: ${reason}`, { cause: error });
  }
  return checkPattern(module.default, `pattern ${specifier}, its default export`);
}
