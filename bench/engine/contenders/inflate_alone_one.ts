import { inflatingAlone } from "../inflate_alone.ts";

/** What one processor gives to whoever inflates the file. */
export const peer = inflatingAlone("inflating alone, one core", 1);
