/**
 * Files of other shapes than the usual one: compressed, transposed, unsorted, of variable length, with
 * texts, arrays, many channels. Each holds about as many bytes as the file that is measured, up to
 * 20 MB, and is made in the scratch folder.
 *
 * @module
 */
import { Mdf, type Signal } from "../../mod.ts";
import { expectSame } from "../check_signals.ts";
import { defineOperation, type Operation } from "../operation.ts";
import { SHAPE_FILES, type ShapeFile } from "./shape_files.ts";

const MOST_BYTES = 20_000_000;

interface ShapeState {
  mdf: Mdf;
  path: string;
  records: number;
}

/** Samples that are compared; the first and the last are among them. */
const PROBES = 101;

function checkValues(shape: ShapeFile, records: number, signals: readonly Signal[]): void {
  const named = signals.filter(({ channel }) => shape.value(channel.name, 0) !== undefined);
  expectSame("the number of channels", named.length, shape.channels);
  for (const { channel, values } of named) {
    const width = values.length / records;
    expectSame(`the values of "${channel.name}"`, Number.isInteger(width), true);
    for (let probe = 0; probe < PROBES; probe++) {
      const index = Math.round((probe / (PROBES - 1)) * (values.length - 1));
      const expected = shape.value(channel.name, index);
      expectSame(`value ${index} of "${channel.name}"`, values.at(index), expected);
    }
  }
}

/** The shapes suite. */
export const SUITE: readonly Operation[] = SHAPE_FILES.map((shape) =>
  defineOperation<ShapeState, Signal[]>({
    name: `read all: ${shape.name}`,
    suite: "shapes",
    group: "shapes",
    baseline: shape.name === "plain",
    samples: false,
    async setup({ file, scratch }) {
      const path = `${scratch}/shape_${shape.name.replaceAll(" ", "_")}_${crypto.randomUUID()}.mf4`;
      const records = Math.max(
        100,
        Math.floor(Math.min(file.bytes, MOST_BYTES) / shape.recordBytes),
      );
      await shape.make(path, records);
      return { mdf: await Mdf.open(path), path, records };
    },
    // Texts are made when they are asked for, which is part of reading them.
    async run({ mdf }) {
      const signals = await mdf.readAll();
      for (const { values } of signals) {
        if (!ArrayBuffer.isView(values)) { for (const _ of values as Iterable<unknown>); }
      }
      return signals;
    },
    check: (signals, _, { records }) => checkValues(shape, records, signals),
    decoded: (signals) => ({
      values: signals.reduce((sum, { values }) => sum + values.length, 0),
      bytes: signals.reduce(
        (sum, { values }) => sum + ((values as { byteLength?: number }).byteLength ?? 0),
        0,
      ),
    }),
    metrics: (signals, _, { path, records }) => ({
      "file": { value: Deno.statSync(path).size / 1e6, unit: "MB" },
      "records": { value: records, unit: "" },
      "channels": { value: signals.length, unit: "" },
    }),
    async teardown({ mdf, path }) {
      await mdf.close();
      await Deno.remove(path);
    },
  })
);
