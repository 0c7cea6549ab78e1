import { assertEquals, assertThrows } from "@std/assert";
import { CC } from "../../lib/blocks/block_tables.ts";
import { type Channel, Mdf, UnsupportedFeatureError, UsageError } from "../../mod.ts";
import { FileBuilder } from "../_helpers.ts";
import { eachWay } from "./_block_file.ts";

const f64 = (value: number) => new BigUint64Array(Float64Array.of(value).buffer)[0];

interface Rule {
  type: number;
  values?: number[];
  references?: string[];
  inverse?: Rule;
}

function conversion(
  file: FileBuilder,
  { type, values = [], references = [], inverse }: Rule,
): number {
  return file.add(CC, {
    links: { cc_cc_inverse: inverse ? conversion(file, inverse) : 0 },
    moreLinks: references.map((text) => file.text(text)),
    fields: {
      cc_type: type,
      cc_val_count: values.length,
      cc_val: values.map(f64),
      cc_ref_count: references.length,
    },
  });
}

/** Checks a channel of a byte with that conversion. */
async function withRule(rule: Rule | undefined, check: (channel: Channel) => void): Promise<void> {
  const file = new FileBuilder();
  file.group({
    channels: [{
      name: "a",
      cn_bit_count: 8,
      cn_cc_conversion: rule ? conversion(file, rule) : 0,
    }],
    records: Uint8Array.from([0, 1, 2, 3]),
  });
  await eachWay(file.bytes(), (mdf) => check(mdf.channel("a")));
}

Deno.test("toRaw is the way back through a linear conversion", async () => {
  await withRule({ type: 1, values: [-40, 0.5] }, (channel) => {
    assertEquals(channel.toRaw([-40, -39.5, 0]), Float64Array.of(0, 1, 80));
    assertEquals(channel.toRaw(Float32Array.of(1)), Float64Array.of(82));
    assertEquals(channel.toRaw([-39n]), Float64Array.of(2));
    assertEquals(channel.toRaw([]), new Float64Array(0));
    assertThrows(() => channel.toRaw(["cold"]), UsageError, "not texts");
  });
});

Deno.test("toRaw gives back what read gave, without and with conversion", async () => {
  for (const rule of [undefined, { type: 0 }, { type: 1, values: [3, 0.1] }]) {
    const file = new FileBuilder();
    file.group({
      channels: [{
        name: "a",
        cn_bit_count: 8,
        cn_cc_conversion: rule ? conversion(file, rule) : 0,
      }],
      records: Uint8Array.from([0, 1, 2, 255]),
    });
    const mdf = await Mdf.open(file.bytes());
    const { values } = await mdf.read("a");
    const raw = mdf.channel("a").toRaw(values as Iterable<number>) as Float64Array;
    assertEquals([...raw].map(Math.round), [0, 1, 2, 255]);
  }
});

Deno.test("toRaw uses the inverse that the file gives, before any other", async () => {
  await withRule(
    { type: 1, values: [0, 2], inverse: { type: 1, values: [1000, 1] } },
    (channel) => assertEquals(channel.toRaw([4]), Float64Array.of(1004)),
  );
  const states: Rule = {
    type: 7,
    values: [0, 1],
    references: ["off", "on", "unknown"],
    inverse: { type: 9, values: [0, 1, 99], references: ["off", "on"] },
  };
  await withRule(states, (channel) => {
    assertEquals(channel.toRaw(["on", "off", "broken"]), Float64Array.of(1, 0, 99));
    assertThrows(() => channel.toRaw([1]), UsageError, "texts, not numbers");
  });
});

Deno.test("toRaw says when the file gives no way back", async () => {
  const rules: Rule[] = [
    { type: 7, values: [0], references: ["off", ""] },
    { type: 4, values: [0, 0, 1, 10] },
    { type: 1, values: [5, 0] },
  ];
  for (const rule of rules) {
    await withRule(rule, (channel) => {
      const error = assertThrows(() => channel.toRaw([0]), UnsupportedFeatureError, "no inverse");
      assertEquals(error.block, "CC");
    });
  }
});

Deno.test("toRaw keeps 64-bit integers and texts of channels without conversion", async () => {
  await withRule(undefined, (channel) => {
    assertEquals(channel.toRaw([2n ** 63n - 1n]), [2n ** 63n - 1n]);
    assertEquals(channel.toRaw(["text"]), ["text"]);
  });
});
