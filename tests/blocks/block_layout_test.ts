import { assertEquals, assertThrows } from "@std/assert";
import {
  BLOCK_TABLES,
  type BlockTable,
  CA,
  CC,
  CN,
  DL,
  LD,
  TX,
} from "../../lib/blocks/block_tables.ts";
import { encodeBlock, encodeIdentification, encodeText } from "../../lib/blocks/encode_block.ts";
import type { FieldTable } from "../../lib/blocks/field_layout.ts";
import { FileBuilder, openBlocks } from "../_helpers.ts";
import { KINDS, LAYOUTS, SAMPLES } from "./_layouts.ts";

for (const [id, layout] of Object.entries(LAYOUTS)) {
  Deno.test(`${id}: every field lies where the standard says`, async () => {
    const bytes = new Uint8Array(layout.length);
    const view = new DataView(bytes.buffer);
    bytes.set(new TextEncoder().encode(`##${id}`));
    view.setBigUint64(8, BigInt(layout.length), true);
    view.setBigUint64(16, BigInt(layout.links), true);
    const expected: Record<string, unknown> = {};
    for (const [name, [offset, kind]] of Object.entries(layout.fields)) {
      const [, list, index] = /^(.*)\[(\d)\]$/.exec(name) ?? [];
      if (typeof kind === "number") bytes[offset] = kind;
      else bytes.set(SAMPLES[kind], offset);
      const value = typeof kind === "number" ? kind : KINDS[kind](view, offset);
      if (list) ((expected[list] ??= []) as unknown[])[Number(index)] = value;
      else expected[name] = value;
    }
    const file = new FileBuilder();
    const at = file.append(bytes);
    const table = BLOCK_TABLES.get(id) as BlockTable<FieldTable, string>;
    const block = await (await openBlocks(file.bytes())).load(table, at, "test");
    const fields = Object.fromEntries(
      Object.entries(block.fields).filter(([, value]) => !isEmptyList(value)),
    );
    assertEquals(fields, expected);
    assertEquals(encodeBlock(table, { fields }), bytes);
  });
}

Deno.test("every block with fields has its layout tested, lists below", () => {
  const withFields = [...BLOCK_TABLES.values()].filter(({ fields }) => Object.keys(fields).length);
  assertEquals(
    withFields.map(({ id }) => id).toSorted(),
    [...Object.keys(LAYOUTS), "DL", "LD"].toSorted(),
  );
});

function isEmptyList(value: unknown): boolean {
  return Array.isArray(value) && value.length === 0;
}

/** Bytes of a block as 64-bit words in hexadecimal, most significant digit first. */
function words(bytes: Uint8Array): string[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return Array.from(
    { length: bytes.length / 8 },
    (_, i) => view.getBigUint64(8 * i, true).toString(16).padStart(16, "0"),
  );
}

Deno.test("ID: the bytes are those of the standard", () => {
  const bytes = encodeIdentification({
    id_file: "UnFinMF ",
    id_vers: "4.11    ",
    id_prog: "program!",
    id_ver: 411,
    id_unfin_flags: 0x0102,
    id_custom_unfin_flags: 0x0304,
  });
  const expected = new Uint8Array(64);
  expected.set(new TextEncoder().encode("UnFinMF 4.11    program!"));
  expected.set([0x9b, 0x01], 28);
  expected.set([0x02, 0x01, 0x04, 0x03], 60);
  assertEquals(bytes, expected);
});

Deno.test("CN: links follow the named ones, and the fields move on", () => {
  const bytes = encodeBlock(CN, {
    links: { cn_cn_next: 0x1000, cn_md_comment: 0x2000 },
    moreLinks: [0x3000, 0x4000],
    fields: { cn_type: 2, cn_bit_count: 64, cn_attachment_count: 2 },
  });
  assertEquals(words(bytes), [
    "000000004e432323", // ##CN
    "00000000000000b0", // 176 bytes
    "000000000000000a", // ten links
    "0000000000001000",
    ...Array(6).fill("0000000000000000"),
    "0000000000002000",
    "0000000000003000",
    "0000000000004000",
    "0000000000000002", // cn_type at 104
    "0000000000000040", // cn_bit_count at 112
    "0002000000000000", // cn_attachment_count at 126
    ...Array(6).fill("0000000000000000"),
  ]);
});

