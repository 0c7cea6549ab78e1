import { assertEquals, assertThrows } from "@std/assert";
import { FH } from "../../lib/blocks/block_tables.ts";
import { CorruptFileError } from "../../mod.ts";
import { BlockFile, corpusFileTest, eachWay, setLink, valuesOf } from "./_block_file.ts";

Deno.test("the history tells times, programs and users in the order of the file", async () => {
  const file = new BlockFile();
  const [first] = file.list(FH, [
    {
      links: {
        fh_md_comment: file.metadata(
          '<FHcomment xmlns="http://www.asam.net/mdf/v4"><TX>made &amp; closed</TX>' +
            "<tool_id>Logger</tool_id><tool_vendor>Müller &lt;Co&gt;</tool_vendor>" +
            "<tool_version>1.2</tool_version><user_name>me</user_name><common_properties>" +
            '<e name="reason">test</e></common_properties></FHcomment>',
        ),
      },
      fields: { fh_time_ns: 1_000_000_000n, fh_tz_offset_min: 60, fh_time_flags: 2 },
    },
    {
      links: { fh_md_comment: file.text("cut by hand") },
      fields: { fh_time_ns: 2_000_000_000n, fh_time_flags: 1 },
    },
    { links: { fh_md_comment: file.metadata("<FHcomment><TX>broken<TX></FHcomment>") } },
    {},
  ]);
  await eachWay(file.bytes({ hd_fh_first: first }), (mdf) => {
    const [made, cut, broken, silent] = mdf.fileHistory;
    assertEquals(
      [made.toolId, made.toolVendor, made.toolVersion, made.userName, made.comment],
      ["Logger", "Müller <Co>", "1.2", "me", "made & closed"],
    );
    assertEquals(made.commentProperties.map(({ name }) => name), ["reason"]);
    assertEquals(String(made.time), "1970-01-01T01:00:01+01:00");
    assertEquals([cut.toolId, cut.comment, cut.time.local], [undefined, "cut by hand", true]);
    assertEquals([broken.toolId, broken.comment], [
      undefined,
      "<FHcomment><TX>broken<TX></FHcomment>",
    ]);
    assertThrows(() => broken.commentElements, CorruptFileError, "FH block");
    assertEquals([silent.toolId, silent.comment, silent.time.ns], [undefined, "", 0n]);
  });
});

Deno.test("a history that leads back to itself costs neither its entries nor the samples", async () => {
  const file = new BlockFile();
  const { dataGroup } = file.group(["t"], [[5]]);
  const [first] = file.list(FH, [{ links: { fh_md_comment: file.text("once") } }]);
  const bytes = file.bytes({ hd_dg_first: dataGroup, hd_fh_first: first });
  setLink(bytes, first, 0, first);
  await eachWay(bytes, async (mdf) => {
    assertEquals(mdf.fileHistory.map(({ comment }) => comment), ["once"]);
    assertEquals(mdf.problems.map(({ block, offset }) => [block, offset]), [["FH", first]]);
    assertEquals(await valuesOf(mdf, "t"), [5]);
  });
});

corpusFileTest(
  "the history of a file that was changed",
  "asammdf/ASAP2_Demo_V171.mf4",
  async (bytes) => {
    await eachWay(bytes, (mdf) => {
      assertEquals(
        mdf.fileHistory.map(({ toolId, toolVersion, userName, time }) => [
          toolId,
          toolVersion,
          userName,
          String(time),
        ]),
        [
          ["TgtSvr", "7.2", "wen9fe", "2018-11-22T15:26:35+01:00"],
          ["TGTF", "1", "Tool", "2018-11-22T15:28:09+01:00"],
          ["DTL_3.0", "3.8.3.0147", "uidn3651", "2022-12-01T23:49:26+02:00"],
          ["CANape", "12.0.70.58902", "uidn3651", "2023-01-19T12:03:15+02:00"],
        ],
      );
    });
  },
);
