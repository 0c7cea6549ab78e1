import { assertEquals, assertThrows } from "@std/assert";
import { CC, CG, CN, DG, TX } from "../../lib/blocks/block_tables.ts";
import { plainComment } from "../../lib/signal/comment.ts";
import {
  commentProperty,
  CorruptFileError,
  LimitExceededError,
  parseComment,
  UnsupportedFeatureError,
} from "../../mod.ts";
import { BlockFile, corpusFileTest, eachWay } from "./_block_file.ts";

const PROPERTIES = `<?xml version="1.0" encoding="UTF-8"?>
<HDcomment xmlns="http://www.asam.net/mdf/v4">
  <TX>Drive <b>one</b> &amp; two</TX>
  <time_source>PC</time_source>
  <common_properties>
    <e name="author" ci="1" ro="true">Jörg</e>
    <e name="speed" type="float" unit="km/h" desc="top &quot;speed&quot;">181.5</e>
    <tree name="Device">
      <e name="serial">3EBD</e>
      <tree name="Inner"><e name="serial">77</e></tree>
    </tree>
    <tree name="Device"><e name="free">9</e></tree>
    <list name="cars"><li><e name="plate">A</e><e name="colour">red</e></li><li/></list>
    <elist name="gears" type="integer" unit="1"><eli>1</eli><eli ci="1"> 2 </eli></elist>
    <e>nameless</e>
    <vendor:thing xmlns:vendor="urn:x">y</vendor:thing>
  </common_properties>
  <extensions><extension><colour rgb="255"/></extension></extensions>
</HDcomment>`;

Deno.test("a comment's XML gives its text, its properties and what else it holds", () => {
  const { text, properties, elements } = parseComment(PROPERTIES);
  assertEquals(text, "Drive one & two");
  assertEquals(properties, [
    {
      kind: "value",
      name: "author",
      attributes: { name: "author", ci: "1", ro: "true" },
      value: "Jörg",
    },
    {
      kind: "value",
      name: "speed",
      attributes: { name: "speed", type: "float", unit: "km/h", desc: 'top "speed"' },
      value: "181.5",
      type: "float",
      unit: "km/h",
      description: 'top "speed"',
    },
    {
      kind: "tree",
      name: "Device",
      attributes: { name: "Device" },
      properties: [
        { kind: "value", name: "serial", attributes: { name: "serial" }, value: "3EBD" },
        {
          kind: "tree",
          name: "Inner",
          attributes: { name: "Inner" },
          properties: [
            { kind: "value", name: "serial", attributes: { name: "serial" }, value: "77" },
          ],
        },
      ],
    },
    {
      kind: "tree",
      name: "Device",
      attributes: { name: "Device" },
      properties: [{ kind: "value", name: "free", attributes: { name: "free" }, value: "9" }],
    },
    {
      kind: "list",
      name: "cars",
      attributes: { name: "cars" },
      items: [
        [
          { kind: "value", name: "plate", attributes: { name: "plate" }, value: "A" },
          { kind: "value", name: "colour", attributes: { name: "colour" }, value: "red" },
        ],
        [],
      ],
    },
    {
      kind: "value-list",
      name: "gears",
      attributes: { name: "gears", type: "integer", unit: "1" },
      values: ["1", " 2 "],
      type: "integer",
      unit: "1",
    },
    { kind: "value", name: "", attributes: {}, value: "nameless" },
  ]);
  assertEquals(elements.map(({ name }) => name), ["time_source", "vendor:thing", "extensions"]);
  assertEquals(elements[2].children, [{
    name: "extension",
    attributes: {},
    children: [{ name: "colour", attributes: { rgb: "255" }, children: [] }],
  }]);
});

