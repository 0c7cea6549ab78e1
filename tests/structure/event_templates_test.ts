import { assertEquals } from "@std/assert";
import { CN, EV } from "../../lib/blocks/block_tables.ts";
import { FileBuilder } from "../_helpers.ts";
import { eachWay } from "../signal/_block_file.ts";

/** A file with a group of event signals, whose structure links to `template`. */
function eventFile(build: (file: FileBuilder, parents: number) => number): Uint8Array {
  const file = new FileBuilder({ version: "4.20" });
  file.addToHeader(EV, { fields: { ev_type: 6 }, links: { ev_tx_name: file.text("listed") } });
  const parents = file.group({
    name: "parents",
    channels: [{ name: "p", cn_bit_count: 8 }],
    cg_flags: 16,
    records: Uint8Array.of(1),
  });
  file.group({
    name: "triggers",
    cg_flags: 16,
    channels: [
      { name: "t", cn_type: 2, cn_sync_type: 1, cn_data_type: 4, cn_bit_count: 64 },
      {
        name: "trigger",
        cn_flags: 8192,
        cn_data_type: 10,
        cn_byte_offset: 8,
        cn_bit_count: 8,
        cn_data: build(file, parents.cg),
        members: [{ name: "cause", cn_flags: 8192, cn_byte_offset: 8, cn_bit_count: 8 }],
      },
    ],
    records: Uint8Array.from([...new Uint8Array(Float64Array.of(2.5).buffer), 3]),
  });
  return file.bytes();
}

Deno.test("trap 16: the data link of an event signal structure leads to the event template", async () => {
  const bytes = eventFile((file, parents) =>
    file.add(EV, {
      links: {
        ev_tx_name: file.text("over-temperature"),
        ev_ev_parent: parents,
        ev_ev_range: parents,
      },
      fields: { ev_type: 5, ev_sync_type: 1, ev_cause: 2, ev_sync_factor: 1 },
    })
  );
  await eachWay(bytes, async (mdf) => {
    assertEquals(mdf.problems, []);
    assertEquals(mdf.groups.map(({ holdsEvents }) => holdsEvents), [true, true]);
    const channel = mdf.channel("trigger");
    const template = channel.eventTemplate!;
    assertEquals(
      [template.name, template.type, template.cause, template.index],
      ["over-temperature", "trigger", "tool", -1],
    );
    assertEquals(template.parentGroup, mdf.groups[0]);
    assertEquals(template.rangeBeginGroup, mdf.groups[0]);
    assertEquals([template.parent, template.rangeBegin], [undefined, undefined]);
    assertEquals(channel.eventTemplate, template);
    assertEquals(mdf.channel("cause").eventTemplate, undefined);
    // A template is no event, and its records are read like others.
    assertEquals(mdf.events.map(({ name }) => name), ["listed"]);
    const cause = await mdf.read("cause");
    assertEquals([cause.values.at(0), cause.timestamps?.[0]], [3, 2.5]);
  });
});

Deno.test("the parent of an event template may be an event of the list", async () => {
  const bytes = eventFile((file) =>
    file.add(EV, { links: { ev_ev_parent: file.linkOf(file.hd, "hd_ev_first") } })
  );
  await eachWay(bytes, (mdf) => {
    assertEquals(mdf.problems, []);
    const template = mdf.channel("trigger").eventTemplate!;
    assertEquals([template.parent, template.parentGroup], [mdf.events[0], undefined]);
  });
});

Deno.test("an event template that cannot be read is a problem, and its records are read", async () => {
  const bytes = eventFile((file) => file.add(CN, {}));
  await eachWay(bytes, async (mdf) => {
    assertEquals(mdf.problems.map(({ block }) => block), ["EV"]);
    assertEquals(mdf.channel("trigger").eventTemplate, undefined);
    assertEquals((await mdf.read("cause")).values.at(0), 3);
  });
});

Deno.test("a default x axis is the channel that the file names", async () => {
  const file = new FileBuilder();
  const x = file.group({ channels: [{ name: "x", cn_bit_count: 8 }], records: Uint8Array.of(1) });
  file.group({
    channels: [{
      name: "y",
      cn_bit_count: 8,
      cn_flags: 4096,
      moreLinks: [x.dg, x.cg, x.channels[0]],
    }],
    records: Uint8Array.of(1),
  });
  await eachWay(file.bytes(), (mdf) => {
    assertEquals(mdf.channel("y").defaultX, mdf.channel("x"));
    assertEquals(mdf.channel("x").defaultX, undefined);
  });
});
