/**
 * Cost against size: each operation of `deno task bench:scale` on three sizes, each a few times the
 * one before. The smallest is the baseline of the others. Sizes follow the file that is measured, up
 * to those of `bench:scale` for 100 MB.
 *
 * @module
 */
import { defineOperation, type Operation } from "../operation.ts";
import { SCALE_AXES, type ScaleAxis, type ScaleOperation } from "../scale/scale_axes.ts";

interface ScaleState {
  path: string;
  folder: string;
  size: number;
}

const STEPS = ["small", "middle", "large"] as const;
const FULL_BYTES = 100_000_000;
const LEAST_SIZE = 2;

/** First, middle and last size of an axis, smaller by as much as a file is below 100 MB. */
export function sizeFor({ sizes }: ScaleAxis, step: number, fileBytes: number): number {
  const place = Math.round(step * (sizes.length - 1) / (STEPS.length - 1));
  const part = Math.min(1, fileBytes / FULL_BYTES);
  return Math.max(LEAST_SIZE + step, Math.round(sizes[place] * part));
}

function operationFor(axis: ScaleAxis, operation: ScaleOperation, step: number): Operation {
  const group = `${operation.name} by ${axis.title}`;
  return defineOperation<ScaleState, unknown>({
    ...{ name: `${group}, ${STEPS[step]}`, suite: "scale", group, baseline: step === 0 },
    samples: false,
    async setup({ file, scratch }) {
      const folder = await Deno.makeTempDir({ dir: scratch });
      const size = sizeFor(axis, step, file.bytes);
      return { folder, size, path: await axis.make(folder, size) };
    },
    run: ({ path }) => operation.run(path),
    check: (result, _, { size }) => operation.check(result, size),
    decoded: () => ({ values: 0, bytes: 0 }),
    metrics: (_, __, { size }) => ({ size: { value: size, unit: axis.unit } }),
    teardown: ({ folder }) => Deno.remove(folder, { recursive: true }),
  });
}

/** The scale suite. */
export const SUITE: readonly Operation[] = SCALE_AXES.flatMap((axis) =>
  axis.operations.flatMap((operation) =>
    STEPS.map((_, step) => operationFor(axis, operation, step))
  )
);
