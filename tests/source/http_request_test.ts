import { assert, assertEquals, assertRejects } from "@std/assert";
import { SourceChangedError, SourceError } from "../../lib/errors.ts";
import type { HttpRequestReport } from "../../lib/source/http_request.ts";
import { httpSource } from "../../lib/source/http_source.ts";
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
