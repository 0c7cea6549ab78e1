import { assert, assertEquals, assertInstanceOf, assertRejects } from "@std/assert";
import { SourceChangedError, SourceError } from "../../lib/errors.ts";
import type { HttpRequestReport } from "../../lib/source/http_request.ts";
import { httpSource, type HttpSourceOptions } from "../../lib/source/http_source.ts";
import { patternBytes, rangeServer } from "../_helpers.ts";

const bytes = patternBytes(200_000);
const QUICK = { firstBytes: 100, retryDelayMs: 1 };

/** Answers the first requests with these statuses, and the others as they should be. */
function failing(...statuses: number[]) {
  return () => {
    const status = statuses.shift();
    return status === undefined ? undefined : new Response("no", { status });
  };
}

Deno.test("what may pass is tried again, as often as allowed", async () => {
  await using server = rangeServer(bytes, { onRequest: failing(503, 429, 500, 502) });
  assertEquals(await httpSource(server.url, QUICK).size(), 200_000);
  assertEquals(server.ranges.length, 5);

  await using worse = rangeServer(bytes, { onRequest: failing(503, 429, 500, 502, 504) });
  const error = await assertRejects(() => httpSource(worse.url, QUICK).size(), SourceError);
  assertEquals(
    error.reason,
    "the server answered 504 Gateway Timeout; it may be busy, try again later; 5 tries failed",
  );

  await using refused = rangeServer(bytes, { onRequest: failing(403) });
  await assertRejects(() => httpSource(refused.url, QUICK).size(), SourceError, "answered 403");
  assertEquals(refused.ranges.length, 1, "what will not pass is not tried again");
});

Deno.test("Retry-After is minded, and one that asks for long is not waited for", async () => {
  const after = (value: string) => {
    let first = true;
    return () => {
      if (!first) return undefined;
      first = false;
      return new Response("no", { status: 429, headers: { "retry-after": value } });
    };
  };
  await using soon = rangeServer(bytes, { onRequest: after("0.2") });
  const started = performance.now();
  await httpSource(soon.url, QUICK).size();
  assert(performance.now() - started >= 200);

  for (const late of ["3600", new Date(Date.now() + 3_600_000).toUTCString()]) {
    await using server = rangeServer(bytes, { onRequest: after(late) });
    await assertRejects(() => httpSource(server.url, QUICK).size(), SourceError, "answered 429");
  }
});

Deno.test("a range that broke off is gone on with where it broke off", async () => {
  await using server = rangeServer(bytes);
  const source = httpSource(server.url, QUICK);
  await source.size();
  server.mode = "broken";
  // Each answer breaks off in the middle of what is left, and then there is little left.
  const error = await assertRejects(() => source.read(1000, 100_000), SourceError);
  assertEquals(error.reason.startsWith("the connection broke off"), true);
  const starts = server.ranges.slice(1).map((range) => Number(/=(\d+)-/.exec(range)![1]));
  assertEquals(starts.slice(0, 4), [1000, 51_000, 76_000, 88_500]);
  server.mode = "206";
  assertEquals(await source.read(1000, 100_000), bytes.slice(1000, 101_000));
});

Deno.test("a server that falls silent is given up on, and an abort ends the pause between tries", async () => {
  await using server = rangeServer(bytes, { mode: "silent" });
  const source = httpSource(server.url, { ...QUICK, timeoutMs: 50, retries: 1 });
  await assertRejects(() => source.size(), SourceError, "sent nothing for 50 ms");
  assertEquals(server.ranges.length, 2);

  await using busy = rangeServer(bytes, { mode: "500" });
  const stop = new AbortController();
  const waiting = httpSource(busy.url, { retryDelayMs: 20_000 }).size({ signal: stop.signal });
  setTimeout(() => stop.abort(new Error("enough")), 30);
  await assertRejects(() => waiting, Error, "enough");
});

Deno.test("headers may be made for every request; a validator is sent, where it is a strong one", async () => {
  const seen: [string | null, string | null][] = [];
  await using server = rangeServer(bytes, {
    etag: '"v1"',
    onRequest: (request) => {
      seen.push([request.headers.get("authorization"), request.headers.get("if-range")]);
    },
  });
  let n = 0;
  const headers = () => Promise.resolve({ authorization: `token ${++n}` });
  const source = httpSource(server.url, { ...QUICK, headers });
  await source.read(50_000, 100_000);
  assertEquals(seen, [["token 1", null], ["token 2", '"v1"']]);
  server.etag = 'W/"weak"';
  seen.length = 0;
  const weak = httpSource(server.url, QUICK);
  await weak.read(50_000, 100_000);
  assertEquals(seen.map(([, ifRange]) => ifRange), [null, null]);
});

