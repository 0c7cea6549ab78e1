import { assert, assertEquals } from "@std/assert";
import { TextLineStream } from "@std/streams";
import { fileURLToPath } from "node:url";
import { type Batch, type FollowOptions, Mdf } from "../../mod.ts";
import { rangeServer } from "../_helpers.ts";
import type { LoggerMode } from "./_logger.ts";

const LOGGER = fileURLToPath(new URL("./_logger.ts", import.meta.url));

/** Milliseconds after which a test of a logger fails rather than to wait on. */
const LONGEST = 60_000;

/** A logger at work. */
class Logger implements AsyncDisposable {
  readonly path: string;
  readonly #process: Deno.ChildProcess;
  readonly #lines: ReadableStreamDefaultReader<string>;
  readonly #input: WritableStreamDefaultWriter<Uint8Array<ArrayBuffer>>;

  constructor(path: string, mode: LoggerMode, seed: number) {
    this.path = path;
    this.#process = new Deno.Command(Deno.execPath(), {
      args: [
        ...["run", "--no-check", "--quiet", "--allow-read", "--allow-write"],
        ...[LOGGER, path, mode, String(seed)],
      ],
      stdin: "piped",
      stdout: "piped",
    }).spawn();
    this.#input = this.#process.stdin.getWriter();
    this.#lines = this.#process.stdout
      .pipeThrough(new TextDecoderStream())
      .pipeThrough(new TextLineStream())
      .getReader();
  }

  /** Complete records of each group at the end of a phase; undefined once the logger has ended. */
  async phase(): Promise<number[] | undefined> {
    const { value } = await this.#lines.read();
    return value === undefined ? undefined : JSON.parse(value);
  }

  async goOn(): Promise<void> {
    await this.#input.write(new TextEncoder().encode("\n"));
  }

  kill(): void {
    this.#process.kill("SIGKILL");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#input.close().catch(() => {});
    await this.#process.status;
    await this.#lines.cancel();
    await Deno.remove(this.path);
  }
}

/** What was received of each group: values of each channel. */
class Received {
  readonly values: unknown[][][] = [];

  add({ group, firstRecord, recordCount, signals }: Batch): void {
    const columns = this.values[group.index] ??= signals.map(() => []);
    assertEquals(firstRecord, columns[0].length, "a record is missing or comes twice");
    signals.forEach(({ values }, i) => columns[i].push(...values as Iterable<unknown>));
    assertEquals(columns[0].length, firstRecord + recordCount);
  }

  counts(groups: number): number[] {
    return Array.from({ length: groups }, (_, i) => this.values[i]?.[0].length ?? 0);
  }

  /** Checks that `t` is half of a record's number, `n` one more than it, and texts end with it. */
  check(mdf: Mdf): void {
    for (const { index, channels } of mdf.groups) {
      channels.forEach(({ name }, k) => {
        this.values[index]?.[k].forEach((value, i) => {
          if (name === "t") assertEquals(value, i / 2);
          else if (name === "n") assertEquals(value, i + 1);
          else assert(new RegExp(`^text (x*)${i}$`).test(String(value)), `${value} at ${i}`);
        });
      });
    }
  }
}

/** Follows a logger through its phases; each must be received while it waits. */
async function followLogger(
  mode: LoggerMode,
  seed: number,
  options: FollowOptions,
  test: (mdf: Mdf, received: Received, phases: number) => Promise<void> | void,
  open: (path: string) => Promise<Mdf> = (path) => Mdf.open(path),
): Promise<void> {
  const path = await Deno.makeTempFile({ suffix: ".mf4" });
  await using logger = new Logger(path, mode, seed);
  let target = await logger.phase();
  assert(target, "the logger did not start");
  await using mdf = await open(path);
  const received = new Received();
  let phases = 0;
  const passed = async () => {
    const counts = received.counts(target?.length ?? 0);
    while (target && String(counts) === String(target)) {
      target = undefined;
      await logger.goOn();
      phases++;
      target = await logger.phase();
    }
    target?.forEach((count, i) => assert(counts[i] <= count, "not yet complete"));
  };
  const settings = { pollMs: 1, maxPollMs: 10, signal: AbortSignal.timeout(LONGEST) };
  // The phase may be known before its last record is received, or after.
  let checking = passed();
  for await (const batch of mdf.follow(undefined, { ...settings, ...options })) {
    received.add(batch);
    checking = checking.then(passed);
  }
  await checking;
  await test(mdf, received, phases);
}

