/**
 * Reading and inflating the blocks of a file with nothing done to them, or no more than keeping their
 * bytes in new memory, by threads that share nothing: what the processors of a machine give to whoever
 * reads such a file.
 *
 * @module
 */
import { closeSync, openSync, readSync } from "node:fs";
import { SLOT_STATE } from "../../lib/decode/inflate_thread.ts";
import { InflateWorkers } from "../../lib/decode/inflate_workers.ts";
import { type Peer, peerOperation } from "../peers/peer.ts";
import { findDeflated } from "./scan_file.ts";

/** A deflated block, wherever it is. */
export interface DeflatedBlock {
  /** Bytes of the zlib stream. */
  readonly storedBytes: number;
  /** Bytes of its data. */
  readonly length: number;
}

/** Where a block lies in a file. */
export interface BlockPlace extends DeflatedBlock {
  readonly offset: number;
}

/** What a thread has to do. */
export interface InflateShare {
  readonly file: string;
  readonly blocks: readonly BlockPlace[];
  /** Whether every block is kept until all are there, each in new memory. */
  readonly kept: boolean;
}

/** Looks at nothing. */
const leave = () => {};

/**
 * A function that inflates blocks on the calling thread, two in turns as reading does; `bring` fills in
 * the bytes of one, and `take` is given those that were unpacked. Undefined where that is not possible.
 */
export function inflaterOf<Block extends DeflatedBlock>(
  blocks: readonly Block[],
  bring: (block: Block, target: Uint8Array) => void,
  take: (unpacked: Uint8Array) => void = leave,
): (() => void) | undefined {
  const workers = new InflateWorkers(0);
  const room = {
    stored: Math.max(...blocks.map(({ storedBytes }) => storedBytes)),
    unpacked: Math.max(...blocks.map(({ length }) => length)),
  };
  if (blocks.length === 0 || !workers.start(room, 0)) return undefined;
  const takeDone = () => {
    for (const slot of workers.slots) {
      const state = slot.owner ? workers.state(slot) : SLOT_STATE.empty;
      if (state === SLOT_STATE.failed) {
        throw new Error(`block ${slot.piece} could not be inflated`);
      }
      if (state !== SLOT_STATE.done) continue;
      take(slot.unpacked.subarray(0, blocks[slot.piece].length));
      workers.release(slot);
    }
  };
  return () => {
    for (const [i, block] of blocks.entries()) {
      let slot = workers.spare();
      while (!slot && workers.help()) {
        takeDone();
        slot = workers.spare();
      }
      if (!slot) throw new Error(`there is no room for block ${i}`);
      workers.assign(slot, blocks, i);
      bring(block, slot.stored.subarray(0, block.storedBytes));
      workers.queue(slot, [{ from: 0, stored: block.storedBytes, to: 0, length: block.length }]);
    }
    while (workers.help());
    takeDone();
  };
}

/** A function that reads and inflates the blocks of a share; it gives what is kept of them. */
export function inflateShare({ file, blocks, kept }: InflateShare): () => readonly Uint8Array[] {
  let handle = -1;
  let all: Uint8Array[] = [];
  const inflate = inflaterOf(blocks, ({ offset, storedBytes }, target) => {
    if (readSync(handle, target, 0, storedBytes, offset) < storedBytes) {
      throw new Error(`${file} ends within the block at ${offset}`);
    }
  }, kept ? (unpacked) => all.push(unpacked.slice()) : undefined);
  return () => {
    all = [];
    handle = openSync(file, "r");
    try {
      inflate?.();
    } finally {
      closeSync(handle);
    }
    return all;
  };
}

/** Deals blocks out to threads, the largest first, each to whom has least. */
export function dealOut<Block extends DeflatedBlock>(
  blocks: readonly Block[],
  threads: number,
): Block[][] {
  const hands = Array.from({ length: threads }, () => ({ bytes: 0, blocks: [] as Block[] }));
  for (const block of blocks.toSorted((a, b) => b.length - a.length)) {
    const least = hands.reduce((least, hand) => hand.bytes < least.bytes ? hand : least);
    least.blocks.push(block);
    least.bytes += block.length;
  }
  return hands.map(({ blocks }) => blocks);
}

/** Where the deflated blocks of a file are. */
function placesOf(bytes: Uint8Array): BlockPlace[] {
  return findDeflated(bytes).map(({ stored, length }) => {
    const offset = stored.byteOffset - bytes.byteOffset;
    return { offset, storedBytes: stored.length, length };
  });
}

/** As a side of a comparison; `kept` as in {@link InflateShare}. */
export function inflatingAlone(name: string, threads: number, kept = false): Peer {
  const does = kept ? "reads, inflates and keeps the bytes" : "reads and inflates";
  const alone = peerOperation({
    how: `${does}, nothing else, on ${threads === 1 ? "one core" : `${threads} cores`}`,
    async setup({ file }) {
      const bytes = await Deno.readFile(file);
      const [own, ...others] = dealOut(placesOf(bytes), threads);
      const helpers = others.map((blocks) => new Helper({ file, blocks, kept }));
      for (const helper of helpers) await helper.done();
      return { run: inflateShare({ file, blocks: own, kept }), helpers, bytes: bytes.length };
    },
    async run(_, { run, helpers, bytes }) {
      const done = helpers.map((helper) => helper.start());
      run();
      await Promise.all(done);
      return { bytes };
    },
  });
  return {
    ...{ name, order: 1, floor: true, version: () => "node:fs and the inflater of this project" },
    operations: { "read all channels": alone, "go through all": alone },
  };
}

/** A thread with a share of its own. */
class Helper {
  readonly #worker = new Worker(new URL("inflate_helper.ts", import.meta.url), { type: "module" });

  constructor(share: InflateShare) {
    this.#worker.postMessage(share);
  }

  start(): Promise<void> {
    this.#worker.postMessage(undefined);
    return this.done();
  }

  done(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#worker.onmessage = () => resolve();
      this.#worker.onerror = ({ message }) => reject(new Error(message));
    });
  }
}
