import { assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { UsageError } from "../../lib/errors.ts";
import type { Channel, ChannelGroup } from "../../lib/signal/channel.ts";
import type { GroupSelection } from "../../lib/signal/open_columns.ts";
import { selectChannels } from "../../lib/signal/select_channels.ts";
import { Mdf } from "../../mod.ts";
import { FileBuilder } from "../_helpers.ts";

/** Groups of the channels `t a b`, of none, and of `t c`. */
async function makeGroups(): Promise<readonly ChannelGroup[]> {
  const file = new FileBuilder();
  for (const names of [["t", "a", "b"], [], ["t", "c"]]) {
    const channels = names.map((name, i) => ({ name, cn_byte_offset: i, cn_bit_count: 8 }));
    file.group({ channels, cg_cycle_count: 0 });
  }
  await using mdf = await Mdf.open(file.bytes());
  return mdf.groups;
}

const namesOf = (selections: GroupSelection[]) =>
  selections.map(({ group, channels }) => [group.index, channels.map(({ name }) => name).join("")]);

/** The selection of channels, each given as the number of its group and its own. */
async function select(
  places: [number, number][],
  arrays?: Parameters<typeof selectChannels>[2],
): Promise<{ selections: GroupSelection[]; channels: Channel[] }> {
  const groups = await makeGroups();
  const channels = places.map(([group, index]) => groups[group].channels[index]);
  return { selections: selectChannels(groups, channels, arrays, "drive.mf4"), channels };
}

Deno.test("where no channels are named, all are chosen, of groups without channels too", async () => {
  const groups = await makeGroups();
  for (const arrays of [undefined, []]) {
    const selections = selectChannels(groups, undefined, arrays, "drive.mf4");
    assertEquals(namesOf(selections), [[0, "tab"], [1, ""], [2, "tc"]]);
    assertEquals(selections.map(({ into }) => into), [undefined, undefined, undefined]);
  }
});

Deno.test("of an empty list of channels, nothing is chosen", async () => {
  assertEquals((await select([])).selections, []);
});

Deno.test("channels are sorted by group, in the order in which they are asked for first", async () => {
  const { selections } = await select([[2, 1], [0, 2], [2, 0], [0, 0]]);
  assertEquals(namesOf(selections), [[2, "ct"], [0, "bt"]]);
});

Deno.test("a channel that is asked for several times is read once", async () => {
  const { selections } = await select([[0, 1], [2, 1], [0, 1], [0, 0], [2, 1], [0, 1]]);
  assertEquals(namesOf(selections), [[0, "at"], [2, "c"]]);
});

Deno.test("channels of one name in several groups are not mixed up", async () => {
  const [first, second] = [new Uint8Array(1), new Uint8Array(2)];
  const { selections, channels } = await select([[2, 0], [0, 0]], [second, first]);
  assertEquals(namesOf(selections), [[2, "t"], [0, "t"]]);
  assertStrictEquals(selections[0].into?.get(channels[0]), second);
  assertStrictEquals(selections[1].into?.get(channels[1]), first);
});

Deno.test("arrays go with the channels by their place, and some channels may have none", async () => {
  const [a, c] = [new Uint8Array(3), new Float64Array(3)];
  const places: [number, number][] = [[0, 0], [0, 1], [2, 1], [0, 2], [0, 1]];
  const { selections, channels } = await select(places, [undefined, a, c]);
  assertEquals(namesOf(selections), [[0, "tab"], [2, "c"]]);
  for (const { into } of selections) {
    assertEquals(channels.slice(0, 4).map((channel) => into?.get(channel)), [
      ...[undefined, a, c, undefined],
    ]);
  }
});

Deno.test("arrays without channels are refused, since nothing says what they are for", async () => {
  const groups = await makeGroups();
  for (const arrays of [[new Uint8Array(3)], [undefined]]) {
    const error = assertThrows(
      () => selectChannels(groups, undefined, arrays, "drive.mf4"),
      UsageError,
    );
    assertEquals(error.message, "drive.mf4: say which channels the arrays of into are for");
    assertEquals([error.block, error.offset], [undefined, undefined], "no block is to blame");
  }
});

Deno.test("an array that nothing would be put into is refused", async () => {
  const [one, other] = [new Uint8Array(3), new Uint8Array(3)];
  const twice: [number, number][] = [[0, 1], [2, 1], [0, 1]];
  const { selections, channels } = await select(twice, [one, undefined, one]);
  assertStrictEquals(selections[0].into?.get(channels[0]), one);
  const refused = async (places: [number, number][], arrays: Uint8Array[]) => {
    try {
      await select(places, arrays);
    } catch (error) {
      return (error as UsageError).message;
    }
  };
  assertEquals(
    await refused([[0, 1], [0, 1]], [one, other]),
    'drive.mf4: channel "a" is named twice, each time with another array of into; name it once',
  );
  assertEquals(
    await refused([[0, 1]], [one, other]),
    "drive.mf4: into has 2 arrays for 1 channels; give one for each",
  );
});
