import { assert, assertEquals } from "@std/assert";
import { OP, UNLIKELY, wasmModule } from "../../lib/decode/wasm_code.ts";
import {
  add,
  branch,
  branchIf,
  code,
  equal,
  get,
  giveBack,
  loopForever,
  set,
  unlikely,
  when,
  within,
} from "../../lib/decode/wasm_expressions.ts";

const SECTION = "metadata.code.branch_hint";

/** An unsigned number, and where it ends. */
function unsignedAt(bytes: Uint8Array, at: number): [value: number, end: number] {
  let value = 0;
  for (let shift = 0;; shift += 7) {
    const byte = bytes[at++];
    value |= (byte & 127) << shift;
    if (byte < 128) return [value, at];
  }
}

/** Content of each section of a module, in order. */
function sectionsOf(module: Uint8Array): { id: number; content: Uint8Array }[] {
  const sections = [];
  for (let at = 8; at < module.length;) {
    const id = module[at];
    const [length, start] = unsignedAt(module, at + 1);
    sections.push({ id, content: module.subarray(start, at = start + length) });
  }
  return sections;
}

/** Hints of each function that has some: where in its body, and whether the condition will hold. */
function hintsOf(module: Uint8Array): Map<number, [at: number, likely: number][]> {
  const custom = sectionsOf(module).filter(({ id }) => id === 0);
  assertEquals(custom.length, 1);
  const [{ content }] = custom;
  const name = new TextDecoder().decode(content.subarray(1, 1 + content[0]));
  assertEquals(name, SECTION);
  let at = 1 + content[0];
  const next = () => {
    const [value, end] = unsignedAt(content, at);
    at = end;
    return value;
  };
  const hints = new Map<number, [number, number][]>();
  for (let functions = next(); functions > 0; functions--) {
    const index = next();
    const list: [number, number][] = [];
    for (let count = next(); count > 0; count--) {
      const place = next();
      assertEquals(next(), 1, "a hint has one byte");
      list.push([place, next()]);
    }
    hints.set(index, list);
  }
  assertEquals(at, content.length);
  return hints;
}

/** Bodies of the functions, from the declarations of their locals on. */
function bodiesOf(module: Uint8Array): Uint8Array[] {
  const { content } = sectionsOf(module).find(({ id }) => id === 10)!;
  let [count, at] = unsignedAt(content, 0);
  const bodies: Uint8Array[] = [];
  for (; count > 0; count--) {
    const [length, start] = unsignedAt(content, at);
    bodies.push(content.subarray(start, at = start + length));
  }
  return bodies;
}

const plain = {
  ...{ name: "plain", parameters: 1, result: true, i32Locals: 0, i64Locals: 0 },
  code: add(get(0), 1),
};
/** Counts up to 300, or gives 7 at once where its parameter is 1; has locals and constants before. */
const hinted = {
  ...{ name: "hinted", parameters: 1, result: true, i32Locals: 1, i64Locals: 2, constants: [0.5] },
  code: code(
    when(unlikely(get(0)), giveBack(7)),
    within(loopForever(code(
      set(1, add(get(1), 1)),
      branchIf(1, unlikely(equal(get(1), 300))),
      branch(0),
    ))),
    get(1),
  ),
};

Deno.test("hints stand before the conditions that they are about, and nowhere in the code", () => {
  const module = wasmModule([plain, hinted]);
  const hints = hintsOf(module);
  assertEquals([...hints.keys()], [1], "only functions with hints are listed");
  const body = bodiesOf(module)[1];
  const found = hints.get(1)!.map(([at, likely]) => [String.fromCharCode(body[at]), likely]);
  assertEquals(found, [[OP.when, 0], [OP.branchIf, 0]]);
  assert(UNLIKELY.charCodeAt(0) > 255, "a hint is no byte of code");
});

Deno.test("the section of hints comes before the code, as engines want it", () => {
  const ids = sectionsOf(wasmModule([hinted])).map(({ id }) => id);
  assert(ids.indexOf(0) < ids.indexOf(10), `${ids}`);
});

Deno.test("functions with hints do what they do without", () => {
  const memory = new WebAssembly.Memory({ initial: 1 });
  const module = new WebAssembly.Module(wasmModule([plain, hinted]));
  const { exports } = new WebAssembly.Instance(module, { host: { memory } });
  const functions = exports as Record<string, (parameter: number) => number>;
  assertEquals([functions.plain(41), functions.hinted(0), functions.hinted(1)], [42, 300, 7]);
});
