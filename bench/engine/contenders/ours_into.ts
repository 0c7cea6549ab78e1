import { ours } from "../../peers/contenders/ours.ts";

/** This project, into arrays that are used again. */
export const peer = ours({ name: "MF4 for Deno, into", held: true, into: true });
