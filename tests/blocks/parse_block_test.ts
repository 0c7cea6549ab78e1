import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { AT, CG, DT, DZ, TX } from "../../lib/blocks/block_tables.ts";
import { DEFAULT_LIMITS } from "../../lib/blocks/limits.ts";
import { MetBlocks } from "../../lib/blocks/met_blocks.ts";
import {
  type BlockFile,
  checkLink,
  metadataBytes,
  parseBlock,
  parseHeader,
  textBytes,
} from "../../lib/blocks/parse_block.ts";
import { CorruptFileError, LimitExceededError } from "../../lib/errors.ts";

/** A file of which nothing is there but its size and what is known of it. */
function fileOf(fileSize: number, unfinalized?: number, metadataBlockBytes = 1 << 20): BlockFile {
  return {
    ...{ fileSize, unfinalized, met: new MetBlocks() },
    limits: { ...DEFAULT_LIMITS, metadataBlockBytes },
    place: (block, offset, path) => ({ file: "drive.mf4", block, offset, path: path && `${path}` }),
  };
}

const letters = (text: string) => new TextEncoder().encode(text);
const words = (...numbers: number[]) => new Uint8Array(BigUint64Array.from(numbers, BigInt).buffer);

/** Where the block stands in the view of {@link laidOut}. */
const AT_PLACE = 5;

/** A block laid out by hand, within a view that is itself a part of its buffer. */
function laidOut(id: string, length: number, links: number[], data: number[] = []): DataView {
  // Of the reserved bytes nothing may be read.
  const header = [...letters(`##${id}`), 9, 9, 9, 9, ...words(length, links.length)];
  const block = [...header, ...words(...links), ...data];
  return new DataView(Uint8Array.from([...Array(16).fill(0xee), ...block, 0xdd, 0xdd]).buffer, 11);
}

const head = (id: string, offset: number, length: number, linkCount: number) => ({
  ...{ id, offset, length, linkCount },
});

Deno.test("a header is read from its place in the view and belongs to its place in the file", () => {
  const file = fileOf(200);
  const view = laidOut("CG", 2 ** 32 + 40, [7, 8]);
  const header = parseHeader(file, view, AT_PLACE, 7000, "DG>CG", "CG");
  assertEquals(header, { id: "CG", offset: 7000, length: 4294967336, linkCount: 2 });
  const wrong = laidOut("CG", 24, []);
  wrong.setUint8(AT_PLACE + 1, 0x2a);
  const error = assertThrows(
    () => parseHeader(file, wrong, AT_PLACE, 7000, "DG>CG", "CG"),
    CorruptFileError,
    "found bytes 23 2a 43 47;",
  );
  assertEquals([error.block, error.offset, error.path], ["CG", 7000, "DG>CG"]);
});

Deno.test("links may fill a block to its end, and not one byte more", () => {
  const links = [1, 2, 3];
  const parse = (length: number) =>
    parseHeader(fileOf(200), laidOut("EV", length, links), AT_PLACE, 64, "HD>EV");
  assertEquals(parse(48), head("EV", 64, 48, 3));
  const error = assertThrows(() => parse(47), CorruptFileError);
  assertEquals([error.block, error.offset, error.path], ["EV", 64, "HD>EV"]);
  assertStringIncludes(error.reason, "it is 47 bytes long and has 3 links, which cannot be");
});

Deno.test("a link to data of no certain kind that leads astray is named so", () => {
  const file = fileOf(500);
  for (const offset of [64, 476]) checkLink(file, offset, "DG>DT");
  for (const offset of [63, 477]) {
    const error = assertThrows(() => checkLink(file, offset, "DG>DT"), CorruptFileError);
    assertEquals([error.file, error.block, error.offset], ["drive.mf4", "data", offset]);
    assertEquals(error.path, "DG>DT");
  }
});

Deno.test("only blocks that are nothing but data may lack their length, in an unfinalized file", () => {
  const parse = (id: string, length: number, file: BlockFile) =>
    parseHeader(file, laidOut(id, length, []), AT_PLACE, 96, "x");
  for (const id of ["DT", "SD", "RD", "DV", "DI", "RV", "RI"]) {
    const open = fileOf(500, 4);
    assertEquals(parse(id, 0, open), { ...head(id, 96, 24, 0), unwritten: true });
    assertEquals(parse(id, 24, open), head(id, 96, 24, 0), "an empty block has a length");
    const error = assertThrows(() => parse(id, 0, fileOf(500)), CorruptFileError, "0 bytes long");
    assertEquals([error.block, error.offset], [id, 96]);
  }
  const linked = () => parseHeader(fileOf(500, 4), laidOut("DT", 0, [1]), AT_PLACE, 96, "x");
  assertThrows(linked, CorruptFileError, "says it is 0 bytes long and has 1 links");
  for (const id of ["DZ", "DL", "HL", "CG", "TX"]) {
    const open = fileOf(500, 4);
    const error = assertThrows(() => parse(id, 0, open), CorruptFileError, "0 bytes long");
    assertEquals([error.block, error.offset], [id, 96]);
  }
});

