/**
 * The web server of the page.
 *
 * @module
 */
import uplotCode from "uplot/dist/uPlot.esm.js" with { type: "text" };
import uplotStyle from "uplot/dist/uPlot.min.css" with { type: "text" };
import regular from "@expo-google-fonts/inter/400Regular/Inter_400Regular.ttf" with {
  type: "bytes",
};
import semiBold from "@expo-google-fonts/inter/600SemiBold/Inter_600SemiBold.ttf" with {
  type: "bytes",
};
import { FileShelf, type ServedFile } from "./serve_files.ts";
import { serveModule } from "./serve_modules.ts";

/** How to serve. */
export interface BrowserServerOptions {
  /** Default 0, any free one. */
  port?: number;
  /** Files and folders to offer. */
  paths?: readonly string[];
}

/** A running server; it ends when it is disposed of. */
export interface BrowserServer extends AsyncDisposable {
  /** Address of the page. */
  readonly url: string;
  /** Files that it offers. */
  readonly files: readonly ServedFile[];
  /** Settles when the server has ended. */
  readonly finished: Promise<void>;
}

const HOSTNAME = "127.0.0.1";
const PAGE = new URL("page/", import.meta.url);
const INDEX = new URL("index.html", PAGE);

const ASSETS = new Map<string, [type: string, body: string | Uint8Array<ArrayBuffer>]>([
  ["/vendor/uplot.js", ["text/javascript", uplotCode]],
  ["/vendor/uplot.css", ["text/css", uplotStyle]],
  ["/vendor/inter-400.ttf", ["font/ttf", new Uint8Array(regular)]],
  ["/vendor/inter-600.ttf", ["font/ttf", new Uint8Array(semiBold)]],
]);

/**
 * Serves the page to this machine.
 *
 * @throws {Deno.errors.AddrInUse} when the port is taken
 * @throws {Deno.errors.NotFound} when a file does not exist
 */
export async function serveBrowser(options: BrowserServerOptions = {}): Promise<BrowserServer> {
  const shelf = await FileShelf.of(options.paths ?? []);
  const files = await shelf.list();
  const security = await securityHeaders();
  const stop = new AbortController();
  const http = Deno.serve({
    hostname: HOSTNAME,
    signal: stop.signal,
    port: options.port ?? 0,
    onListen: () => {},
    onError(error) {
      console.error(error);
      return new Response("The server failed; see its terminal.", { status: 500 });
    },
  }, async (request) => {
    const response = await answer(request, shelf);
    for (const [name, value] of security) response.headers.set(name, value);
    return response;
  });
  return {
    url: `http://${HOSTNAME}:${http.addr.port}/`,
    files,
    finished: http.finished,
    async [Symbol.asyncDispose]() {
      // Not a shutdown, which would wait for downloads to end.
      stop.abort();
      await http.finished;
    },
  };
}

async function answer(request: Request, shelf: FileShelf): Promise<Response> {
  const { pathname, hostname } = new URL(request.url);
  // Another name that was made to lead here must not read local files.
  if (hostname !== HOSTNAME && hostname !== "localhost") return refuse(421, "Wrong host.");
  if (request.method !== "GET" && request.method !== "HEAD") return refuse(405, "Only GET.");
  if (pathname === "/files/") return Response.json(await shelf.list());
  if (pathname.startsWith("/files/")) {
    return await shelf.serve(request, pathname.slice("/files/".length));
  }
  const asset = ASSETS.get(pathname);
  if (asset) return text(request, asset[0], asset[1]);
  if (pathname === "/") {
    return text(request, "text/html; charset=utf-8", await Deno.readTextFile(INDEX));
  }
  if (pathname === "/style.css") {
    return text(request, "text/css", await Deno.readTextFile(new URL("style.css", PAGE)));
  }
  const module = await serveModule(pathname.slice(1));
  if (module !== undefined) return text(request, "text/javascript", module);
  return refuse(404, "There is nothing here.");
}

function text(request: Request, type: string, body: string | Uint8Array<ArrayBuffer>): Response {
  const headers = { "content-type": type, "cache-control": "no-cache" };
  return new Response(request.method === "HEAD" ? null : body, { headers });
}

function refuse(status: number, why: string): Response {
  return new Response(why, { status });
}

/**
 * What the page may do: nothing but what is its own, except that it fetches measurements from
 * anywhere. Loops made for a layout are WebAssembly; file contents can never become HTML.
 */
async function securityHeaders(): Promise<[name: string, value: string][]> {
  // The map from bare names to addresses cannot be a file of its own, so its contents are named.
  const map = /<script type="importmap">([^<]*)/.exec(await Deno.readTextFile(INDEX))?.[1] ?? "";
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(map));
  const policy = [
    "default-src 'none'",
    `script-src 'self' 'wasm-unsafe-eval' 'sha256-${new Uint8Array(digest).toBase64()}'`,
    "style-src 'self'",
    "font-src 'self'",
    "img-src 'self' data:",
    "connect-src 'self' http: https:",
    "worker-src 'self' blob:",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ];
  return [
    ["content-security-policy", policy.join("; ")],
    ["cross-origin-opener-policy", "same-origin"],
    ["cross-origin-resource-policy", "same-origin"],
    ["referrer-policy", "no-referrer"],
    ["x-content-type-options", "nosniff"],
  ];
}
