/**
 * Parts of the runtime that are missing for a moment.
 *
 * @module
 */

/**
 * Runs where `Deno` opens no files, as in Node, Bun and browsers, which lack all of it; here `node:fs`
 * itself needs the rest.
 */
export function withoutDeno<T>(run: () => T): T {
  const value = Object.create(Deno, { openSync: { value: undefined } });
  return withGlobal("Deno", { value, configurable: true }, run);
}

/** Runs where there are no built-in modules either, as in browsers. */
export function withoutFiles<T>(run: () => T): T {
  const process = { value: undefined, configurable: true };
  return withoutDeno(() => withGlobal("process", process, run));
}

/** Runs where parts of `Deno` are others. */
export async function withOtherDeno<T>(
  parts: Partial<Record<keyof typeof Deno, unknown>>,
  run: () => Promise<T>,
): Promise<T> {
  const own = Object.getOwnPropertyDescriptor(globalThis, "Deno")!;
  const others = Object.entries(parts).map(([name, value]) => [name, { value }]);
  const value = Object.create(Deno, Object.fromEntries(others));
  Object.defineProperty(globalThis, "Deno", { value, configurable: true });
  try {
    return await run();
  } finally {
    Object.defineProperty(globalThis, "Deno", own);
  }
}

function withGlobal<T>(name: string, replaced: PropertyDescriptor, run: () => T): T {
  const own = Object.getOwnPropertyDescriptor(globalThis, name)!;
  Object.defineProperty(globalThis, name, replaced);
  try {
    return run();
  } finally {
    Object.defineProperty(globalThis, name, own);
  }
}
