import { ours } from "../../peers/contenders/ours.ts";

/** The same without threads to unpack. */
export const peer = ours({
  ...{ name: "MF4 for Deno, into, one thread", open: { workers: 0 } },
  ...{ held: true, into: true },
});