Deno.test("blocks are kept as met in an unfinalized file only, and only where there is one", () => {
  for (const [unfinalized, known] of [[undefined, undefined], [0, 96], [4, 96]]) {
    const file = fileOf(500, unfinalized);
    const other = () => parseHeader(file, laidOut("CN", 24, []), AT_PLACE, 80, "x", "CG");
    assertThrows(other, CorruptFileError, "found a CN block");
    parseHeader(file, laidOut("CG", 24, []), AT_PLACE, 96, "x", "CG");
    assertEquals(file.met.after(0), known, `flags ${unfinalized}`);
  }
});

Deno.test("of a block with a payload the fields are wanted, of others everything, of texts too", () => {
  const file = fileOf(1000);
  assertEquals(metadataBytes(file, DT, head("DT", 64, 9000, 0), "x"), 24);
  assertEquals(metadataBytes(file, DZ, head("DZ", 64, 9000, 1), "x"), 56);
  assertEquals(metadataBytes(file, AT, head("AT", 64, 9000, 4), "x"), 96);
  assertEquals(metadataBytes(file, AT, head("AT", 64, 70, 4), "x"), 70);
  // A group of a newer version, with a link and bytes that are not known.
  assertEquals(metadataBytes(file, CG, head("CG", 64, 130, 7), "x"), 130);
  assertEquals(metadataBytes(file, TX, head("TX", 64, 130, 0), "x"), 24);
  assertEquals(textBytes(file, head("TX", 64, 130, 0), "x"), 130);
});

Deno.test("what is wanted must lie in the file and within the limit, to the byte", () => {
  const header = head("CG", 200, 104, 6);
  assertEquals(metadataBytes(fileOf(304, undefined, 104), CG, header, "p"), 104);
  const cut = assertThrows(() => metadataBytes(fileOf(303), CG, header, "p"), CorruptFileError);
  assertEquals([cut.block, cut.offset, cut.path], ["CG", 200, "p"]);
  assertStringIncludes(cut.reason, "104 bytes long and the file ends 1 bytes before its end");
  // Of a block with a payload, only what stands before that has to be there.
  const packed = head("DZ", 64, 1000, 0);
  assertEquals(metadataBytes(fileOf(112), DZ, packed, "p"), 48);
  const within = assertThrows(() => metadataBytes(fileOf(100), DZ, packed, "p"), CorruptFileError);
  assertStringIncludes(within.reason, "1000 bytes long and the file ends 964 bytes before its end");
  const strict = fileOf(9000, undefined, 103);
  const large = assertThrows(() => metadataBytes(strict, CG, header, "p"), LimitExceededError);
  assertEquals([large.block, large.offset, large.path], ["CG", 200, "p"]);
  assertStringIncludes(large.reason, "104 bytes long and the limit is 103; raise limits.metadata");
  assertEquals(metadataBytes(strict, DT, head("DT", 200, 8000, 0), "p"), 24);
});

Deno.test("a block's fields stand behind all of its links, and its payload behind them", () => {
  const fields = [...letters("SD"), 1, 0, 7, 0, 0, 0, ...words(2 ** 32 + 700, 100)];
  const view = laidOut("DZ", 156, [0x1234], fields);
  const header = head("DZ", 4096, 156, 1);
  const block = parseBlock(fileOf(9000), DZ, header, view, AT_PLACE, 56, "x");
  assertEquals(block.links, [0x1234]);
  assertEquals<unknown>(block.fields, {
    ...{ dz_org_block_type: "SD", dz_zip_type: 1, dz_zip_parameter: 7 },
    ...{ dz_org_data_length: 4294967996, dz_data_length: 100 },
  });
  assertEquals([block.offset, block.length, block.payloadOffset], [4096, 156, 4152]);
  const error = assertThrows(
    () => parseBlock(fileOf(9000), DZ, header, view, AT_PLACE, 55, "CN>DZ"),
    CorruptFileError,
    "too short for its field dz_data_length",
  );
  assertEquals([error.block, error.offset, error.path], ["DZ", 4096, "CN>DZ"]);
});
