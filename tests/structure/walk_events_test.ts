import { assertEquals, assertStringIncludes } from "@std/assert";
import { AT, EV } from "../../lib/blocks/block_tables.ts";
import { BlockFile, corpusFileTest, eachWay, setLink, valuesOf } from "../signal/_block_file.ts";

Deno.test("trap 34: an event has five links, then its scope, then its attachments", async () => {
  const file = new BlockFile();
  const { dataGroup, group, channels } = file.group(["t", "a", "b"], [[1, 2, 3]]);
  const attachments = file.list(
    AT,
    ["first", "second"].map((name) => ({ links: { at_tx_filename: file.text(name) } })),
  );
  const event = file.add(EV, {
    links: { ev_tx_name: file.text("hit"), ev_md_comment: file.text("a comment") },
    moreLinks: [channels[2], group, attachments[1], file.text("bundle")],
    fields: {
      ev_type: 5,
      ev_sync_type: 1,
      ev_cause: 3,
      ev_flags: 3,
      ev_scope_count: 2,
      ev_attachment_count: 1,
      ev_creator_index: 7,
      ev_sync_base_value: -9007199254740993n,
      ev_sync_factor: 1e-9,
    },
  });
  const bytes = file.bytes({
    hd_dg_first: dataGroup,
    hd_ev_first: event,
    hd_at_first: attachments[0],
  });
  await eachWay(bytes, (mdf) => {
    assertEquals(mdf.problems, []);
    const [found] = mdf.events;
    assertEquals([found.name, found.comment, found.groupName], ["hit", "a comment", "bundle"]);
    assertEquals(
      [found.type, found.syncType, found.rangeType, found.cause, found.postProcessed, found.unit],
      ["trigger", "time", "point", "script", true, "s"],
    );
    assertEquals(found.model.creator, 7);
    assertEquals(found.creator, undefined);
    assertEquals(found.base, -9007199254740993n);
    assertEquals(found.factor, 1e-9);
    assertEquals(found.value, -9007199254740992 * 1e-9);
    assertEquals(found.model.scope, [{ group: 0, channel: 2 }, { group: 0 }]);
    assertEquals(found.scope.map(({ name }) => name), ["b", ""]);
    assertEquals(found.scope[1], mdf.groups[0]);
    assertEquals(found.attachments.map(({ name }) => name), ["second"]);
  });
});

Deno.test("events without the group-name flag may have further links, which are not theirs", async () => {
  const file = new BlockFile();
  const event = file.add(EV, { moreLinks: [file.text("no group name")], fields: { ev_type: 99 } });
  await eachWay(file.bytes({ hd_ev_first: event }), (mdf) => {
    assertEquals(mdf.problems, []);
    assertEquals(mdf.events[0].groupName, undefined);
    assertEquals(mdf.events[0].type, "code 99");
    assertEquals(mdf.events[0].syncType, "none");
  });
});

Deno.test("the end of a range has the scope of its beginning, and a child that of its parent", async () => {
  const file = new BlockFile();
  const { dataGroup, channels } = file.group(["t", "a"], [[1, 2]]);
  const [begin, end, child] = file.list(EV, [
    { moreLinks: [channels[1]], fields: { ev_range_type: 1, ev_scope_count: 1 } },
    { fields: { ev_range_type: 2 } },
    { fields: { ev_type: 6 } },
    {},
  ]);
  const bytes = file.bytes({ hd_dg_first: dataGroup, hd_ev_first: begin });
  setLink(bytes, end, 2, begin);
  setLink(bytes, child, 1, end);
  await eachWay(bytes, (mdf) => {
    assertEquals(mdf.problems, []);
    assertEquals(mdf.events[1].rangeBegin, mdf.events[0]);
    assertEquals(mdf.events[2].parent, mdf.events[1]);
    const scopes = mdf.events.map(({ scope }) => scope.map(({ name }) => name));
    assertEquals(scopes, [["a"], ["a"], ["a"], []]);
    assertEquals(mdf.events[1].model.scope, []);
  });
});

Deno.test("events that are each other's parents have no scope and no endless search for one", async () => {
  const file = new BlockFile();
  const [one, two] = file.list(EV, [{}, {}]);
  const bytes = file.bytes({ hd_ev_first: one });
  setLink(bytes, one, 1, two);
  setLink(bytes, two, 1, one);
  await eachWay(bytes, (mdf) => {
    assertEquals(mdf.events[0].parent?.parent, mdf.events[0]);
    assertEquals(mdf.events[0].scope, []);
  });
});

