/** A suite of one benchmark: copy it, change it, run `deno task bench --suite ./mine.ts`. */
import { defineBenchmark, expectSame, Mdf } from "./define_benchmark.ts";

export default defineBenchmark({
  name: "first thousand records",
  setup: (file) => Mdf.open(file.file.path),
  run: (mdf) => mdf.read("RPM", { records: [0, 1000] }),
  check: (signal) => expectSame("the number of values", signal.values.length, 1000),
  metrics: (signal) => ({
    highest: { value: Math.max(...signal.values as number[]), unit: "rpm" },
  }),
  teardown: (mdf) => mdf.close(),
});
