import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { CA, CC, CN, DG, DL, HL } from "../../lib/blocks/block_tables.ts";
import {
  bytesSource,
  CorruptFileError,
  Mdf,
  MdfError,
  NotMdfError,
  SourceError,
  UnsupportedFeatureError,
} from "../../mod.ts";
import { FileBuilder } from "../_helpers.ts";
import { type EngineFile, engineFile, EXPECTED, looseText } from "./_engine_file.ts";

const NAME = "damaged.mf4";

function open(bytes: Uint8Array, damaged?: "refuse" | "skip"): Promise<Mdf> {
  return Mdf.open(bytesSource(bytes, NAME), { damaged });
}

async function valuesOf(mdf: Mdf, name: string): Promise<unknown[]> {
  return Array.from((await mdf.read(name)).values as Iterable<unknown>);
}

Deno.test("groups, channels, units, sources and conversions are found by their links", async () => {
  const { file, source } = engineFile();
  await using mdf = await open(file.bytes());
  assertEquals(mdf.groups.map(({ name, recordCount }) => [name, recordCount]), [
    ["Engine", 7],
    ["Counter", 5],
  ]);
  assertEquals(mdf.groups[0].channels.map(({ name, unit }) => [name, unit]), [
    ["t", "s"],
    ["speed", "km/h"],
    ["note", ""],
  ]);
  for (const [name, values] of Object.entries(EXPECTED)) {
    assertEquals(await valuesOf(mdf, name), values);
  }
  assert(source > 0);
  assertEquals(mdf.measurement.sources.length, 1, "the source that two blocks share is one");
  assertEquals(mdf.problems, []);
});

Deno.test("what is no MDF 4 file is refused with the reason", async () => {
  const other = (bytes: number[]) => Uint8Array.from(bytes);
  await assertRejects(() => open(other([])), NotMdfError, "0 bytes");
  await assertRejects(() => open(other([1, 2, 3])), NotMdfError, "3 bytes");
  await assertRejects(() => open(new Uint8Array(200)), NotMdfError, 'does not start with "MDF"');
  const version = (number: number) => {
    const bytes = engineFile().file.bytes();
    new DataView(bytes.buffer).setUint16(28, number, true);
    return open(bytes);
  };
  await assertRejects(() => version(330), UnsupportedFeatureError, "only version 4 is read");
  await assertRejects(() => version(500), UnsupportedFeatureError, "version 5 is not known");
  const error = await assertRejects(() => open(new Uint8Array(64)), MdfError);
  assertEquals([error.file, error.block, error.offset], [NAME, "ID", 0]);
  const missing = await assertRejects(() => Mdf.open("/no/such/file.mf4"), SourceError);
  assertStringIncludes(missing.message, "/no/such/file.mf4");
});

Deno.test("trap 36: version 4.00, an odd version text and any program name are taken", async () => {
  for (const version of ["4.00", "4.10", "4.20", "4.30"]) {
    const { file } = engineFile({ version, program: "any\u0001{}" });
    await using mdf = await open(file.bytes());
    assertEquals(mdf.version, version);
    assertEquals(await valuesOf(mdf, "count"), EXPECTED.count);
  }
  const bytes = engineFile().file.bytes();
  // The number decides; the text is what the program wrote.
  bytes.set(new TextEncoder().encode("four-ish"), 8);
  await using mdf = await open(bytes);
  assertEquals(mdf.version, "four-ish");
  assertEquals(await valuesOf(mdf, "speed"), EXPECTED.speed);
});

interface Damage {
  what: string;
  harm: (engine: EngineFile) => void;
  block: string;
  /** Channels that are read all the same when damage is left out. */
  left: (keyof typeof EXPECTED)[];
}

