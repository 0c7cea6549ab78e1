/**
 * Files written by other tools, compared with what another reader found in them: opened directly, by
 * an index, and over a source that gives little at a time.
 */
import { assertEquals } from "@std/assert";
import { join } from "node:path";
import { corpusDir, corpusTest, readWays } from "./_helpers.ts";
import { assertGolden, type GoldenFile, unitFromBytes } from "./_golden.ts";

/**
 * Channels, by file, for which the other reader has no unit and the format gives one: the link
 * `cn_md_unit` is NIL, and then "the unit from the conversion rule must be used" (ASAM MDF 4, channel
 * block). Each is shown from the bytes of the blocks; all else must agree.
 */
const UNITS_OF_CONVERSIONS: Readonly<Record<string, number>> = {
  "asam/Vector_CustomExtensions_CNcomment.mf4": 2,
  "asam/Vector_Embedded.MF4": 2,
  "asam/Vector_External.MF4": 2,
  "asam/Vector_IntegerTypes.MF4": 1,
  "asam/Vector_MeasurementArrays.mf4": 11,
  "asam/Vector_MinimumFile.MF4": 2,
  "css/17BD1DB7_00000006_00000170.MF4": 2,
  "css/2F6913DB_00001089_00000001-63BEF5CD.MF4": 61,
  "css/3BA199E2_00000164_00000005-60FEB5A8.MF4": 8,
  "css/94C49784_00000005_00000002.MF4": 8,
  "css/94C49784_00000005_00000017-6099D010.MF4": 8,
  "css/FCBF0606_00003482_00000001-60B621D9.MF4": 2,
  "mdf4-rs/29-bit-obd2.MF4": 61,
};

const PIECE_BYTES = 4093;

const directory = corpusDir();
const golden: Record<string, GoldenFile> = directory
  ? JSON.parse(Deno.readTextFileSync(join(directory, "golden.json")))
  : {};

for (const [path, file] of Object.entries(golden)) {
  corpusTest(`${path} holds what another reader finds, in every way it is opened`, async () => {
    const bytes = Deno.readFileSync(join(directory!, path));
    for await (const { mdf, name: way } of readWays(bytes, { pieceBytes: PIECE_BYTES })) {
      assertEquals(mdf.version, file.version);
      assertEquals(mdf.groups.length, file.groups.length, way);
      let otherUnits = 0;
      for (const { index, records, channels } of file.groups) {
        const group = mdf.groups[index];
        assertEquals(group.recordCount, records, `records of group ${index}, ${way}`);
        for (const [i, expected] of channels.entries()) {
          const channel = group.channels[i];
          const message = `group ${index}, ${expected.name}, ${way}`;
          assertEquals(channel.name, expected.name, message);
          if (expected.error || expected.kind === undefined || expected.kind === "struct") continue;
          const signal = await mdf.read(channel);
          assertGolden(signal, expected, message);
          if (expected.unit === undefined || signal.unit === expected.unit) continue;
          assertEquals(expected.unit, "", message);
          assertEquals(signal.unit, unitFromBytes(bytes, channel.model.offset), message);
          otherUnits++;
        }
      }
      assertEquals(otherUnits, UNITS_OF_CONVERSIONS[path] ?? 0, `units of conversions, ${way}`);
    }
  });
}

corpusTest("is whole", () => {
  assertEquals(Object.keys(golden).length, 46);
  const listed = Object.keys(UNITS_OF_CONVERSIONS).filter((path) => !(path in golden));
  assertEquals(listed, []);
});