Deno.test("a property is found by its name, or by the names of the trees that lead to it", () => {
  const { properties } = parseComment(PROPERTIES);
  assertEquals(commentProperty(properties, "author"), "Jörg");
  assertEquals(commentProperty(properties, "Device", "serial"), "3EBD");
  assertEquals(commentProperty(properties, "Device", "free"), "9");
  assertEquals(commentProperty(properties, "Device", "Inner", "serial"), "77");
  assertEquals(commentProperty(properties, "Device"), undefined);
  assertEquals(commentProperty(properties, "author", "serial"), undefined);
  assertEquals(commentProperty(properties, "gears"), undefined);
});

const PLAIN: [stored: string | undefined, plain: string][] = [
  [undefined, ""],
  ["", ""],
  ["just text", "just text"],
  ["a < b & c", "a < b & c"],
  ["<CNcomment><TX>x</TX></CNcomment>", "x"],
  [" \n<CNcomment><TX>x</TX></CNcomment>\n", "x"],
  ["<h:CNcomment xmlns:h='urn:x'><h:TX>x</h:TX></h:CNcomment>", "x"],
  ["<TX>x</TX>", "x"],
  ["<CNcomment><TX><![CDATA[a<b]]></TX></CNcomment>", "a<b"],
  ["<CNcomment><TX>a\r\nb</TX></CNcomment>", "a\nb"],
  ["<CNcomment><TX/></CNcomment>", ""],
  ["<CNcomment></CNcomment>", ""],
  ["<CNcomment><formula><TX>not this</TX></formula></CNcomment>", ""],
  ["<CNcomment><TX>first</TX><TX>second</TX></CNcomment>", "first"],
  // What is no comment of the format stays as it is.
  ["<none>", "<none>"],
  ["<-- look here", "<-- look here"],
  ["<b>bold</b>", "<b>bold</b>"],
  ["<CNcomment><TX>R&D</TX></CNcomment>", "<CNcomment><TX>R&D</TX></CNcomment>"],
  ["<CNcomment><TX>cut o", "<CNcomment><TX>cut o"],
];

for (const [stored, plain] of PLAIN) {
  Deno.test(`the plain text of ${JSON.stringify(stored)} is ${JSON.stringify(plain)}`, () => {
    assertEquals(plainComment(stored), plain);
  });
}

Deno.test("a bomb of entities is no properties and no memory, but its text as stored", () => {
  let entities = '<!ENTITY a0 "ha">';
  for (let i = 1; i < 40; i++) entities += `<!ENTITY a${i} "&a${i - 1};&a${i - 1};">`;
  const bomb = `<!DOCTYPE CNcomment [${entities}]><CNcomment><TX>&a39;</TX></CNcomment>`;
  assertEquals(plainComment(bomb), bomb);
  assertThrows(() => parseComment(bomb), UnsupportedFeatureError, "document type");
  const deep = `<CNcomment>${"<x>".repeat(500)}`;
  assertEquals(plainComment(deep), deep);
  assertThrows(() => parseComment(deep), LimitExceededError);
});

/** A file whose group, channels and header have these comments and units. */
function commentedFile(): Uint8Array {
  const file = new BlockFile();
  const unpadded = file.append(unpaddedText("no padding"));
  const conversion = file.add(CC, {
    links: {
      cc_md_unit: file.metadata("<CCunit><TX>°C</TX></CCunit>"),
      cc_md_comment: file.text("a rule"),
    },
  });
  const [first] = file.list(CN, [
    {
      links: {
        cn_tx_name: file.text("xml"),
        cn_md_unit: file.metadata('<CNunit xmlns="urn:x"><TX> km/h </TX><ho_unit/></CNunit>'),
        cn_md_comment: file.metadata(
          "<CNcomment><TX>speed</TX><names><name>v</name></names>" +
            '<common_properties><e name="bus">CAN 1</e></common_properties></CNcomment>',
        ),
      },
      fields: { cn_bit_count: 8 },
    },
    {
      links: {
        cn_tx_name: file.text("plain"),
        cn_md_unit: file.text("m/s"),
        cn_md_comment: unpadded,
      },
      fields: { cn_bit_count: 8 },
    },
    {
      links: { cn_tx_name: unpadded, cn_cc_conversion: conversion },
      fields: { cn_bit_count: 8 },
    },
    {
      links: {
        cn_tx_name: file.text("broken"),
        cn_md_comment: file.metadata("<CNcomment><TX>R&D</TX></CNcomment>"),
      },
      fields: { cn_bit_count: 8 },
    },
  ]);
  const group = file.add(CG, {
    links: {
      cg_cn_first: first,
      cg_md_comment: file.metadata("<CGcomment><TX>group</TX></CGcomment>"),
    },
    fields: { cg_data_bytes: 1 },
  });
  const dataGroup = file.add(DG, { links: { dg_cg_first: group } });
  return file.bytes({ hd_dg_first: dataGroup, hd_md_comment: file.metadata(PROPERTIES) });
}

