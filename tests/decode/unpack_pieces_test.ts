import { assert, assertEquals } from "@std/assert";
import { MOST_JOBS } from "../../lib/decode/inflate_memory.ts";
import { canBeAhead, slotRoom, UnpackPieces } from "../../lib/decode/unpack_pieces.ts";
import type { Fragment } from "../../lib/structure/measurement.ts";

const MIB = 1024 * 1024;

const block = (length: number, more: Partial<Fragment> = {}): Fragment => ({
  ...{ offset: 64, length, zip: 0, stored: Math.ceil(length / 3) },
  ...more,
});

function piecesOf(fragments: Fragment[], first = 0, end = fragments.length) {
  const pieces = UnpackPieces.of(fragments, first, end);
  return pieces?.list.map(({ first, end }) => [first, end]);
}

Deno.test("blocks are put together up to 2 MiB, larger ones stay alone", () => {
  const sizes = [MIB / 2, MIB / 2, MIB / 2, 3 * MIB, MIB, MIB / 2, MIB / 2, MIB / 2];
  assertEquals(piecesOf(sizes.map((size) => block(size))), [[0, 3], [3, 4], [4, 6], [6, 8]]);
  // As many bytes as two blocks have make two pieces, so that these are unpacked in turns.
  assertEquals(piecesOf([block(MIB / 2), block(MIB / 2)]), [[0, 1], [1, 2]]);
});

Deno.test("blocks that others have to read end a piece", () => {
  const fragments = [block(MIB / 2), block(MIB / 2), block(10, { zip: undefined }), block(MIB)];
  const pieces = UnpackPieces.of(fragments, 0, 4)!;
  assertEquals(pieces.list.map(({ first, end }) => [first, end]), [[0, 1], [1, 2], [3, 4]]);
  assertEquals([0, 1, 2, 3, 4, -1].map((i) => pieces.numberOf(i)), [0, 1, -1, 2, -1, -1]);
  assertEquals([2, 3].map((i) => pieces.isLast(i)), [false, true]);
});

Deno.test("a block starts behind those before it in its piece, with room between", () => {
  const sizes = [70_001, 70_002, 70_003, ...Array(40).fill(50_000)];
  const fragments = [block(7), ...sizes.map((size) => block(size))];
  const pieces = UnpackPieces.of(fragments, 1, fragments.length)!;
  let at = 0;
  for (let i = 1; i < pieces.list[0].end; i++) {
    assertEquals(pieces.placeOf(i), at);
    at += slotRoom(fragments[i].length);
    assert(at % 16 === 0 && at >= pieces.placeOf(i) + fragments[i].length);
  }
  assertEquals(pieces.list[0].unpacked, at);
  assertEquals(pieces.placeOf(pieces.list[1].first), 0);
  const most = (bytes: "stored" | "unpacked") => Math.max(...pieces.list.map((one) => one[bytes]));
  assertEquals(pieces.room, { stored: most("stored"), unpacked: most("unpacked") });
  assertEquals(pieces.bytes, sizes.reduce((sum, size) => sum + size, 0));
});

Deno.test("a piece has no more blocks than a slot can describe", () => {
  const fragments = Array.from({ length: 3 * MOST_JOBS }, () => block(1000));
  const ends = piecesOf(fragments)!.map(([, end]) => end);
  assertEquals(ends, [MOST_JOBS, 2 * MOST_JOBS, 3 * MOST_JOBS]);
});

Deno.test("little data, one block, or no block that can be unpacked ahead are not worth it", () => {
  assertEquals(piecesOf([block(MIB / 2 - 1), block(MIB / 2)]), undefined);
  assertEquals(piecesOf([block(4 * MIB)]), undefined);
  assertEquals(piecesOf([block(4 * MIB), block(4 * MIB, { zip: 2 })]), undefined);
  assertEquals(piecesOf(Array(4).fill(block(MIB)), 2, 3), undefined);
});

Deno.test("blocks that are no deflated data, too large, or claim too much are left to others", () => {
  assert(canBeAhead(block(8 * MIB)));
  assert(canBeAhead(block(1032, { stored: 1 })));
  assert(canBeAhead(block(100, { zip: 1, columns: 7 })));
  for (
    const wrong of [
      ...[block(8 * MIB + 1), block(1033, { stored: 1 }), block(0), block(9, { offset: -1 })],
      ...[block(9, { zip: 2 }), block(9, { zip: undefined }), block(9, { zip: 1 })],
      ...[block(9, { zip: 1, columns: 0 }), block(9, { zip: 1, columns: 1.5 })],
      block(MIB, { zip: 1, columns: 300_000 }),
    ]
  ) assertEquals(canBeAhead(wrong), false, JSON.stringify(wrong));
});
