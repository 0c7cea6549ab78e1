/** Values of variable length that lie between the records which place them. */
import { assert, assertEquals } from "@std/assert";
import { bytesSource, Mdf } from "../../mod.ts";
import { countingSource, eachWay, FileBuilder } from "../_helpers.ts";

const COUNT = 9000;
const PLACE = 1;
const VALUE = 2;
const OTHER = 3;

const text = (i: number) => `value ${i} ${"x".repeat((i * 7) % 23)}`;

/** Values before or behind the records that place them, with records of a third group between. */
function mixedFile(order: readonly number[], idBytes = 1): Uint8Array {
  const encoder = new TextEncoder();
  const parts: Uint8Array[] = [];
  const record = (id: number, bytes: number) => {
    const part = new Uint8Array(idBytes + bytes);
    part[0] = id;
    parts.push(part);
    return new DataView(part.buffer, idBytes);
  };
  let at = 0;
  for (let i = 0; i < COUNT; i++) {
    const value = encoder.encode(text(i));
    for (const kind of order) {
      if (kind === OTHER) record(OTHER, 3).setUint16(1, i, true);
      if (kind === PLACE) record(PLACE, 8).setUint32(0, at, true);
      if (kind !== VALUE) continue;
      record(VALUE, 4 + value.length).setUint32(0, value.length, true);
      parts.at(-1)!.set(value, idBytes + 4);
    }
    at += 4 + value.length;
  }
  const file = new FileBuilder();
  const variable = { cn_type: 1, cn_data_type: 7, cn_bit_count: 64 };
  const { groups } = file.dataGroup({
    recordIdSize: idBytes,
    groups: [
      {
        cg_record_id: PLACE,
        channels: [{ name: "text", ...variable }, { name: "again", ...variable }],
      },
      { cg_record_id: VALUE, cg_flags: 1, channels: [] },
      {
        cg_record_id: OTHER,
        cg_data_bytes: 3,
        channels: [{ name: "other", cn_byte_offset: 1, cn_bit_count: 16 }],
      },
    ],
    records: new Uint8Array(parts.flatMap((part) => [...part])),
    blockSizes: [70_001],
  });
  for (const channel of groups[0].channels) file.patchLink(channel, "cn_data", groups[1].cg);
  return file.bytes();
}

const expected = Array.from({ length: COUNT }, (_, i) => text(i));
const ORDERS = { before: [VALUE, OTHER, PLACE], behind: [PLACE, OTHER, VALUE] };

for (const [where, order] of Object.entries(ORDERS)) {
  Deno.test(`values that lie ${where} their records are the same whole, in batches, and in windows`, async () => {
    await eachWay(mixedFile(order), async (mdf, way) => {
      for (const { values } of await mdf.readAll(["text", "again"])) {
        assertEquals([...values as Iterable<string>], expected, way);
      }
      for (const batchBytes of [9999, 40_000]) {
        const found: unknown[] = [];
        for await (const { signals } of mdf.stream(["again", "text"], { batchBytes })) {
          assertEquals([...signals[0].values as Iterable<string>], [
            ...signals[1].values as Iterable<string>,
          ]);
          found.push(...signals[1].values as Iterable<string>);
        }
        assertEquals(found, expected, way);
      }
      const window = await mdf.read("text", { records: [5001, 5100] });
      assertEquals([...window.values as Iterable<string>], expected.slice(5001, 5100), way);
      const [other, together] = await mdf.readAll(["other", "text"]);
      assertEquals(
        [...other.values as Uint16Array],
        Array.from({ length: COUNT }, (_, i) => i),
        way,
      );
      assertEquals([...together.values as Iterable<string>], expected, way);
    }, { pieceBytes: 4999 });
  });
}

Deno.test("records and the values between them are read in one pass", async () => {
  const bytes = mixedFile(ORDERS.before, 2);
  const source = countingSource(bytesSource(bytes));
  await using mdf = await Mdf.open(source);
  await mdf.read("other");
  const before = source.bytes;
  await mdf.read("text");
  const read = source.bytes - before;
  assert(read < 1.05 * bytes.length, `${read} bytes were read of a file of ${bytes.length}`);
});
