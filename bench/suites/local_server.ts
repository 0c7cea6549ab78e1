/**
 * A web server on this machine that gives ranges of one file, and counts what it is asked for.
 *
 * @module
 */

/** A running server. */
export interface LocalServer {
  /** Address of the file. */
  readonly url: string;
  /** Requests since the last {@link LocalServer.reset}. */
  requests: number;
  /** Bytes sent since then. */
  bytes: number;
  /** Milliseconds that each answer is held back. */
  latencyMs: number;
  reset(): void;
  close(): Promise<void>;
}

/** Serves bytes at a free port. */
export function serveFile(content: Uint8Array): LocalServer {
  const http = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    async (request) => {
      server.requests++;
      if (server.latencyMs > 0) {
        await new Promise((done) => setTimeout(done, server.latencyMs));
      }
      const range = /^bytes=(\d+)-(\d+)$/.exec(request.headers.get("range") ?? "");
      const first = range ? Number(range[1]) : 0;
      const end = range ? Math.min(Number(range[2]) + 1, content.length) : content.length;
      if (first >= end) {
        return new Response(null, {
          status: 416,
          headers: { "content-range": `bytes */${content.length}` },
        });
      }
      server.bytes += end - first;
      // A stable tag, so that the reader can tell that the file has not changed.
      const headers = new Headers({ etag: `"${content.length}"` });
      if (range) headers.set("content-range", `bytes ${first}-${end - 1}/${content.length}`);
      const body = content.subarray(first, end) as Uint8Array<ArrayBuffer>;
      return new Response(body, { status: range ? 206 : 200, headers });
    },
  );
  const server: LocalServer = {
    url: `http://127.0.0.1:${http.addr.port}/drive.mf4`,
    requests: 0,
    bytes: 0,
    latencyMs: 0,
    reset() {
      server.requests = 0;
      server.bytes = 0;
    },
    close: () => http.shutdown(),
  };
  return server;
}