Deno.test("a server that minds If-Range sends a file that was replaced whole, which is noticed", async () => {
  await using server = rangeServer(bytes, {
    etag: '"v1"',
    onRequest: (request) => {
      const condition = request.headers.get("if-range");
      if (condition === null || condition === server.etag) return;
      return new Response(server.bytes.slice(), { headers: { etag: server.etag! } });
    },
  });
  const source = httpSource(server.url, QUICK);
  await source.size();
  server.etag = '"v2"';
  await assertRejects(() => source.read(50_000, 10), SourceChangedError, 'etag "v2"');
});

Deno.test("every request is reported, with what came of it", async () => {
  const reports: HttpRequestReport[] = [];
  await using server = rangeServer(bytes, { onRequest: failing(503) });
  const source = httpSource(server.url, { ...QUICK, onRequest: (report) => reports.push(report) });
  await source.read(100_000, 80_000);
  assertEquals(
    reports.map(({ offset, length, bytes, status, attempt }) => [
      ...[offset, length, bytes, status, attempt],
    ]),
    [[0, 100, 0, 503, 1], [0, 100, 100, 206, 2], [100_000, 80_000, 80_000, 206, 1]],
  );
  assert(reports[0].error instanceof SourceError);
  assert(reports.every(({ durationMs }) => durationMs >= 0));
});

Deno.test("a page that may not see Content-Range learns the size by another request", async () => {
  await using server = rangeServer(bytes, { etag: '"v1"' });
  const hiding: typeof fetch = async (input, init) => {
    const method = init?.method;
    if (method === "HEAD") {
      return new Response(null, { headers: { "content-length": "200000", etag: '"v1"' } });
    }
    const answer = await fetch(input, init);
    const headers = new Headers(answer.headers);
    headers.delete("content-range");
    return new Response(answer.body, { status: answer.status, headers });
  };
  const source = httpSource(server.url, { ...QUICK, fetch: hiding });
  assertEquals(await source.size(), 200_000);
  assertEquals(await source.read(60_000, 100_000), bytes.slice(60_000, 160_000));
  server.mode = "short";
  const impatient = httpSource(server.url, { ...QUICK, fetch: hiding, retries: 0 });
  await assertRejects(() => impatient.size(), SourceError, "99 bytes instead of 100");
});

Deno.test("errors name the address without what may be secret in it", async () => {
  await using server = rangeServer(bytes, { mode: "404" });
  const url = new URL(server.url);
  url.username = "me";
  url.password = "secret";
  url.search = "?signature=secret";
  const source = httpSource(url, QUICK);
  const error = await assertRejects(() => source.size(), SourceError);
  assertEquals(error.file, `${server.url}?…`);
  assert(!error.message.includes("secret"), error.message);
});

Deno.test("bytes that have to be fetched again are no progress: tries end", async () => {
  for (const status of [200, 206]) {
    let requests = 0;
    const cutting = () => {
      requests++;
      let sent = false;
      const body = new ReadableStream<Uint8Array>({
        pull(controller) {
          if (sent) return controller.error(new Error("cut"));
          sent = true;
          controller.enqueue(new Uint8Array(20_000));
        },
      });
      return Promise.resolve(new Response(body, { status }));
    };
    const source = httpSource("http://nowhere.invalid/a.mf4", { ...QUICK, fetch: cutting });
    const large = httpSource("http://nowhere.invalid/a.mf4", { fetch: cutting, retryDelayMs: 1 });
    await assertRejects(() => (status === 200 ? source : large).size(), SourceError, "5 tries");
    assertEquals(requests, 5);
  }
});

Deno.test("a first answer that breaks off is enough to open", async () => {
  let requests = 0;
  await using server = rangeServer(bytes, {
    onRequest: () => {
      if (requests++ > 0) return;
      const body = new ReadableStream<Uint8Array>({
        async start(controller) {
          controller.enqueue(bytes.slice(0, 20_000));
          await new Promise((done) => setTimeout(done, 20));
          controller.error(new Error("cut"));
        },
      });
      const headers = { "content-range": `bytes 0-65535/${bytes.length}` };
      return new Response(body, { status: 206, headers });
    },
  });
  const source = httpSource(server.url, { retries: 0 });
  assertEquals(await source.size(), bytes.length);
  assertEquals(await source.read(0, 50_000), bytes.slice(0, 50_000));
  assertEquals(server.ranges, ["bytes=0-65535", "bytes=0-49999"]);
});

