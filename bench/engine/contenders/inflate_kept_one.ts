import { inflatingAlone } from "../inflate_alone.ts";

/** What one processor gives to whoever inflates the file and keeps all of it. */
export const peer = inflatingAlone("inflating and keeping, one core", 1, true);