Deno.test("CC: parameters are stored in order, as the bits they are", () => {
  const half = new DataView(new ArrayBuffer(8));
  half.setFloat64(0, 0.5);
  const bytes = encodeBlock(CC, {
    moreLinks: [0x500],
    fields: {
      cc_type: 1,
      cc_ref_count: 1,
      cc_val_count: 2,
      cc_val: [half.getBigUint64(0), 2n ** 64n - 1n],
    },
  });
  assertEquals(words(bytes).slice(7), [
    "0000000000000500", // the reference at 56
    "0002000100000001", // type 1, one reference, two values
    "0000000000000000",
    "0000000000000000",
    "3fe0000000000000", // the double 0.5
    "ffffffffffffffff",
  ]);
});

Deno.test("CA: fixed axis values and cycle counts follow the dimensions", () => {
  const bytes = encodeBlock(CA, {
    fields: {
      ca_storage: 1,
      ca_ndim: 2,
      ca_flags: 32,
      ca_dim_size: [2, 1],
      ca_axis_value: [0.5, 1, 2],
      ca_cycle_count: [7, 8],
    },
  });
  assertEquals(words(bytes).slice(4), [
    "0000002000020100", // storage, two dimensions, flags
    "0000000000000000",
    "0000000000000002",
    "0000000000000001",
    "3fe0000000000000", // 2 + 1 axis values
    "3ff0000000000000",
    "4000000000000000",
    "0000000000000007", // 2 × 1 cycle counts
    "0000000000000008",
  ]);
});

Deno.test("DL: one length or offsets, then times, angles and distances", () => {
  const bytes = encodeBlock(DL, {
    links: { dl_dl_next: 0x900 },
    moreLinks: [0x100, 0x200],
    fields: {
      dl_flags: 2 | 4 | 8,
      dl_count: 2,
      dl_offset: [0, 0x1234],
      dl_time_values: [-1n, 5n],
      dl_angle_values: [0.5, 1],
      dl_distance_values: [2, 0.5],
    },
  });
  assertEquals(words(bytes), [
    "000000004c442323",
    "0000000000000078",
    "0000000000000003",
    "0000000000000900",
    "0000000000000100",
    "0000000000000200",
    "000000020000000e",
    "0000000000000000",
    "0000000000001234",
    "ffffffffffffffff",
    "0000000000000005",
    "3fe0000000000000",
    "3ff0000000000000",
    "4000000000000000",
    "3fe0000000000000",
  ]);
  const equal = encodeBlock(DL, {
    moreLinks: [0x100, 0x200],
    fields: { dl_flags: 1, dl_count: 2, dl_equal_length: [0x4000] },
  });
  assertEquals(words(equal).slice(6), ["0000000200000001", "0000000000004000"]);
});

Deno.test("LD: flags are 32 bits wide", () => {
  const bytes = encodeBlock(LD, {
    moreLinks: [0x100, 0x200],
    fields: { ld_flags: 0x80000001, ld_count: 1, ld_equal_sample_count: [100] },
  });
  assertEquals(words(bytes).slice(6), ["0000000180000001", "0000000000000064"]);
});

Deno.test("texts are UTF-8 with a closing zero, padded to eight bytes", () => {
  assertEquals([...encodeText("µ")], [0xc2, 0xb5, 0, 0, 0, 0, 0, 0]);
  assertEquals(encodeText("1234567").length, 8);
  assertEquals(encodeText("12345678").length, 16);
  assertEquals(encodeText("").length, 8);
  assertEquals(words(encodeBlock(TX, { payload: encodeText("abc") })), [
    "0000000058542323",
    "0000000000000020",
    "0000000000000000",
    "0000000000636261",
  ]);
});

Deno.test("a list of another length than its count is refused", () => {
  assertThrows(
    () => encodeBlock(DL, { fields: { dl_count: 2, dl_offset: [0] } }),
    RangeError,
    "dl_offset has 1 values, not 2",
  );
});

Deno.test("room for a payload can be left to the caller", () => {
  const bytes = encodeBlock(TX, { payloadBytes: 100 });
  assertEquals(words(bytes), ["0000000058542323", "000000000000007c", "0000000000000000"]);
});
