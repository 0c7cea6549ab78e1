import { ours } from "../../peers/contenders/ours.ts";

/** This project, with texts and bytes left as they are held. */
export const peer = ours({ held: true });
