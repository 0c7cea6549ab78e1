import { bareRead, findBestPiece } from "../../bare_read.ts";
import { type Peer, peerOperation } from "../../peers/peer.ts";

const read = peerOperation({
  how: "in pieces of the size that is fastest on this machine",
  setup: ({ file }) => findBestPiece(file),
  run: ({ file }, pieceBytes) => ({ bytes: bareRead(file, pieceBytes) }),
});

/** The bytes of the file, read as fast as this runtime can, with nothing done to them. */
export const peer: Peer = {
  name: "bare read",
  order: 1,
  floor: true,
  version: () => "node:fs",
  operations: {
    "open and list names": read,
    "read one channel": read,
    "read all channels": read,
    "go through all": read,
  },
};
