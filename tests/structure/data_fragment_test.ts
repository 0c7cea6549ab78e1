import { assertEquals, assertRejects } from "@std/assert";
import { DZ } from "../../lib/blocks/block_tables.ts";
import type { ValuesOf } from "../../lib/blocks/field_layout.ts";
import { CorruptFileError, LimitExceededError, UnsupportedFeatureError } from "../../lib/errors.ts";
import { bytesSource } from "../../lib/source/memory_source.ts";
import { compressedFragment, plainFragment } from "../../lib/structure/data_fragment.ts";
import type { Fragment } from "../../lib/structure/measurement.ts";
import { FileBuilder, openBlocks } from "../_helpers.ts";

/** The block stands behind the identification of 64 bytes and the header of 104. */
const OFFSET = 168;

type Told = Partial<ValuesOf<typeof DZ.fields>>;

/** The fragment of a compressed block that says such things of its data, which is not looked at. */
async function fragmentOf(told: Told, moreLinks: number[] = []): Promise<Fragment> {
  const file = new FileBuilder();
  const fields = { dz_org_block_type: "DT", dz_org_data_length: 90, dz_data_length: 40, ...told };
  file.add(DZ, { fields, moreLinks, payload: new Uint8Array(40) });
  const limits = { inflatedBlockBytes: 1_000_000 };
  const reader = await openBlocks(bytesSource(file.bytes(), "drive.mf4"), { limits });
  const block = await reader.load(DZ, OFFSET, "DG>DZ");
  return compressedFragment(reader, block, "DT", "DG>DZ");
}

/** What is said of a block for which there is no fragment; its place is the same for all. */
async function refusal(told: Told, type: typeof UnsupportedFeatureError): Promise<string> {
  const error = await assertRejects(() => fragmentOf(told), type);
  assertEquals([error.file, error.block, error.offset], ["drive.mf4", "DZ", OFFSET]);
  assertEquals(error.path, "DG>DZ");
  return error.reason;
}

Deno.test("the data of a plain block is all that follows its header", () => {
  const header = { id: "DT", offset: 1000, length: 124, linkCount: 0 };
  assertEquals(plainFragment(header), { offset: 1024, length: 100 });
  assertEquals(plainFragment({ ...header, length: 24 }), { offset: 1024, length: 0 });
});

Deno.test("links that a data block should not have are no data, and its start is noted", async () => {
  const header = { id: "SD", offset: 1000, length: 124, linkCount: 2 };
  assertEquals(plainFragment(header), { offset: 1040, length: 84, head: 40 });
  assertEquals(await fragmentOf({ dz_zip_type: 3, dz_zip_parameter: 9 }, [64, 0]), {
    ...{ offset: OFFSET + 64, length: 90, zip: 3, stored: 40, columns: 9, head: 64 },
  });
});

Deno.test("the data of a compressed block follows its fields, and only odd methods have columns", async () => {
  for (const [zip, columns] of [[0], [1, 7], [2], [3, 7], [4], [5, 7]]) {
    const fragment: Fragment = { offset: OFFSET + 48, length: 90, zip, stored: 40 };
    if (columns) fragment.columns = columns;
    assertEquals(await fragmentOf({ dz_zip_type: zip, dz_zip_parameter: 7 }), fragment);
  }
});

Deno.test("compressed data of another kind of block is refused, whatever else is wrong with it", async () => {
  for (const kind of ["SD", "dt", "D", ""]) {
    assertEquals(
      await refusal({ dz_org_block_type: kind, dz_zip_type: 9 }, UnsupportedFeatureError),
      `compressed ${kind} data stands where DT data is expected`,
    );
  }
});

Deno.test("a method that no version has is refused before its parameter is looked at", async () => {
  for (const zip of [6, 7, 255]) {
    assertEquals(
      await refusal({ dz_zip_type: zip }, UnsupportedFeatureError),
      `unknown compression method ${zip}`,
    );
  }
});

Deno.test("data transposed into no columns is refused, and none is needed where it is not", async () => {
  for (const zip of [1, 3, 5]) {
    assertEquals(
      await refusal({ dz_zip_type: zip }, CorruptFileError),
      "the data is transposed into 0 columns, which cannot be",
    );
    assertEquals((await fragmentOf({ dz_zip_type: zip - 1 })).columns, undefined);
  }
});

Deno.test("a block may unpack to as much as the limit, and not to a byte more", async () => {
  for (const [zip, stored] of [[0, 2000], [2, 40]]) {
    const told = (length: number) => ({
      ...{ dz_zip_type: zip, dz_data_length: stored, dz_org_data_length: length },
    });
    assertEquals((await fragmentOf(told(1_000_000))).length, 1_000_000);
    assertEquals(
      await refusal(told(1_000_001), LimitExceededError),
      "the block unpacks to 1000001 bytes and the limit is 1000000; raise " +
        "limits.inflatedBlockBytes if the file is to be trusted",
    );
  }
});

Deno.test("deflated data gives no more than 1032 bytes for each that is stored", async () => {
  // 40 * 1032, with 64 to spare.
  for (const zip of [0, 1]) {
    const told = (length: number) => ({
      ...{ dz_zip_type: zip, dz_zip_parameter: 8, dz_org_data_length: length },
    });
    assertEquals((await fragmentOf(told(41_344))).length, 41_344);
    assertEquals(
      await refusal(told(41_345), CorruptFileError),
      "40 deflated bytes cannot unpack to 41345; the length is wrong",
    );
  }
  for (const zip of [2, 4]) {
    const { length } = await fragmentOf({ dz_zip_type: zip, dz_org_data_length: 41_345 });
    assertEquals(length, 41_345, "other methods have no such bound");
  }
});
