import { bareRead } from "../../bare_read.ts";
import { type Peer, peerOperation } from "../peer.ts";

const read = peerOperation({ run: (job) => ({ bytes: bareRead(job.file) }) });

/** The floor: the bytes of the file are read and nothing is done to them. */
export const peer: Peer = {
  name: "bare read",
  order: 1,
  floor: true,
  version: () => "node:fs",
  operations: {
    "read one channel": read,
    "read all channels": read,
    "read all raw": read,
    "go through all": read,
  },
};