const past = (file: FileBuilder) => file.size + 80_000;
const DAMAGE: Damage[] = [
  {
    what: "the chain of data groups leads back",
    harm: ({ file, engine, counter }) => file.patchLink(counter.dg, "dg_dg_next", engine.dg),
    block: "DG",
    left: ["t", "speed", "note", "count"],
  },
  {
    what: "the chain of data groups leads past the end",
    harm: ({ file, engine }) => file.patchLink(engine.dg, "dg_dg_next", past(file)),
    block: "DG",
    left: ["t", "speed", "note"],
  },
  {
    what: "the chain of data groups leads to a channel",
    harm: ({ file, engine, counter }) => {
      file.patchLink(engine.dg, "dg_dg_next", counter.channels[0]);
    },
    block: "DG",
    left: ["t", "speed", "note"],
  },
  {
    what: "the chain of channel groups leads back",
    harm: ({ file, engine }) => file.patchLink(engine.cg, "cg_cg_next", engine.cg),
    block: "CG",
    left: ["t", "speed", "note", "count"],
  },
  {
    what: "the link to the channel groups leads into the middle of a block",
    harm: ({ file, engine }) => file.patchLink(engine.dg, "dg_cg_first", engine.cg + 8),
    block: "CG",
    left: ["count"],
  },
  {
    what: "the chain of channels leads back",
    harm: ({ file, engine }) => {
      file.patchLink(engine.channels[2], "cn_cn_next", engine.channels[0]);
    },
    block: "CN",
    left: ["t", "speed", "note", "count"],
  },
  {
    what: "the chain of channels leads into the identification",
    harm: ({ file, engine }) => file.patchLink(engine.channels[0], "cn_cn_next", 8),
    block: "CN",
    left: ["t", "count"],
  },
  {
    what: "a composition leads back to its channel",
    harm: ({ file, engine }) => {
      file.patchLink(engine.channels[1], "cn_composition", engine.channels[1]);
    },
    block: "CN",
    left: ["t", "note", "count"],
  },
  {
    what: "a channel's name is a channel",
    harm: ({ file, engine }) => {
      file.patchLink(engine.channels[1], "cn_tx_name", engine.channels[0]);
    },
    block: "TX or MD",
    left: ["t", "note", "count"],
  },
  {
    what: "a record id has a size that does not exist",
    harm: ({ file, engine }) => file.patchField(engine.dg, "dg_rec_id_size", 3),
    block: "DG",
    left: ["count"],
  },
  {
    what: "a channel is shorter than its fields",
    harm: ({ file, engine }) => file.patchLength(engine.channels[1], 100),
    block: "CN",
    left: ["t", "count"],
  },
  {
    what: "a channel says it is longer than the file",
    harm: ({ file, engine }) => file.patchLength(engine.channels[1], 1 << 30),
    block: "CN",
    left: ["t", "count"],
  },
  {
    what: "a channel counts more links than it has room for",
    harm: ({ file, engine }) => {
      file.patchBytes(engine.channels[1] + 16, [0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0]);
    },
    block: "CN",
    left: ["t", "count"],
  },
  {
    what: "a channel counts attachments that it does not link to",
    harm: ({ file, engine }) => {
      file.patchField(engine.channels[1], "cn_attachment_count", 9);
    },
    block: "CN",
    left: ["t", "note", "count"],
  },
  {
    what: "a length does not fit a whole number of a float",
    harm: ({ file, engine }) => {
      file.patchBytes(engine.channels[1] + 8, [0, 0, 0, 0, 0, 0, 0, 0x80]);
    },
    block: "CN",
    left: ["t", "count"],
  },
  {
    what: "a block has lost its identifier",
    harm: ({ file, engine }) => file.patchBytes(engine.cg, [0, 0, 0, 0]),
    block: "CG",
    left: ["count"],
  },
];

