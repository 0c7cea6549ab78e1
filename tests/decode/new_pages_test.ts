import { assert, assertEquals } from "@std/assert";
import { isLarge, NewPages } from "../../lib/decode/new_pages.ts";

const LENGTH = 4 * 1024 * 1024;
const STRETCH = LENGTH / 64;
const DIRTY = 7;

/** What a helper was asked for; zeros come when `finish` is called. */
class Helper {
  readonly targets: Uint8Array[] = [];
  readonly #pending: (() => void)[] = [];
  /** Whether the process grows by what is written. */
  grows = true;
  resident = 1e9;
  /** How often it was asked. */
  looks = 0;

  residentBytes(): number {
    this.looks++;
    return this.resident;
  }

  zero(target: Uint8Array): Promise<void> {
    this.targets.push(target);
    return new Promise((resolve) =>
      this.#pending.push(() => {
        target.fill(0);
        resolve();
      })
    );
  }

  finish(): void {
    for (const done of this.#pending) done();
  }
}

/** Goes on to `to` as a reader does, with numbers of so many bytes; gives where it had to wait. */
async function fill(
  pages: NewPages,
  helper: Helper,
  width: number,
  to: number,
  write = (_at: number, _count: number) => {},
): Promise<number[]> {
  const waits: number[] = [];
  for (let at = 0; at < to; at += STRETCH) {
    const pending = pages.before(at, STRETCH);
    if (pending) {
      waits.push(at);
      helper.finish();
      await pending;
    }
    write(at, STRETCH);
    if (helper.grows) helper.resident += STRETCH * width;
  }
  return waits;
}

function makeArrays(count: number): Float64Array[] {
  return Array.from({ length: count }, () => new Float64Array(LENGTH).fill(DIRTY));
}

Deno.test("the ends of new arrays are zeroed by others before anything is written there", async () => {
  const helper = new Helper();
  const arrays = makeArrays(2);
  const pages = new NewPages(helper, LENGTH, () => arrays);
  const waits = await fill(pages, helper, 16, LENGTH, (at, count) => {
    for (const array of arrays) array.fill(at + 1, at, at + count);
  });
  assertEquals(waits.length, 1);
  // The second stretch shows what is new; 15 % of the rest are written meanwhile.
  const until = 2 * STRETCH + Math.ceil((LENGTH - 2 * STRETCH) * 0.15);
  assertEquals(helper.targets.map(({ byteOffset }) => byteOffset), [8 * until, 8 * until]);
  assertEquals(helper.targets.map(({ buffer }) => buffer), arrays.map(({ buffer }) => buffer));
  assertEquals(helper.targets.map(({ length }) => length), Array(2).fill(8 * (LENGTH - until)));
  assert(waits[0] <= until && until < waits[0] + STRETCH, `${waits} ${until}`);
  // What was written stays.
  for (const array of arrays) {
    for (let at = 0; at < LENGTH; at++) {
      if (array[at] !== at - at % STRETCH + 1) throw new Error(`${array[at]} at ${at}`);
    }
  }
});

Deno.test("memory that was used is left alone", async () => {
  const helper = new Helper();
  helper.grows = false;
  const arrays = makeArrays(2);
  assertEquals(await fill(new NewPages(helper, LENGTH, () => arrays), helper, 16, LENGTH), []);
  assertEquals(helper.targets, []);
  // Behind the first stretches once in 8 MiB, and not at each of the 64, of one MiB.
  assertEquals(helper.looks, 2 + 6);
});

Deno.test("memory that turns out to be new later is seen, as long as much is left", async () => {
  for (const [from, zeroed] of [[LENGTH / 2, true], [LENGTH * 0.8, false]] as const) {
    const helper = new Helper();
    helper.grows = false;
    const arrays = makeArrays(2);
    await fill(new NewPages(helper, LENGTH, () => arrays), helper, 16, LENGTH, (at) => {
      helper.grows = at >= from;
    });
    assertEquals(helper.targets.length > 0, zeroed, `${from}`);
    for (const { byteOffset } of helper.targets) assert(byteOffset > 8 * from);
  }
});

Deno.test("the growth of the first stretch is not taken for that of the arrays", async () => {
  const helper = new Helper();
  helper.grows = false;
  const arrays = makeArrays(2);
  await fill(new NewPages(helper, LENGTH, () => arrays), helper, 16, LENGTH, (at) => {
    if (at === 0) helper.resident += 1e9;
  });
  assertEquals(helper.targets, []);
});

Deno.test("little memory is left alone, and what is no multiple of a stretch or lies in a part is not", async () => {
  const helper = new Helper();
  const bytes = [new Uint8Array(LENGTH), new Int16Array(LENGTH)];
  await fill(new NewPages(helper, LENGTH, () => bytes), helper, 3, LENGTH);
  assertEquals(helper.targets, []);
  assertEquals(
    [[3, LENGTH], [10, 100_000], [1000, 100_000], [10_000, 60_000]].map(
      ([arrays, length]) => isLarge(arrays, length),
    ),
    [true, false, true, false],
  );

  const buffer = new ArrayBuffer(16 * LENGTH + 80);
  const parts = [new Float64Array(buffer, 8, LENGTH), new Float64Array(buffer, 8 * LENGTH + 16)]
    .map((array) => array.subarray(0, LENGTH));
  new Uint8Array(buffer).fill(DIRTY);
  const pages = new NewPages(helper, LENGTH, () => parts);
  await fill(pages, helper, 16, LENGTH);
  assertEquals(helper.targets.length, 2);
  for (const [i, { byteOffset, byteLength }] of parts.entries()) {
    const target = helper.targets[i];
    assertEquals(target.byteOffset + target.length, byteOffset + byteLength);
  }
  // Not a byte before, between and behind them.
  const all = new Uint8Array(buffer);
  assertEquals([all[7], all[8 * LENGTH + 8], all[all.length - 1]], [DIRTY, DIRTY, DIRTY]);
  assertEquals([all[8 * LENGTH + 7], all[8 * LENGTH + 16], all[16 * LENGTH + 15]], [0, DIRTY, 0]);
});

Deno.test("of very many arrays, some are zeroed", async () => {
  const helper = new Helper();
  const array = new Float64Array(LENGTH);
  const pages = new NewPages(helper, LENGTH, () => Array(100).fill(array));
  await fill(pages, helper, 800, LENGTH);
  assertEquals(helper.targets.length, 32);
});

Deno.test("whoever ends early waits for what is still written", async () => {
  const helper = new Helper();
  const arrays = makeArrays(1);
  const pages = new NewPages(helper, LENGTH, () => arrays);
  await fill(pages, helper, 8, 4 * STRETCH);
  assertEquals(helper.targets.length, 1);
  let settled = false;
  const pending = pages.settled()!.then(() => settled = true);
  await new Promise((resolve) => setTimeout(resolve, 1));
  assertEquals(settled, false);
  helper.finish();
  await pending;
  assertEquals([arrays[0].at(-1), pages.settled()], [0, undefined]);
  assertEquals(pages.before(5 * STRETCH, STRETCH), undefined);
});
