import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { inflateSync } from "node:zlib";
import { bareRead, findBestPiece, PIECE_SIZES } from "../../bench/bare_read.ts";
import { canLog, expectedFrames } from "../../bench/engine/can_log.ts";
import { compareColumns, trimBytes } from "../../bench/engine/check_log.ts";
import { readyWork } from "../../bench/engine/engine_files.ts";
import { WORKS } from "../../bench/engine/engine_works.ts";
import { ensureFormulaFile, ROUNDED, TEXTS } from "../../bench/engine/formula_file.ts";
import { dealOut, inflateShare, inflatingAlone } from "../../bench/engine/inflate_alone.ts";
import { measureBound } from "../../bench/engine/bounds.ts";
import { measureMemory } from "../../bench/engine/memory_rows.ts";
import { runEngine } from "../../bench/engine/run_engine.ts";
import {
  dataOf,
  findBlocks,
  findDeflated,
  findLayouts,
  walkRecords,
  walkValues,
} from "../../bench/engine/scan_file.ts";
import type { Job, JobColumn } from "../../bench/peers/protocol.ts";
import { Mdf } from "../../mod.ts";
import { inFolder } from "../scripts/_run_script.ts";

/** An order of blocks, whatever it is: they are done in turns. */
const byBytes = (a: Uint8Array, b: Uint8Array) => {
  const at = a.findIndex((byte, i) => byte !== b[i]);
  return at < 0 ? a.length - b.length : a[at] - b[at];
};

const workOf = (id: string) => WORKS.find((work) => work.id === id)!;

Deno.test("engine: the CAN log was never closed, and its values are those of the formula", async () => {
  await using mdf = await Mdf.open(canLog(1000));
  assertEquals(mdf.finalized, false);
  assertEquals(mdf.groups.map(({ name, recordCount }) => `${name} ${recordCount}`), [
    ...["CAN_DataFrame 1000", "CAN_RemoteFrame 0"],
  ]);
  const wanted = expectedFrames(1000);
  const found = (await mdf.readAll()).filter(({ channel }) => channel.name in wanted)
    .filter(({ values }) => values.length > 0);
  assertEquals(found.map(({ channel }) => channel.name).sort(), Object.keys(wanted).sort());
  for (const { channel, values } of found) {
    assertEquals(Array.from(values as Iterable<unknown>, String), wanted[channel.name]);
  }
});

Deno.test("engine: files by a formula hold it, compressed or not", () =>
  inFolder(async (directory) => {
    for (const formula of [ROUNDED, TEXTS]) {
      for (const compression of ["none", "deflate", "transpose"] as const) {
        const options = { records: 300, compression, directory };
        const file = await ensureFormulaFile(formula, options);
        assertEquals((await ensureFormulaFile(formula, options)).file.kept, true);
        await using mdf = await Mdf.open(file.file.path);
        const signals = await mdf.readAll();
        const [piece] = file.pieceStarts().map((first) => file.piece(first));
        assertEquals(signals.map(({ channel }) => channel.name), piece.map(({ name }) => name));
        signals.forEach(({ values }, i) =>
          assertEquals(
            Array.from(values as Iterable<unknown>),
            Array.from<unknown>(piece[i].values as Iterable<unknown>),
          )
        );
      }
    }
  }));

Deno.test("engine: what sides found in a log is compared column by column", () => {
  const column = (name: string, kind: JobColumn["kind"]): JobColumn => ({
    ...{ group: 0, groupName: "CAN", channel: 0, name, kind },
  });
  const columns = [column("Frame", "structure"), column("Data", "bytes")];
  compareColumns(columns, [["", ""], ["1,2", "3"]], [["", ""], ["1,2", "3"]]);
  compareColumns(columns, [["", ""], ["1,2", "3"]], [[], ["1,2", "3"]]);
  const wrong = assertThrows(() =>
    compareColumns(columns, [["", ""], ["1,2", "4"]], [[], ["1,2", "3"]])
  );
  assertStringIncludes(String(wrong), '"Data" of CAN: record 1 is 4, expected 3');
  const short = assertThrows(() => compareColumns(columns, [[""], ["1,2"]], [["", ""], ["1,2"]]));
  assertStringIncludes(String(short), '"Frame" of CAN has 1 values, expected 2');
  assertEquals(trimBytes("7,0,3,0,0"), "7,0,3");
  assertEquals(trimBytes("0"), "0");
});

