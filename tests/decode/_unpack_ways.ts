/**
 * Unpacks a stream in all the ways that the module has, which must agree.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import { inflateModule } from "../../lib/decode/inflate_module.ts";
import { ADVANCED, INFLATE_SLACK_BYTES, inflateScratch } from "../../lib/decode/inflate_scratch.ts";
import type { InflateFunctions } from "../../lib/decode/wasm_inflater.ts";

const SCRATCH = [0, 65_536] as const;
export const INPUT = 131_072;
const OUTPUTS = [6 * 1024 * 1024, 16 * 1024 * 1024] as const;
export const OUTPUT = OUTPUTS[0];
export const GUARD = 0xa5;

const memory = new WebAssembly.Memory({ initial: 420 });
export const bytes = new Uint8Array(memory.buffer);
export const functions = new WebAssembly.Instance(
  new WebAssembly.Module(inflateModule({ shared: false, scratch: SCRATCH })),
  { host: { memory } },
).exports as unknown as InflateFunctions;
const { begin, advance } = functions;
for (const scratch of SCRATCH) bytes.set(inflateScratch(), scratch);

/** Inflates a stream alone, as the first or the second of the module; tells whether that went well. */
function alone(strand: 0 | 1, length: number, room: number): boolean {
  begin(SCRATCH[strand], INPUT, length, OUTPUTS[strand], room);
  for (;;) {
    const advanced = advance(SCRATCH[strand]);
    if (advanced < ADVANCED.literals) return advanced === ADVANCED.done;
    if (strand === 0) functions.fastFirst();
    else functions.fastSecond();
  }
}

/** The loop for both streams, and that for where both have blocks with the fixed code. */
type Loops =
  | readonly ["fastBoth", "fastBothFixed"?]
  | readonly ["fastBothMatches", "fastBothFixedMatches"?];

/** Inflates a stream twice, in turns, the second time a while after the first. */
function inTurns(
  [both, fixed]: Loops,
  length: number,
  room: number,
): boolean[] {
  const advanced: number[] = [-1, -1];
  const step = (strand: 0 | 1) => advanced[strand] = advance(SCRATCH[strand]);
  begin(SCRATCH[0], INPUT, length, OUTPUTS[0], room);
  if (step(0) >= ADVANCED.literals) {
    functions.fastFirst();
    step(0);
  }
  begin(SCRATCH[1], INPUT, length, OUTPUTS[1], room);
  step(1);
  const ready = (strand: 0 | 1) => advanced[strand] >= ADVANCED.literals;
  while (ready(0) || ready(1)) {
    if (ready(0) && ready(1)) {
      const allFixed = advanced.every((one) => one >= ADVANCED.fixedLiterals);
      functions[fixed && allFixed ? fixed : both]();
    } else if (ready(0)) functions.fastFirst();
    else functions.fastSecond();
    if (ready(0)) step(0);
    if (ready(1)) step(1);
  }
  return advanced.map((one) => one === ADVANCED.done);
}

/**
 * What a stream unpacks to, or undefined; fails when the ways to unpack it disagree, or anything behind
 * the output was written to.
 */
export function unpack(stream: Uint8Array, length: number): Uint8Array | undefined {
  bytes.set(stream, INPUT);
  // What follows the input must not matter.
  crypto.getRandomValues(bytes.subarray(INPUT + stream.length, INPUT + stream.length + 64));
  const ways = [
    () => [alone(0, stream.length, length)],
    () => [, alone(1, stream.length, length)],
    () => inTurns(["fastBoth"], stream.length, length),
    () => inTurns(["fastBothMatches"], stream.length, length),
    () => inTurns(["fastBoth", "fastBothFixed"], stream.length, length),
    () => inTurns(["fastBothMatches", "fastBothFixedMatches"], stream.length, length),
  ];
  const found = ways.flatMap((way) => {
    for (const output of OUTPUTS) {
      const end = output + length + INFLATE_SLACK_BYTES;
      bytes.fill(GUARD, end, end + 1024);
      bytes.fill(GUARD, output - 1024, output);
    }
    const results = way().map((good, strand) => {
      const output = OUTPUTS[strand];
      return good ? bytes.slice(output, output + length) : undefined;
    });
    for (const output of OUTPUTS) {
      const end = output + length + INFLATE_SLACK_BYTES;
      for (let i = 0; i < 1024; i++) {
        assert(bytes[end + i] === GUARD && bytes[output - 1 - i] === GUARD, "wrote out of bounds");
      }
    }
    return results.filter((_, strand) => results.length === 2 || strand in results);
  });
  const [first, ...others] = found;
  for (const other of others) {
    assertEquals(other?.length, first?.length);
    assert(!first || other!.every((byte, i) => byte === first[i]), "the ways disagree");
  }
  return first;
}
