import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { BATCH_RECORDS, copyRecords, emptyBatch } from "../../lib/decode/record_batch.ts";
import { LOOP_IDS, WINDOW_BYTES } from "../../lib/decode/record_loops.ts";
import {
  RecordScanner,
  recordScanner,
  type ScannedRecords,
} from "../../lib/decode/record_scanner.ts";
import { patternBytes } from "../_helpers.ts";

/** Kinds by id: bytes, or -1 for those that tell their own length. Other ids are unknown. */
const KINDS = new Map([[0, 5], [3, -1], [7, 0], [200, 40], [255, 16]]);

interface Found {
  kind: number;
  place: number;
  length: number;
}

function makeRecords(window: Uint8Array): ScannedRecords {
  const smallKinds = new Int32Array(LOOP_IDS).fill(-1);
  const smallBytes = new Int32Array(LOOP_IDS);
  [...KINDS].forEach(([id, bytes], kind) => {
    smallKinds[id] = kind;
    smallBytes[id] = bytes;
  });
  return { window, batch: emptyBatch(), smallKinds, smallBytes };
}

/** The records by the rule, one by one, and the place behind them. */
function findRecords(window: Uint8Array, at: number, end: number, idBytes: number) {
  const found: Found[] = [];
  const number = (place: number, bytes: number) =>
    Array.from({ length: bytes }, (_, k) => window[place + k] * 256 ** k).reduce(
      (a, b) => a + b,
      0,
    );
  while (at < end && found.length < BATCH_RECORDS) {
    const place = at + idBytes;
    if (place > end) break;
    const id = number(at, idBytes);
    const fixed = KINDS.get(id);
    if (fixed === undefined || fixed < 0 && place + 4 > end) break;
    const length = fixed < 0 ? 4 + number(place, 4) : fixed;
    if (place + length > end) break;
    found.push({ kind: [...KINDS.keys()].indexOf(id), place, length });
    at = place + length;
  }
  return { found, at };
}

const records = fc.array(
  fc.record({
    id: fc.constantFrom(...KINDS.keys()),
    size: fc.oneof({ weight: 9, arbitrary: fc.nat(60) }, fc.nat(70_000)),
  }),
  { maxLength: 60 },
);

/** Records as they lie in a window, of other bytes, that ends anywhere behind them. */
function layOut(list: readonly { id: number; size: number }[], idBytes: number): Uint8Array {
  const window = patternBytes(WINDOW_BYTES);
  const view = new DataView(window.buffer);
  let at = 0;
  for (const { id, size } of list) {
    const fixed = KINDS.get(id)!;
    const length = fixed < 0 ? 4 + size : fixed;
    if (at + idBytes + length > window.length) break;
    for (let k = 0; k < idBytes; k++) window[at + k] = k === 0 ? id : 0;
    if (fixed < 0) view.setUint32(at + idBytes, size, true);
    at += idBytes + length;
  }
  return window;
}

Deno.test("the loops find the records that the rule finds, and stop where it stops", () => {
  const scanner = new RecordScanner();
  const idSizes = fc.constantFrom(0, 1, 2, 4);
  fc.assert(fc.property(records, idSizes, fc.nat(WINDOW_BYTES), (list, idBytes, end) => {
    const window = layOut(list, idBytes);
    const known = makeRecords(window);
    const mask = idBytes === 4 ? -1 : 2 ** (8 * idBytes) - 1;
    let at = 0;
    for (let round = 0; round < 4; round++) {
      const expected = findRecords(window, at, end, idBytes);
      assertEquals(scanner.scan(known, at, end, idBytes, mask), expected.at);
      const { batch } = known;
      const { count, kinds, places, lengths } = batch;
      const found = Array.from({ length: count }, (_, i): Found => {
        return { kind: kinds[i], place: places[i], length: lengths[i] };
      });
      assertEquals(found, expected.found);
      at = expected.at;
    }
  }));
});

Deno.test("the loops copy the bytes that the plain loop copies, for several readers in turn", () => {
  const scanner = new RecordScanner();
  const several = fc.array(records, { minLength: 1, maxLength: 3 });
  const sizes = fc.array(fc.nat(300_000), { minLength: 1, maxLength: 6 });
  fc.assert(
    fc.property(several, sizes, fc.nat(KINDS.size - 1), fc.boolean(), (lists, room, kind, own) => {
      const bytes = [...KINDS.values()][kind];
      // A stretch of records has their ids too, of one byte.
      const stride = own || bytes < 0 ? 0 : bytes + 1;
      const readers = lists.map((list) => makeRecords(layOut(list, 1)));
      for (const reader of readers) {
        scanner.scan(reader, 0, WINDOW_BYTES, 1, 255);
        const plain = { ...reader.batch };
        const view = new DataView(reader.window.buffer);
        for (const size of room) {
          const expected = new Uint8Array(size).fill(1);
          const target = expected.slice();
          const copied = copyRecords(plain, view, kind, stride, expected);
          // Somebody else may have come in between.
          for (const other of readers) {
            if (other !== reader) scanner.copy(other, 99, 0, new Uint8Array(1));
          }
          assertEquals(scanner.copy(reader, kind, stride, target), copied);
          assertEquals(reader.batch.next, plain.next);
          assertEquals(target, expected);
        }
      }
    }),
  );
});

Deno.test("little data, or ids of eight bytes, are left to the plain loops", () => {
  assertEquals(recordScanner(1000, 1), undefined);
  assertEquals(recordScanner(1e9, 8), undefined);
  assert(recordScanner(1e9, 4) === recordScanner(1e6, 1), "one memory serves all readers");
});
