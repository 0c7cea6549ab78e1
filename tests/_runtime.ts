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
  using _ = replace("Deno", denoWith({ openSync: undefined }));
  return run();
}

/** Runs where there are no built-in modules either, as in browsers. */
export function withoutFiles<T>(run: () => T): T {
  return withoutDeno(() => {
    using _ = replace("process", undefined);
    return run();
  });
}

/** Runs where parts of `Deno` are others. */
export async function withOtherDeno<T>(parts: DenoParts, run: () => Promise<T>): Promise<T> {
  using _ = replace("Deno", denoWith(parts));
  return await run();
}

type DenoParts = Partial<Record<keyof typeof Deno, unknown>>;

function denoWith(parts: DenoParts): unknown {
  const others = Object.entries(parts).map(([name, value]) => [name, { value }]);
  return Object.create(Deno, Object.fromEntries(others));
}

/** Replaces a global until it is disposed of. */
function replace(name: string, value: unknown): Disposable {
  const own = Object.getOwnPropertyDescriptor(globalThis, name)!;
  Object.defineProperty(globalThis, name, { value, configurable: true });
  return { [Symbol.dispose]: () => void Object.defineProperty(globalThis, name, own) };
}
