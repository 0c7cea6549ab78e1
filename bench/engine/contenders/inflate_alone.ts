import { inflatingAlone } from "../inflate_alone.ts";

/** What all processors give to whoever inflates the file. */
export const peer = inflatingAlone("inflating alone, all cores", navigator.hardwareConcurrency);
