/**
 * A thread of `inflate_alone.ts`: it is told its share once, and then to begin. It answers when it is
 * ready, and when it is done.
 *
 * @module
 */
import { type InflateShare, inflateShare } from "./inflate_alone.ts";

const scope = self as unknown as {
  onmessage: (event: MessageEvent<InflateShare | undefined>) => void;
  postMessage(message: undefined): void;
};

let run: () => readonly Uint8Array[];
scope.onmessage = ({ data }) => {
  if (data) run = inflateShare(data);
  else run();
  scope.postMessage(undefined);
};
