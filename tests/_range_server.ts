/**
 * A web server for one file, well-behaved or not.
 *
 * @module
 */

/**
 * How the server answers: `"206"` serves ranges (and 416 past the end); `"200"` ignores them;
 * `"404"`, `"416"` and `"500"` refuse. The others answer 206 but wrongly: `"short"` sends one byte
 * too few, `"shifted"` names (and sends) a range one byte further, `"unsized"` hides the size of the
 * file, `"unranged"` leaves Content-Range out, `"broken"` breaks off in the middle. `"broken 200"`
 * breaks off in the middle of the whole file, and `"silent"` never answers.
 */
export type ServerMode =
  | "200"
  | "206"
  | "404"
  | "416"
  | "500"
  | "short"
  | "shifted"
  | "unsized"
  | "unranged"
  | "broken"
  | "broken 200"
  | "silent";

/** How to serve. */
export interface RangeServerOptions {
  /** Default `"206"`. */
  mode?: ServerMode;
  /** Entity tag, with its quotes. */
  etag?: string;
  /** Last-Modified date. */
  modified?: string;
  /** Told of every request first; what it returns, if anything, is the answer. */
  onRequest?: (request: Request) => Response | void | Promise<Response | void>;
}

/** A running server. What may be assigned takes effect with the next request. */
export interface RangeServer extends AsyncDisposable {
  /** Address of the file. */
  readonly url: string;
  /** The Range header of every request so far, "" for none. */
  readonly ranges: string[];
  bytes: Uint8Array;
  mode: ServerMode;
  etag?: string;
  modified?: string;
}

/** Serves `bytes` on a free port of this machine. */
export function rangeServer(bytes: Uint8Array, options: RangeServerOptions = {}): RangeServer {
  const stop = new AbortController();
  const http = Deno.serve({
    hostname: "127.0.0.1",
    port: 0,
    signal: stop.signal,
    onListen: () => {},
    onError: () => new Response("the test server failed", { status: 500 }),
  }, async (request) => {
    server.ranges.push(request.headers.get("range") ?? "");
    return await options.onRequest?.(request) ?? await answer(server, request, stop.signal);
  });
  const server: RangeServer = {
    url: `http://127.0.0.1:${http.addr.port}/drive.mf4`,
    ranges: [],
    bytes,
    mode: options.mode ?? "206",
    etag: options.etag,
    modified: options.modified,
    async [Symbol.asyncDispose]() {
      stop.abort();
      await http.finished;
    },
  };
  return server;
}

async function answer(server: RangeServer, request: Request, stop: AbortSignal): Promise<Response> {
  const { bytes, mode } = server;
  const headers = new Headers();
  if (server.etag) headers.set("etag", server.etag);
  if (server.modified) headers.set("last-modified", server.modified);
  if (mode === "silent") {
    await new Promise<void>((done) => stop.addEventListener("abort", () => done()));
    return new Response(null, { status: 503 });
  }
  if (mode === "404" || mode === "500") {
    return new Response("no", { status: Number(mode), headers });
  }
  if (mode === "200" || mode === "broken 200") {
    return new Response(body(bytes, mode !== "200"), { headers });
  }
  const match = /^bytes=(\d+)-(\d+)$/.exec(request.headers.get("range") ?? "");
  if (!match) return new Response(body(bytes, false), { headers });
  const shift = mode === "shifted" ? 1 : 0;
  const first = Number(match[1]) + shift;
  const end = Math.min(Number(match[2]) + 1 + shift, bytes.length);
  if (mode === "416" || first >= end) {
    headers.set("content-range", `bytes */${bytes.length}`);
    return new Response(null, { status: 416, headers });
  }
  if (mode !== "unranged") {
    const size = mode === "unsized" ? "*" : bytes.length;
    headers.set("content-range", `bytes ${first}-${end - 1}/${size}`);
  }
  const part = bytes.slice(first, mode === "short" ? end - 1 : end);
  return new Response(body(part, mode === "broken"), { status: 206, headers });
}

/** A body of unknown length, so that the transport cannot notice that bytes are missing. */
function body(bytes: Uint8Array, breakOff: boolean): ReadableStream<Uint8Array> {
  const half = bytes.length >> 1;
  let step = 0;
  return new ReadableStream({
    async pull(controller) {
      step++;
      if (step === 1 && half > 0) controller.enqueue(bytes.slice(0, half));
      else if (breakOff) {
        // The first half has to be on its way, or the status is not sent either.
        await new Promise((done) => setTimeout(done, 20));
        controller.error(new Error("planted by the test"));
      } else {
        if (bytes.length > half) controller.enqueue(bytes.slice(half));
        controller.close();
      }
    },
  });
}
