import { ours } from "../../peers/contenders/ours.ts";

/** This project without threads to unpack. */
export const peer = ours({ name: "MF4 for Deno, one thread", open: { workers: 0 }, held: true });