Deno.test("engine: files of level 6 are others than those of the writer's usual level", () =>
  inFolder(async (directory) => {
    const options = { directory, scratch: directory, shrink: 100 };
    for (const kind of ["deflate", "transpose"]) {
      const [usual, sixth] = [
        await readyWork(workOf(`${kind}-stream`), options),
        await readyWork(workOf(`${kind}-6-stream`), options),
      ];
      const blocksOf = async (path: string) => findDeflated(await Deno.readFile(path));
      const [before, after] = [await blocksOf(usual.path), await blocksOf(sixth.path)];
      const bytes = (blocks: typeof before) => blocks.reduce((sum, { length }) => sum + length, 0);
      assertEquals(bytes(after), bytes(before));
      assertEquals(after[0].columns, before[0].columns);
      // The type of the first deflate block: the fixed code, or one of its own.
      assertEquals([before, after].map(([{ stored }]) => stored[2] >> 1 & 3), [1, 2]);
    }
  }));

Deno.test("engine: records of a log, values and deflated blocks are found by their signatures", () =>
  inFolder(async (directory) => {
    const log = canLog(500);
    assertEquals(findLayouts(log).map(({ id, bytes }) => [id, bytes]).sort(), [
      ...[[1, 22], [2, undefined], [3, 14]],
    ]);
    const [data] = Array.from(findBlocks(log, "DT"), (at) => dataOf(log, at));
    assertEquals(walkRecords(data, findLayouts(log)), 1000);
    const values = new Uint8Array([2, 0, 0, 0, 65, 66, 0, 0, 0, 0, 1, 0, 0, 0, 67]);
    assertEquals(walkValues(values), 3);
    const records = new Uint8Array([1, 9, 9, 2, 1, 0, 0, 0, 7, 1, 9, 9]);
    assertEquals(walkRecords(records, [{ id: 1, bytes: 2 }, { id: 2 }]), 3);
    const options = { records: 5000, compression: "transpose" as const, directory };
    const { file } = await ensureFormulaFile(ROUNDED, options);
    const blocks = findDeflated(await Deno.readFile(file.path));
    assertEquals(blocks.reduce((sum, { length }) => sum + length, 0), 5000 * 80);
    assertEquals(blocks.every(({ columns }) => columns === 80), true);
  }));

Deno.test("engine: the bare read goes through the whole file with pieces of any size", () =>
  inFolder(async (directory) => {
    const path = `${directory}/bytes`;
    await Deno.writeFile(path, new Uint8Array(1_234_567));
    for (const size of PIECE_SIZES) assertEquals(bareRead(path, size), 1_234_567);
    assert(PIECE_SIZES.includes(findBestPiece(path)));
  }));

Deno.test("engine: works are measured with all their sides, and without Python the rest is", () =>
  inFolder(async (directory) => {
    const run = await runEngine({
      works: ["one", "deflate", "can", "text", "groups"].map(workOf),
      ...{ directory, scratch: directory, shrink: 500, bounds: true },
      turns: { rounds: 2, turnMs: 1, warmUpMs: 1 },
      python: { home: `${directory}/venv`, programs: ["no-such-python"] },
    });
    for (const { id, sides, bound } of run.works) {
      for (const side of sides) {
        if (side.id.startsWith("asammdf")) assertStringIncludes(side.reason!, "Python is missing");
        else {assertEquals(
            [side.reason, side.medianMs! > 0],
            [undefined, true],
            `${id}, ${side.id}`,
          );}
      }
      assert(bound!.sumMs > 0 && bound!.readMs > 0, id);
    }
    const holding = run.rows.filter(({ holds }) => holds !== undefined);
    assertEquals(holding.map(({ against }) => against), [
      ...["mf4-rs (npm)", "itself, one thread", "inflating alone, one core"],
      "inflating and keeping, one core",
      ...["itself, one thread", "mf4-rs (npm)"],
    ]);
    const { cores } = run.machine;
    const deflate = run.works.find(({ id }) => id === "deflate")!.bound!;
    assert(deflate.inflate!.zlib >= deflate.inflateMs && deflate.inflateMs > 0);
    const { readMs, inflateMs, memoryMs, newMemoryMs, moveMs, walkMs } = deflate;
    assert(moveMs > 0 && newMemoryMs > 0);
    const rest = readMs + inflateMs + moveMs + walkMs;
    assertAlmostEquals(deflate.sumMs, (rest + memoryMs) / cores);
    assertAlmostEquals(deflate.sumOfNewMs, (rest + newMemoryMs) / cores);
  }));

