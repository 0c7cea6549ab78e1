/**
 * The other process of the boundary suite: answers each byte on standard input. `c` costs a call and
 * nothing else, `v` gives all values of a channel. `boundary_process.ts` starts it.
 *
 * @module
 */
import { readSync, writeSync } from "node:fs";
import { Mdf } from "../../mod.ts";

const CALL = "c".charCodeAt(0);

if (import.meta.main) await answer(Deno.args[0], Deno.args[1]);

/** Answers until standard input ends. */
async function answer(path: string, channel: string): Promise<void> {
  await using mdf = await Mdf.open(path);
  const request = new Uint8Array(1);
  const done = new Uint8Array([0]);
  while (readSync(0, request) === 1) {
    if (request[0] === CALL) {
      writeAll(done);
      continue;
    }
    const { values } = await mdf.read(channel);
    if (!ArrayBuffer.isView(values)) throw new TypeError(`${channel} has no numbers`);
    writeAll(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
  }
}

function writeAll(bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length;) at += writeSync(1, bytes, at);
}