Deno.test("a list of events that leads back to itself leaves its events and the samples readable", async () => {
  const file = new BlockFile();
  const { dataGroup } = file.group(["t", "a"], [[1, 2], [3, 4]]);
  const [one, two] = file.list(EV, [{ fields: { ev_type: 5 } }, { fields: { ev_type: 6 } }]);
  const bytes = file.bytes({ hd_dg_first: dataGroup, hd_ev_first: one });
  setLink(bytes, two, 0, one);
  setLink(bytes, two, 1, one);
  await eachWay(bytes, async (mdf) => {
    assertEquals(mdf.events.map(({ type }) => type), ["trigger", "marker"]);
    assertEquals(mdf.events[1].parent, mdf.events[0]);
    assertEquals(mdf.problems.length, 1);
    assertEquals([mdf.problems[0].code, mdf.problems[0].block, mdf.problems[0].offset], [
      "corrupt",
      "EV",
      one,
    ]);
    assertEquals(mdf.problems[0].path, "HD>EV[2]");
    assertEquals(await valuesOf(mdf, "a"), [2, 4]);
  });
});

Deno.test("what an event refers to in vain is told as a problem of that event", async () => {
  const file = new BlockFile();
  const { dataGroup, channels } = file.group(["t", "a"], [[1, 2]]);
  const stray = file.text("no event, no channel, no attachment");
  const event = file.add(EV, {
    links: { ev_ev_parent: stray, ev_ev_range: stray, ev_tx_name: 8_000_000 },
    moreLinks: [stray, channels[0], stray],
    fields: { ev_scope_count: 2, ev_attachment_count: 1 },
  });
  const short = file.add(EV, {
    links: { ev_ev_next: event },
    moreLinks: [channels[1]],
    fields: { ev_scope_count: 4_000_000_000 },
  });
  await eachWay(file.bytes({ hd_dg_first: dataGroup, hd_ev_first: short }), async (mdf) => {
    assertEquals(mdf.events.map(({ model }) => model.scope), [
      [{ group: 0, channel: 1 }],
      [{ group: 0, channel: 0 }],
    ]);
    assertEquals([mdf.events[1].parent, mdf.events[1].rangeBegin], [undefined, undefined]);
    assertEquals(mdf.events[1].name, "");
    const reasons = mdf.problems.map(({ reason }) => reason).sort();
    const expected = [
      `1 of its links to attachments (${stray}) lead to no attachment`,
      `1 of its links to groups or channels (${stray}) lead to no group or channel`,
      "a link leads past the end of the file",
      `its link to its parent (${stray}) leads to no event`,
      `its link to the beginning of its range (${stray}) leads to no event`,
      "the event counts 4000000000 more links and has 1",
    ];
    assertEquals(reasons.length, expected.length);
    expected.forEach((text, i) => assertStringIncludes(reasons[i], text));
    assertEquals(await valuesOf(mdf, "a"), [2]);
  });
});

Deno.test("a link to an event that is a block of another type is a problem, not the end", async () => {
  const file = new BlockFile();
  const { dataGroup } = file.group(["t"], [[1]]);
  const bytes = file.bytes({ hd_dg_first: dataGroup, hd_ev_first: dataGroup });
  await eachWay(bytes, async (mdf) => {
    assertEquals(mdf.events, []);
    assertEquals(mdf.problems.map(({ code, block }) => [code, block]), [["corrupt", "EV"]]);
    assertEquals((await mdf.read("t")).values.length, 1);
  });
});

corpusFileTest("the bookmarks of a file by dSPACE", "asam/dSPACE_Bookmarks.mf4", async (bytes) => {
  await eachWay(bytes, (mdf) => {
    assertEquals(mdf.problems, []);
    assertEquals(
      mdf.events.map(({ name, type, value, cause }) => [name, type, value, cause]),
      [
        ["0 deg", "marker", 0, "tool"],
        ["Manual Bookmark", "marker", 0.042, "user"],
        ["90 deg", "marker", 0.09, "tool"],
        ["180 deg", "marker", 0.18, "tool"],
        ["270 deg", "marker", 0.27, "tool"],
        ["360 deg", "marker", 0.36, "tool"],
      ],
    );
    assertEquals(mdf.events[1].comment, "manual bookmark at 42 degrees of sinewave signal");
    assertEquals(mdf.events[1].creator?.toolId, "CtrlDesk");
  });
});

corpusFileTest(
  "a trigger whose scope is a group",
  "asam/dSPACE_HILAPITimeout.mf4",
  async (bytes) => {
    await eachWay(bytes, (mdf) => {
      const [event] = mdf.events;
      assertEquals(event.name, "negedge(StairsOut, 100)");
      assertEquals(event.type, "trigger");
      assertEquals(event.scope, [mdf.groups[0]]);
    });
  },
);
