import { assert, assertEquals } from "@std/assert";
import { join } from "node:path";
import { plainComment } from "../../lib/signal/comment.ts";
import { Mdf } from "../../mod.ts";
import { corpusTest } from "../_helpers.ts";
import { coverage, type JsonBlocks, runInspect } from "./_inspect.ts";

interface Expected {
  events: number;
  attachments: number;
  fileHistory: number;
  groups?: {
    records: number;
    channels: { name: string; unit?: string; count?: number }[];
  }[];
}

type Golden = Record<string, Expected>;

async function golden(directory: string): Promise<Golden> {
  return JSON.parse(await Deno.readTextFile(join(directory, "golden.json")));
}

/**
 * The units that the channels of a file have by the format. The expected values leave out those of
 * conversions; but a channel without a unit link has the unit of its conversion (cn_md_unit: "If the
 * link is NIL, then the unit from the conversion rule must be used").
 */
async function unitsOf(file: string, { groups = [] }: Expected): Promise<string[][]> {
  await using mdf = await Mdf.open(file);
  return groups.map(({ channels }, g) =>
    channels.map(({ unit = "" }, c) => {
      const { model } = mdf.groups[g].channels[c];
      const inherited = model.unit === undefined && model.conversion !== undefined;
      const rule = inherited ? mdf.measurement.conversions[model.conversion!] : undefined;
      return unit === "" && rule?.unit ? rule.unit : unit;
    })
  );
}

/** The line without its branches, with one blank for each run of them. */
const plain = (line: string) => line.replace(/^[│├└─\s]+/, "").replace(/\s+/g, " ");
const oneBlank = (text: string) => text.trim().replace(/\s+/g, " ");

corpusTest(
  "inspect names every channel of every file with its unit and count",
  async (directory, t) => {
    const files = Object.entries(await golden(directory));
    assertEquals(files.length, 46);
    for (const [path, expected] of files) {
      await t.step(path, async () => {
        const { code, lines, err } = await runInspect([join(directory, path)]);
        const units = await unitsOf(join(directory, path), expected);
        assertEquals([code, err], [0, ""]);
        // Groups that only store other channels' values are not among the expected ones.
        const rows = lines.map(plain);
        let at = 0;
        const next = (found: (row: string) => boolean, what: string) => {
          const index = rows.findIndex((row, i) => i >= at && found(row));
          assert(index >= 0, `${what} is not in the rest of the tree`);
          at = index + 1;
          return rows[index];
        };
        for (const [number, group] of (expected.groups ?? []).entries()) {
          const records = group.records.toLocaleString("en");
          next((row) =>
            row.startsWith(`group ${number} `) &&
            new RegExp(` ${records} records? of `).test(row), `group ${number} with ${records}`);
          for (const [i, { name, count }] of group.channels.entries()) {
            const unit = plainComment(units[number][i]);
            // One channel of nested arrays could not be read by the program that made the values.
            const samples = (count ?? group.records).toLocaleString("en");
            const start = `${oneBlank(name) || "(no name)"} `;
            const row = next((row) => row.startsWith(start), name);
            const found = ` ${samples} ${oneBlank(unit) || "-"} `;
            assert(row.slice(start.length - 1).includes(found), `${row} lacks "${found}"`);
          }
        }
        const told = (count: number, what: RegExp) =>
          assertEquals(lines.some((line) => what.test(line)), count > 0, String(what));
        told(expected.events, new RegExp(`^${expected.events} events?$`));
        told(expected.attachments, new RegExp(`^${expected.attachments} attachments?$`));
        told(expected.fileHistory, new RegExp(`^${expected.fileHistory} entr(y|ies) of the file`));
      });
    }
  },
);

corpusTest("inspect --blocks accounts for every byte of every file", async (directory, t) => {
  for (const path of Object.keys(await golden(directory))) {
    await t.step(path, async () => {
      const file = join(directory, path);
      const { code, out, err } = await runInspect([file, "--blocks", "--json"]);
      assertEquals([code, err], [0, ""]);
      const blocks: JsonBlocks = JSON.parse(out);
      const { size } = await Deno.stat(file);
      const { blocks: inBlocks, padding, unreferred } = blocks.sum;
      assertEquals(inBlocks + padding + unreferred, size);
      assertEquals(coverage(blocks), { bare: 0, shared: 0 });
      assertEquals(blocks.stretches.filter(({ kind, known }) => kind === "block" && !known), []);
    });
  }
});