const PHASES = 8;
const TOTAL = 480;

/** With odd seeds lists have their counters kept, and those of texts are compressed. */
const LAYOUTS: [title: string, mode: LoggerMode, seed: number][] = [
  ["one block, to the end of the file", "open-end", 7],
  ["lists of blocks", "lists", 7],
  ["lists of blocks, not counted", "lists", 8],
  ["lists of compressed blocks", "compressed", 1],
  ["lists of transposed blocks, not counted", "compressed", 4],
  ["texts of variable length", "texts", 2],
  ["compressed texts of variable length", "texts", 3],
  ["a block whose room is reserved", "reserved", 7],
];

for (const [title, mode, seed] of LAYOUTS) {
  const test = (mdf: Mdf, received: Received, phases: number) => {
    assertEquals(phases, PHASES + 1);
    assertEquals(received.counts(1), [TOTAL]);
    assertEquals(mdf.finalized, true);
    received.check(mdf);
  };
  Deno.test(`what another process writes is followed live, each record once: ${title}`, async () => {
    await followLogger(mode, seed, {}, test);
  });
  Deno.test(`with a server in between, too: ${title}`, async () => {
    let path = "";
    await using server = rangeServer(new Uint8Array(0), {
      onRequest() {
        server.bytes = Deno.readFileSync(path);
        server.etag = seed % 2 ? `"${server.bytes.length}"` : undefined;
      },
    });
    await followLogger(mode, seed, {}, test, (written) => {
      path = written;
      return Mdf.open(server.url);
    });
  });
}

Deno.test("mixed records and their texts, written by another process, are followed live", async () => {
  await followLogger("mixed", 3, {}, async (mdf, received, phases) => {
    assertEquals(phases, PHASES + 1);
    const counts = received.counts(2);
    assertEquals(counts[0] + counts[1], TOTAL);
    assert(counts.every((count) => count > TOTAL / 4), `${counts}`);
    received.check(mdf);
    assertEquals([...(await mdf.read("text")).values as Iterable<unknown>], received.values[0][1]);
  });
});

for (const [seed, compression] of ["none", "deflate", "transpose"].entries()) {
  Deno.test(`MdfWriter's own files (${compression}) can be followed while they are written`, async () => {
    await followLogger("writer", seed, { batchBytes: 1000 }, (mdf, received, phases) => {
      assertEquals(phases, PHASES + 1);
      assertEquals(received.counts(1), [10 * TOTAL]);
      received.check(mdf);
    });
  });
}

Deno.test("a logger that is killed in the middle of a record leaves all records before it", async () => {
  const path = await Deno.makeTempFile({ suffix: ".mf4" });
  await using logger = new Logger(path, "cut-off", 5);
  await logger.phase();
  await using mdf = await Mdf.open(path);
  const received = new Received();
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), LONGEST);
  const settings = { pollMs: 1, maxPollMs: 10, signal: stop.signal };
  const phases = (async () => {
    for (let phase = 0; phase < PHASES; phase++) {
      await logger.goOn();
      await logger.phase();
    }
    logger.kill();
  })();
  for await (const batch of mdf.follow(["t", "n"], settings)) {
    received.add(batch);
    if (received.counts(1)[0] >= TOTAL) stop.abort();
  }
  clearTimeout(timer);
  await phases;
  assertEquals(received.counts(1), [TOTAL]);
  received.check(mdf);
  // Half a record is left, and never given.
  for await (const batch of mdf.follow(["t", "n"], { from: TOTAL, pollMs: 1, idleMs: 20 })) {
    assertEquals(batch.recordCount, 0);
  }
  assertEquals([mdf.finalized, mdf.groups[0].recordCount], [false, TOTAL]);
  assert(mdf.size % 13 !== 0 || Deno.statSync(path).size === mdf.size);
  await using again = await Mdf.open(path);
  assertEquals((await again.read("n")).values, (await mdf.read("n")).values);
});