for (const { what, harm, block, left } of DAMAGE) {
  Deno.test(`${what}: an error that names file, block and offset, or the rest`, async () => {
    const engine = engineFile();
    harm(engine);
    const bytes = engine.file.bytes();
    const error = await assertRejects(() => open(bytes), MdfError);
    assertEquals(error.file, NAME);
    assertEquals(error.block, block);
    assert(error.offset! > 0);
    assertStringIncludes(error.message, NAME);
    assertStringIncludes(error.path!, "HD>DG[");

    await using mdf = await open(bytes, "skip");
    assertEquals(mdf.problems.length, 1);
    const [problem] = mdf.problems;
    assertEquals([problem.block, problem.offset], [error.block, error.offset]);
    const readable = mdf.groups.flatMap(({ channels }) =>
      channels.filter(({ model }) => !model.problem).map(({ name }) => name)
    );
    assertEquals(readable, left);
    for (const name of left) assertEquals(await valuesOf(mdf, name), EXPECTED[name]);
    // The index keeps what was left out.
    const index = JSON.parse(JSON.stringify(mdf.toIndex()));
    await using again = await Mdf.fromIndex(index, bytesSource(bytes, NAME));
    assertEquals(again.problems, mdf.problems);
  });
}

interface DataDamage {
  what: string;
  harm: (engine: EngineFile) => void;
  block: string;
  /** Channels that cannot be read. */
  lost: (keyof typeof EXPECTED)[];
}

const DATA_DAMAGE: DataDamage[] = [
  {
    what: "trap 15: an unknown block in the place of the data",
    harm: ({ file, engine }) => file.patchLink(engine.dg, "dg_data", engine.cg),
    block: "CG",
    lost: ["t", "speed", "note"],
  },
  {
    what: "a data list that leads back to itself",
    harm: ({ file, engine }) => file.patchLink(engine.data, "dl_dl_next", engine.data),
    block: "DL",
    lost: ["t", "speed", "note"],
  },
  {
    what: "a data list that counts more blocks than it links to",
    harm: ({ file, engine }) => file.patchField(engine.data, "dl_count", 1000),
    block: "DL",
    lost: ["t", "speed", "note"],
  },
  {
    what: "a data block past the end of the file",
    harm: ({ file, engine }) => file.patchLink(engine.data, 2, past(file)),
    block: "data",
    lost: ["t", "speed", "note"],
  },
  {
    what: "a data block that says it is longer than the file",
    harm: ({ file, engine }) => {
      file.patchLength(file.linkOf(engine.data, 2), 1 << 30);
    },
    block: "DT",
    lost: ["t", "speed", "note"],
  },
  {
    what: "a list that names one block over and over",
    harm: ({ file, engine }) => {
      const block = file.linkOf(engine.data, 1);
      const moreLinks = Array<number>(5000).fill(block);
      const dl_offset = moreLinks.map((_, i) => i);
      const list = file.add(DL, { moreLinks, fields: { dl_count: 5000, dl_offset } });
      file.patchLink(engine.dg, "dg_data", list);
      // The list itself must not make the file large enough.
      file.patchLength(block, file.size - block - 100);
    },
    block: "DT",
    lost: ["t", "speed", "note"],
  },
  {
    what: "a header of lists whose list is missing its identifier",
    harm: ({ file, engine }) => {
      const list = looseText(file, "no list");
      file.patchLink(engine.dg, "dg_data", file.add(HL, { links: { hl_dl_first: list } }));
    },
    block: "DL",
    lost: ["t", "speed", "note"],
  },
  {
    what: "signal data that is a text",
    harm: ({ file, engine, source }) => file.patchLink(engine.channels[2], "cn_data", source),
    block: "SI",
    lost: ["note"],
  },
  {
    what: "a conversion past the end of the file",
    harm: ({ file, engine }) => {
      file.patchLink(engine.channels[1], "cn_cc_conversion", past(file));
    },
    block: "CC",
    lost: ["speed"],
  },
  {
    what: "a conversion that refers back to itself",
    harm: ({ file, engine }) => {
      const conversion = file.add(CC, {
        moreLinks: [0, 0],
        fields: { cc_type: 7, cc_ref_count: 2, cc_val_count: 1, cc_val: [0n] },
      });
      file.patchLink(conversion, 4, conversion);
      file.patchLink(engine.channels[1], "cn_cc_conversion", conversion);
    },
    block: "CC",
    lost: ["speed"],
  },
  {
    what: "a conversion that counts more values than it holds",
    harm: ({ file, conversion }) => file.patchField(conversion, "cc_val_count", 60_000),
    block: "CC",
    lost: ["speed"],
  },
  {
    what: "an array whose elements would not end",
    harm: ({ file, engine }) => {
      const array = file.add(CA, { fields: { ca_ndim: 2, ca_dim_size: [1 << 30, 1 << 30] } });
      file.patchLink(engine.channels[1], "cn_composition", array);
    },
    block: "CA",
    lost: ["speed"],
  },
  {
    what: "an array that is composed of itself",
    harm: ({ file, engine }) => {
      const array = file.add(CA, { fields: { ca_ndim: 1, ca_dim_size: [1] } });
      file.patchLink(array, "ca_composition", array);
      file.patchLink(engine.channels[1], "cn_composition", array);
    },
    block: "CA",
    lost: ["speed"],
  },
  {
    what: "compressed data that is damaged",
    harm: ({ file, counter }) => {
      // Behind the header and the fields of the DZ block.
      file.patchBytes(counter.data + 48, [0xff, 0xff, 0xff]);
    },
    block: "DZ",
    lost: ["count"],
  },
  {
    what: "compressed data that claims more than it can hold",
    harm: ({ file, counter }) => file.patchField(counter.data, "dz_org_data_length", 1 << 20),
    block: "DZ",
    lost: ["count"],
  },
];

