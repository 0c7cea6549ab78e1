import { inflatingAlone } from "../inflate_alone.ts";

/** What all processors give to whoever inflates the file and keeps all of it. */
export const peer = inflatingAlone(
  "inflating and keeping, all cores",
  navigator.hardwareConcurrency,
  true,
);
