/**
 * Where the unit of a channel comes from. ASAM MDF 4, channel block: with a NIL link `cn_md_unit` the
 * unit of the conversion rule is used; an empty text there means that no unit is to be shown.
 */
import { assertEquals } from "@std/assert";
import { CC, TX } from "../../lib/blocks/block_tables.ts";
import { encodeText } from "../../lib/blocks/encode_block.ts";
import { FileBuilder } from "../_helpers.ts";
import { eachWay } from "./_block_file.ts";

/** Adds a linear conversion that says its values are in `unit`. */
function scaled(file: FileBuilder, unit: string): number {
  const values = new BigUint64Array(Float64Array.of(0, 0.5).buffer);
  return file.add(CC, {
    links: { cc_md_unit: file.text(unit) },
    fields: { cc_type: 1, cc_val_count: 2, cc_val: [...values] },
  });
}

async function assertUnit(
  expected: string,
  links: (file: FileBuilder) => { cn_md_unit?: number; cn_cc_conversion?: number },
): Promise<void> {
  const file = new FileBuilder();
  const channel = { name: "x", cn_bit_count: 8, ...links(file) };
  file.group({ channels: [channel], records: Uint8Array.of(2, 4) });
  await eachWay(file.bytes(), async (mdf, way) => {
    assertEquals(mdf.channel("x").unit, expected, way);
    assertEquals((await mdf.read("x")).unit, expected, way);
  });
}

Deno.test("the unit is the channel's own", async () => {
  await assertUnit("rpm", (file) => ({ cn_md_unit: file.text("rpm") }));
  await assertUnit("rpm", (file) => ({
    cn_md_unit: file.text("rpm"),
    cn_cc_conversion: scaled(file, "1/s"),
  }));
});

Deno.test("with a NIL link of the channel, the unit is that of the conversion", async () => {
  await assertUnit("1/s", (file) => ({ cn_cc_conversion: scaled(file, "1/s") }));
});

Deno.test("an empty text as the channel's unit means none, whatever the conversion says", async () => {
  await assertUnit("", (file) => ({
    cn_md_unit: file.add(TX, { payload: encodeText("") }),
    cn_cc_conversion: scaled(file, "1/s"),
  }));
});

Deno.test("without a unit anywhere, there is none", async () => {
  await assertUnit("", (file) => ({ cn_cc_conversion: scaled(file, "") }));
});

Deno.test("one of a conversion's texts is not its unit, though it is linked to as one", async () => {
  await assertUnit("", (file) => {
    const last = file.text("violet");
    const cn_cc_conversion = file.add(CC, {
      links: { cc_md_unit: last },
      moreLinks: [file.text("red"), last, 0],
      fields: { cc_type: 7, cc_ref_count: 3, cc_val_count: 2, cc_val: [2n, 4n] },
    });
    return { cn_cc_conversion };
  });
});
