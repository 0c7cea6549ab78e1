import { assert, assertEquals } from "@std/assert";
import { FUZZ_NAME, readWhatCan } from "../_fuzz.ts";
import { engineFile } from "./_engine_file.ts";
import { bytesSource, isMdfError, Mdf } from "../../mod.ts";

Deno.test("a file cut anywhere gives right values, fewer of them, or an error that says where", async () => {
  const whole = engineFile().file.bytes();
  const expected = await readWhatCan(whole);
  assertEquals(expected.size, 4);
  let opened = 0;
  for (let length = 0; length < whole.length; length++) {
    for (const damaged of ["refuse", "skip"] as const) {
      const readable = await readWhatCan(whole.subarray(0, length), damaged);
      opened += readable.size;
      for (const [name, { values }] of readable) {
        const full = expected.get(name);
        assert(full, `${name}, cut at ${length}`);
        // Only zero bytes at the very end may be missing without a trace.
        assertEquals(values, full.values, `${name}, cut at ${length}`);
      }
    }
  }
  assert(opened > 0);
});

Deno.test("the error of a cut file names file, block and offset", async () => {
  const whole = engineFile().file.bytes();
  const codes = new Set<string>();
  for (let length = 64; length < whole.length - 8; length += 8) {
    const source = bytesSource(whole.subarray(0, length), FUZZ_NAME);
    try {
      await using mdf = await Mdf.open(source);
      await mdf.readAll();
    } catch (error) {
      assert(isMdfError(error), String(error));
      codes.add(error.code);
      assertEquals(error.file, FUZZ_NAME);
      assert(error.block !== undefined && error.offset !== undefined, error.message);
    }
  }
  for (const code of codes) assert(["corrupt", "truncated"].includes(code), code);
  assert(codes.size > 0);
});

Deno.test("an unfinalized file cut anywhere in its data gives the records before the cut", async () => {
  const { file, counter } = engineFile({ unfinalized: 4 });
  const whole = file.bytes();
  const expected = await readWhatCan(whole);
  for (let length = counter.data; length < whole.length; length++) {
    const readable = await readWhatCan(whole.subarray(0, length), "skip");
    for (const [name, { values }] of readable) {
      assertEquals(values, expected.get(name)?.values.slice(0, values.length), `cut at ${length}`);
    }
  }
});
