import { assert } from "@std/assert";
import { CA, EV, SR } from "../../lib/blocks/block_tables.ts";
import { Sfc32 } from "../../scripts/generate/prng.ts";
import { FileBuilder } from "../_helpers.ts";
import { readWhatCan } from "../_fuzz.ts";
import { engineFile } from "./_engine_file.ts";

/** Rounds for each file; a wrong promise shows within a few hundred. */
const ROUNDS = 250;

function unsortedFile(): Uint8Array {
  const file = new FileBuilder();
  const records = Uint8Array.from(
    { length: 60 },
    (_, i) => i % 5 === 0 ? 1 + (i / 5) % 2 : i,
  );
  file.dataGroup({
    recordIdSize: 1,
    records,
    blockSizes: [7],
    groups: [1, 2].map((id) => ({
      cg_record_id: id,
      cg_data_bytes: 4,
      channels: [{ name: `c${id}`, cn_bit_count: 32 }],
    })),
  });
  return file.bytes();
}

function storageFile(): Uint8Array {
  const file = new FileBuilder();
  const entry = (text: string) => [2, text.length, 0, 0, 0, ...new TextEncoder().encode(text)];
  const place = (at: number) => [1, at, 0, 0, 0, 0, 0, 0, 0];
  const records = [...place(0), ...entry("abc"), ...place(7), ...entry(""), ...place(11)];
  const { groups } = file.dataGroup({
    recordIdSize: 1,
    records: Uint8Array.from([...records, ...entry("defgh")]),
    blockSizes: [11],
    groups: [
      {
        cg_record_id: 1,
        channels: [{ name: "text", cn_type: 1, cn_data_type: 7, cn_bit_count: 64 }],
      },
      { cg_record_id: 2, cg_flags: 1, channels: [] },
    ],
  });
  file.patchLink(groups[0].channels[0], "cn_data", groups[1].cg);
  return file.bytes();
}

function arrayFile(): Uint8Array {
  const file = new FileBuilder();
  const array = file.add(CA, {
    fields: { ca_ndim: 2, ca_dim_size: [2, 3], ca_byte_offset_base: 2 },
  });
  const { cg } = file.group({
    cg_data_bytes: 12,
    cg_inval_bytes: 1,
    channels: [
      { name: "map", cn_bit_count: 16, cn_composition: array, cn_flags: 2, cn_inval_bit_pos: 3 },
    ],
    records: Uint8Array.from({ length: 13 * 9 }, (_, i) => i),
    blockSizes: [31],
    zip: 13,
  });
  const reduction = file.add(SR, {
    links: { sr_data: file.data("RD", new Uint8Array(38)) },
    fields: { sr_cycle_count: 1, sr_interval: 1 },
  });
  file.patchLink(cg, "cg_sr_first", reduction);
  file.addToHeader(EV, { fields: { ev_scope_count: 1 }, moreLinks: [cg] });
  return file.bytes();
}

const FILES: Record<string, Uint8Array> = {
  "lists, texts and conversions": engineFile().file.bytes(),
  "an unfinalized file": engineFile({ unfinalized: 0x7f }).file.bytes(),
  "mixed records": unsortedFile(),
  "texts among the records": storageFile(),
  "arrays, invalidation bits, transposed data, events and reductions": arrayFile(),
};

for (const [name, original] of Object.entries(FILES)) {
  Deno.test(`mutations of ${name} give values or an error that says where`, async () => {
    const random = new Sfc32(1, 2, 3);
    const below = (end: number) => Math.floor(random.next() * end);
    let readable = 0;
    for (let round = 0; round < ROUNDS; round++) {
      const bytes = original.slice();
      const view = new DataView(bytes.buffer);
      for (let n = 1 + below(4); n > 0; n--) {
        switch (below(4)) {
          case 0:
            bytes[below(bytes.length)] = below(256);
            break;
          case 1:
            bytes[below(bytes.length)] ^= 1 << below(8);
            break;
          case 2: {
            // A link, a length or a count, of any size.
            const at = 8 * below(bytes.length >> 3);
            view.setBigUint64(at, 1n << BigInt(below(64)), true);
            break;
          }
          default: {
            const at = 8 * below(bytes.length >> 3);
            view.setBigUint64(at, BigInt(8 * below(bytes.length >> 3)), true);
          }
        }
      }
      const found = await readWhatCan(bytes, round % 2 === 0 ? "refuse" : "skip");
      readable += found.size;
    }
    assert(readable > ROUNDS / 10, `${readable} channels were read`);
  });
}