Deno.test("a fetch, a body and headers that mind no signal are given up on all the same", async () => {
  const never = () => new Promise<never>(() => {});
  const silent = () => new Response(new ReadableStream({ pull: never, cancel: never }));
  const deaf: [string, HttpSourceOptions][] = [
    ["fetch", { fetch: never }],
    ["body", { fetch: () => Promise.resolve(silent()) }],
    ["headers", { headers: never }],
  ];
  for (const [what, options] of deaf) {
    const patience = { ...QUICK, ...options, timeoutMs: 20, retries: 1 };
    const source = httpSource("http://nowhere.invalid/a.mf4", patience);
    await assertRejects(() => source.size(), SourceError, "sent nothing for 20 ms", what);
    const waiting = httpSource("http://nowhere.invalid/a.mf4", options);
    const signal = AbortSignal.timeout(20);
    await assertRejects(() => waiting.size({ signal }), DOMException, undefined, what);
  }
});

Deno.test("a server that sends less of a range than was asked for, and says so, is asked for the rest", async () => {
  await using server = rangeServer(bytes, {
    etag: '"v1"',
    onRequest: (request) => {
      const [first, last] = /(\d+)-(\d+)/.exec(request.headers.get("range")!)!.slice(1).map(Number);
      const end = Math.min(last + 1, first + 30_000, bytes.length);
      const headers = {
        etag: '"v1"',
        "content-range": `bytes ${first}-${end - 1}/${bytes.length}`,
      };
      return new Response(bytes.slice(first, end), { status: 206, headers });
    },
  });
  const source = httpSource(server.url, { retries: 0 });
  assertEquals(await source.read(0, 100_000), bytes.slice(0, 100_000));
  assertEquals(server.ranges.map((range) => Number(/=(\d+)/.exec(range)![1])), [
    ...[0, 0, 30_000, 60_000, 90_000],
  ]);
});

Deno.test("an end that was not asked for, and several parts, are refused", async () => {
  const answers: [Record<string, string>, string][] = [
    [{ "content-range": "bytes 500-550/200000" }, "announced bytes 500 to 550 when 500 to 549"],
    [{ "content-range": "bytes 500-499/200000" }, "announced bytes 500 to 499 when 500 to 549"],
    [{ "content-type": "multipart/byteranges; boundary=x" }, "several parts"],
  ];
  for (const [headers, message] of answers) {
    await using server = rangeServer(bytes, {
      onRequest: (request) =>
        request.headers.get("range") === "bytes=0-99"
          ? undefined
          : new Response(bytes.slice(500, 550), { status: 206, headers }),
    });
    const source = httpSource(server.url, { ...QUICK, blockBytes: 1 });
    await assertRejects(() => source.read(500, 50), SourceError, message);
  }
});

Deno.test("credentials in the address are sent as a header, unless another is given", async () => {
  const seen: (string | null)[] = [];
  await using server = rangeServer(bytes, {
    onRequest: (request) => void seen.push(request.headers.get("authorization")),
  });
  const url = new URL(server.url);
  url.username = "Zoë";
  url.password = "p:%";
  await httpSource(url, QUICK).size();
  await httpSource(url, { ...QUICK, headers: { authorization: "Bearer x" } }).size();
  const text = new TextEncoder().encode("Zoë:p:%");
  assertEquals(seen, [`Basic ${btoa(String.fromCharCode(...text))}`, "Bearer x"]);
});

Deno.test("the cause of an error does not tell a signature either", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  listener.close();
  const reports: HttpRequestReport[] = [];
  const source = httpSource(`http://me:word@127.0.0.1:${port}/a.mf4?signature=secret`, {
    ...{ retries: 0, onRequest: (report) => void reports.push(report) },
  });
  const error = await assertRejects(() => source.size(), SourceError);
  assertInstanceOf(error.cause, TypeError);
  for (const told of [error, reports[0].error]) {
    const text = Deno.inspect(told);
    assert(!/secret|word/.test(text), text);
  }
});

Deno.test("a whole file that is compressed on the way is unpacked, within the limit", async () => {
  const pack = (body: Uint8Array<ArrayBuffer>) =>
    new Response(new Blob([body]).stream().pipeThrough(new CompressionStream("gzip")));
  const packed = new Uint8Array(await pack(bytes).arrayBuffer());
  const serve = (body: Uint8Array<ArrayBuffer>) =>
    rangeServer(bytes, {
      onRequest: () => new Response(body, { headers: { "content-encoding": "gzip" } }),
    });
  await using server = serve(packed);
  const source = httpSource(server.url, QUICK);
  assertEquals(await source.read(0, 300_000), bytes);
  const bounded = httpSource(server.url, { ...QUICK, maxWholeFileBytes: 199_999 });
  await assertRejects(() => bounded.size(), SourceError, "larger than 199999 bytes");
  await using damaged = serve(packed.slice(0, -20));
  await assertRejects(() => httpSource(damaged.url, QUICK).size(), SourceError);
});