for (const { what, harm, block, lost } of DATA_DAMAGE) {
  Deno.test(`${what}: an error for the channels that need it, the others are read`, async () => {
    const engine = engineFile();
    harm(engine);
    const bytes = engine.file.bytes();
    await using direct = await open(bytes);
    const index = JSON.parse(JSON.stringify(direct.toIndex()));
    await using indexed = await Mdf.fromIndex(index, bytesSource(bytes, NAME));
    for (const mdf of [direct, indexed]) {
      for (const name of Object.keys(EXPECTED) as (keyof typeof EXPECTED)[]) {
        if (!lost.includes(name)) {
          assertEquals(await valuesOf(mdf, name), EXPECTED[name]);
          continue;
        }
        const error = await assertRejects(() => mdf.read(name), MdfError);
        assertEquals([error.file, error.block], [NAME, block], error.message);
        assert(error.offset! > 0);
      }
      const failed: string[] = [];
      const signals = await mdf.readAll(undefined, {
        onChannelError: (channel, error) => {
          assertInstanceOf(error, MdfError);
          failed.push(channel.name);
        },
      });
      assertEquals(failed, lost);
      const read = Object.keys(EXPECTED).filter((name) => !lost.some((other) => other === name));
      assertEquals(signals.map(({ channel }) => channel.name), read);
    }
  });
}

Deno.test("structures deeper than limits.depth are refused", async () => {
  const file = new FileBuilder();
  let inner = 0;
  for (let i = 0; i < 70; i++) inner = file.add(CN, { links: { cn_composition: inner } });
  const { dg, cg } = file.group({ channels: [] });
  file.patchLink(cg, "cg_cn_first", inner);
  assert(dg > 0);
  const error = await assertRejects(() => open(file.bytes()), MdfError, "nested more than 64 deep");
  assertEquals([error.code, error.block], ["limit", "CN"]);
  await using mdf = await Mdf.open(file.bytes(), { limits: { depth: 80 } });
  assertEquals(mdf.groups[0].channels.length, 70);
});

Deno.test("a file without groups is an empty measurement", async () => {
  await using mdf = await open(new FileBuilder().bytes());
  assertEquals(mdf.groups, []);
  assertEquals(await mdf.readAll(), []);
});

Deno.test("the header may be all that can be read", async () => {
  const file = new FileBuilder();
  file.add(DG, {});
  file.patchLink(file.hd, "hd_dg_first", 9_999_999);
  await assertRejects(() => open(file.bytes()), CorruptFileError, "past the end of the file");
  await using mdf = await open(file.bytes(), "skip");
  assertEquals([mdf.groups.length, mdf.problems.length], [0, 1]);
});