/** A text block that ends with its text: without the closing zero and without padding. */
function unpaddedText(text: string): Uint8Array {
  const encoded = new TextEncoder().encode(text);
  const bytes = new Uint8Array(24 + encoded.length);
  bytes.set(new TextEncoder().encode(`##${TX.id}`));
  new DataView(bytes.buffer).setBigUint64(8, BigInt(bytes.length), true);
  bytes.set(encoded, 24);
  return bytes;
}

Deno.test("trap 33: text and XML may both stand for comments and units, padded or not", async () => {
  await eachWay(commentedFile(), (mdf) => {
    assertEquals(mdf.problems, []);
    const [xml, plain, named, broken] = mdf.groups[0].channels;
    assertEquals([xml.unit, xml.comment], ["km/h", "speed"]);
    assertEquals(commentProperty(xml.commentProperties, "bus"), "CAN 1");
    assertEquals(xml.commentElements.map(({ name }) => name), ["names"]);
    assertEquals([plain.unit, plain.comment], ["m/s", "no padding"]);
    assertEquals([plain.commentProperties, plain.commentElements], [[], []]);
    assertEquals([named.name, named.unit, named.comment], ["no padding", "°C", ""]);
    assertEquals(broken.comment, "<CNcomment><TX>R&D</TX></CNcomment>");
    const error = assertThrows(
      () => broken.commentProperties,
      CorruptFileError,
      "line 1, column 17",
    );
    assertEquals([error.block, error.offset], ["CN", broken.model.offset]);
    assertEquals(mdf.groups[0].comment, "group");
    assertEquals(mdf.comment, "Drive one & two");
    assertEquals(commentProperty(mdf.commentProperties, "Device", "serial"), "3EBD");
  });
});

corpusFileTest(
  "properties of a logger, in trees",
  "css/17BD1DB7_00000006_00000170.MF4",
  async (bytes) => {
    await eachWay(bytes, (mdf) => {
      const find = (...path: [string, ...string[]]) =>
        commentProperty(mdf.commentProperties, ...path);
      assertEquals(mdf.comment, "");
      assertEquals(find("Device Information", "serial number"), "3EBDACA8");
      // The file has two trees of that name.
      assertEquals(find("Device Information", "config crc32 checksum"), "F85AE193");
      assertEquals(find("File Information", "session"), "       6");
    });
  },
);

corpusFileTest(
  "extensions in the comments of channels",
  "asam/Vector_CustomExtensions_CNcomment.mf4",
  async (bytes) => {
    await eachWay(bytes, (mdf) => {
      assertEquals(mdf.comment, "Shows custom extension in XML of channel comments");
      assertEquals(commentProperty(mdf.commentProperties, "author"), "Otmar Schneider");
      const channel = mdf.channel("PWMFiltered");
      assertEquals(channel.comment, "Low pass filtered PWM signal");
      const [{ name, children }] = channel.commentElements;
      assertEquals(name, "extensions");
      assertEquals(JSON.stringify(children).includes("CANape: 16711935 2 0 99"), true);
      assertEquals(mdf.groups[0].master?.commentElements.map(({ children }) => children), [[
        "0.1",
      ]]);
    });
  },
);