Deno.test("engine: inflating alone deals blocks out evenly, and fails where one is damaged", () =>
  inFolder(async (directory) => {
    const block = (length: number) => ({ storedBytes: 1, length });
    const lengths = dealOut([1, 4, 4, 2, 4, 4].map(block), 2)
      .map((blocks) => blocks.map(({ length }) => length));
    assertEquals(lengths, [[4, 4, 2], [4, 4, 1]]);
    assertEquals(dealOut([block(3)], 2).map((blocks) => blocks.length), [1, 0]);
    const options = { records: 60_000, compression: "deflate" as const, directory };
    const { file: { path, bytes } } = await ensureFormulaFile(ROUNDED, options);
    const job: Job = { file: path, operation: "go through all", columns: [], scratch: directory };
    const alone = inflatingAlone("alone", 1).operations["go through all"]!;
    const state = await alone.setup!(job);
    assertEquals(await alone.run(job, state), { bytes });
    const blocks = findDeflated(await Deno.readFile(path)).map(({ stored, length }) => ({
      ...{ offset: stored.byteOffset, storedBytes: stored.length, length, stored },
    }));
    const keep = inflateShare({ file: path, blocks, kept: true });
    for (let time = 0; time < 2; time++) {
      const original = blocks.map(({ stored }) => new Uint8Array(inflateSync(stored)));
      assertEquals(keep().toSorted(byBytes), original.sort(byBytes));
    }
    assertEquals(inflateShare({ file: path, blocks, kept: false })(), []);
    const file = await Deno.readFile(path);
    file[bytes / 2 | 0] ^= 1;
    await Deno.writeFile(path, file);
    await assertRejects(async () => await alone.run(job, state), Error, "could not be inflated");
  }));

Deno.test("engine: without deflated blocks a bound has no inflation", () =>
  inFolder(async (directory) => {
    const { work } = await readyWork(workOf("text"), {
      directory,
      scratch: directory,
      shrink: 500,
    });
    const bound = await measureBound(work, 4);
    const { inflate, inflateMs, outputBytes, readMs, moveMs, walkMs, memoryMs } = bound;
    assertEquals([inflate, inflateMs, bound.cores, moveMs > 0], [undefined, 0, 4, true]);
    // One thread reads; only memory can be had by others.
    const alone = readMs + moveMs + walkMs;
    assertAlmostEquals(bound.sumMs, Math.max(alone, (alone + memoryMs) / 4));
    // 2000 time stamps, and the texts as bytes.
    assert(outputBytes > 2000 * 8 + 2000 * 20);
  }));

Deno.test("engine: memory is measured in processes of their own, whose values are checked", () =>
  inFolder(async (directory) => {
    const rows = await measureMemory({
      ...{ directory, scratch: directory, streamBytes: 2_000_000, readSize: { bytes: 1_000_000 } },
      deflatedRecords: 2000,
    });
    assertEquals(rows.map(({ label }) => label.split(" ")[0].replace(",", "")), [
      ...["stream", "stream", "stream", "readAll"],
    ]);
    for (const { peakBytes } of rows) assert(peakBytes > 20e6);
    assert(rows[3].outputBytes! > 900_000 && rows[3].outputBytes! < 1_100_000);
  }));
