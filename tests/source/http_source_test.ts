import { assertEquals, assertInstanceOf, assertRejects, assertThrows } from "@std/assert";
import { SourceChangedError, SourceError } from "../../lib/errors.ts";
import { SourceReader } from "../../lib/source/byte_source.ts";
import { httpSource } from "../../lib/source/http_source.ts";
import { patternBytes, rangeServer, type ServerMode } from "../_helpers.ts";

const bytes = patternBytes(10_000);

/** The first request fetches 100 bytes, so that later reads need requests of their own. */
const small = { firstBytes: 100, blockBytes: 1, cacheBytes: 0, retries: 0 };

/** A fetch that knows which answers were neither read nor cancelled. */
function watchingFetch() {
  const responses: Response[] = [];
  return {
    fetch: async (...request: Parameters<typeof fetch>) => {
      const response = await fetch(...request);
      responses.push(response);
      return response;
    },
    unread: () => responses.filter(({ body, bodyUsed }) => body && !bodyUsed).length,
  };
}

Deno.test("a server of ranges is asked for the start once and then for just what is needed", async () => {
  await using server = rangeServer(bytes, { etag: '"v1"' });
  const source = httpSource(server.url, small);
  assertEquals(source.name, server.url);
  assertEquals(source.validator, undefined);
  const reader = await SourceReader.open(source);
  assertEquals([reader.size, reader.synchronous], [10_000, false]);
  assertEquals(source.validator, 'etag "v1"');
  assertEquals(await reader.read(10, 50), bytes.slice(10, 60));
  assertEquals(await reader.read(90, 20), bytes.slice(90, 110));
  assertEquals(await reader.read(9_990, 10), bytes.slice(9_990));
  assertEquals(server.ranges, ["bytes=0-99", "bytes=90-109", "bytes=9990-9999"]);
  await reader.close();
});

Deno.test("a URL object serves as well; the first request fetches 64 KiB", async () => {
  await using server = rangeServer(bytes);
  const source = httpSource(new URL(server.url));
  const part = await source.read(5000, 10);
  assertEquals(part, bytes.slice(5000, 5010));
  part.fill(0);
  assertEquals(await source.read(5000, 10), bytes.slice(5000, 5010));
  assertEquals(server.ranges, ["bytes=0-65535"]);
});

Deno.test("reads that start together share the first request", async () => {
  await using server = rangeServer(bytes);
  const source = httpSource(server.url, small);
  const parts = await Promise.all([0, 1000, 2000].map((at) => source.read(at, 10)));
  assertEquals(parts, [0, 1000, 2000].map((at) => bytes.slice(at, at + 10)));
  assertEquals(server.ranges.toSorted(), ["bytes=0-99", "bytes=1000-1009", "bytes=2000-2009"]);
});

Deno.test("a server that ignores ranges is read once, whole", async () => {
  await using server = rangeServer(bytes, {
    mode: "200",
    modified: "Tue, 14 Nov 2023 22:13:20 GMT",
  });
  const source = httpSource(server.url, small);
  assertEquals(await source.size(), 10_000);
  assertEquals(source.validator, "modified Tue, 14 Nov 2023 22:13:20 GMT");
  assertEquals(await source.read(9_000, 1000), bytes.slice(9_000));
  assertEquals(await source.read(0, 10_000), bytes);
  assertEquals(server.ranges.length, 1);
});

Deno.test("a whole file above the limit is refused with the way out, at the limit it is not", async () => {
  await using server = rangeServer(bytes, { mode: "200" });
  const source = httpSource(server.url, { maxWholeFileBytes: 9_999 });
  const error = await assertRejects(() => source.size(), SourceError);
  assertEquals(error.file, server.url);
  assertEquals(
    error.reason,
    "the server ignores range requests and the file is larger than 9999 bytes; download it first, " +
      "or raise maxWholeFileBytes",
  );
  assertEquals(await httpSource(server.url, { maxWholeFileBytes: 10_000 }).size(), 10_000);
});

Deno.test("a whole file that is announced as too large is not fetched at all", async () => {
  let pulled = 0;
  const source = httpSource("http://nowhere.invalid/a.mf4", {
    maxWholeFileBytes: 100,
    fetch: () => {
      const body = new ReadableStream({
        pull(controller) {
          pulled++;
          controller.enqueue(bytes);
        },
      }, { highWaterMark: 0 });
      return Promise.resolve(new Response(body, { headers: { "content-length": "101" } }));
    },
  });
  const error = await assertRejects(() => source.size(), SourceError);
  assertEquals(
    error.reason.slice(0, 69),
    "the server ignores range requests and the file is larger than 100 byt",
  );
  assertEquals(pulled, 0);
});

Deno.test("an empty file is one of no bytes, whether the server has ranges or not", async () => {
  for (const mode of ["206", "200"] as const) {
    await using server = rangeServer(new Uint8Array(0), { mode, etag: '"e"' });
    const source = httpSource(server.url);
    assertEquals(await source.size(), 0);
    assertEquals(source.validator, 'etag "e"');
    assertEquals(await source.read(0, 0), new Uint8Array(0));
  }
});

Deno.test("a read past the end gives what there is", async () => {
  await using server = rangeServer(bytes);
  const source = httpSource(server.url, small);
  assertEquals(await source.read(9_995, 100), bytes.slice(9_995));
  assertEquals(await source.read(10_000, 4), new Uint8Array(0));
  assertEquals(await source.read(20_000, 4), new Uint8Array(0));
  assertEquals(await source.read(5_000, 0), new Uint8Array(0));
  assertEquals(server.ranges, ["bytes=0-99", "bytes=9995-9999"]);
});

Deno.test("what the first answer can do wrong is a SourceError with the address", async (t) => {
  const reasons: [ServerMode, string][] = [
    ["404", "the server answered 404 Not Found; a status of 200 or 206 was expected"],
    ["500", "the server answered 500 Internal Server Error; it may be busy, try again later"],
    ["unranged", 'the server\'s Content-Range "" does not tell the size of the file'],
    [
      "unsized",
      'the server\'s Content-Range "bytes 0-99/*" does not tell the size of the file',
    ],
    ["shifted", "the server answered the range 0-99 with 100 bytes from 1"],
    ["short", "the server sent 99 bytes instead of 100"],
    ["broken", "the connection broke off while bytes were on their way"],
    ["broken 200", "the connection broke off while bytes were on their way"],
  ];
  for (const [mode, reason] of reasons) {
    await t.step(mode, async () => {
      await using server = rangeServer(bytes, { mode });
      const { fetch, unread } = watchingFetch();
      const source = httpSource(server.url, { ...small, fetch });
      const error = await assertRejects(() => source.size(), SourceError);
      assertEquals([error.reason, error.file, unread()], [reason, server.url, 0]);
      server.mode = "206";
      assertEquals(await source.size(), 10_000, "a failed first request is not remembered");
      assertEquals(await source.read(500, 4), bytes.slice(500, 504));
    });
  }
});

Deno.test("what a later answer can do wrong is a SourceError with the offset", async (t) => {
  const reasons: [ServerMode, string][] = [
    ["404", "the server answered 404 Not Found; a status of 206 was expected"],
    ["500", "the server answered 500 Internal Server Error; it may be busy, try again later"],
    ["200", "the server answered 200 OK; a status of 206 was expected"],
    ["unranged", 'the server\'s Content-Range "" does not tell the size of the file'],
    [
      "unsized",
      'the server\'s Content-Range "bytes 500-549/*" does not tell the size of the file',
    ],
    ["short", "the server sent 49 bytes instead of 50"],
    ["broken", "the connection broke off while bytes were on their way"],
  ];
  for (const [mode, reason] of reasons) {
    await t.step(mode, async () => {
      await using server = rangeServer(bytes);
      const { fetch, unread } = watchingFetch();
      const source = httpSource(server.url, { ...small, fetch });
      await source.size();
      server.mode = mode;
      const error = await assertRejects(() => source.read(500, 50), SourceError);
      assertEquals(unread(), 0);
      assertEquals([error.reason, error.file, error.offset], [reason, server.url, 500]);
      server.mode = "206";
      assertEquals(await source.read(500, 50), bytes.slice(500, 550));
    });
  }
});

Deno.test("a file that was replaced while it is open is a SourceChangedError", async (t) => {
  const check = async (
    change: (server: ReturnType<typeof rangeServer>) => void,
    reason: string,
    options: Parameters<typeof rangeServer>[1] = { etag: '"one"' },
  ) => {
    await using server = rangeServer(bytes, options);
    const { fetch, unread } = watchingFetch();
    const source = httpSource(server.url, { ...small, fetch });
    await source.read(500, 4);
    change(server);
    const error = await assertRejects(() => source.read(9_000, 50), SourceChangedError);
    assertEquals(unread(), 0);
    assertEquals([error.reason, error.file, error.offset], [reason, server.url, 9_000]);
  };
  await t.step("another entity tag", () =>
    check(
      (server) => server.etag = '"two"',
      'the file behind the address was replaced (etag "one" became etag "two"); open it again',
    ));
  await t.step("no entity tag any more", () =>
    check(
      (server) => server.etag = undefined,
      'the file behind the address was replaced (etag "one" became undefined); open it again',
    ));
  await t.step("another date", () =>
    check(
      (server) => server.modified = "Tue, 14 Nov 2023 22:13:21 GMT",
      "the file behind the address was replaced (modified Tue, 14 Nov 2023 22:13:20 GMT became " +
        "modified Tue, 14 Nov 2023 22:13:21 GMT); open it again",
      { modified: "Tue, 14 Nov 2023 22:13:20 GMT" },
    ));
  await t.step("another size, and no tag to tell", () =>
    check(
      (server) => server.bytes = patternBytes(9_500),
      "the server answered with bytes from 9000 of 9500 when 9000 of 10000 were asked for; open " +
        "the file again",
      {},
    ));
  await t.step("another range than the one asked for", () =>
    check(
      (server) => server.mode = "shifted",
      "the server answered with bytes from 9001 of 10000 when 9000 of 10000 were asked for; open " +
        "the file again",
      {},
    ));
  await t.step("too small for the range", () =>
    check(
      (server) => server.bytes = patternBytes(1000),
      "the server no longer has bytes here (status 416); the file was 10000 bytes long",
    ));
});

Deno.test("a server that cannot be reached is a SourceError with the cause", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  listener.close();
  const source = httpSource(`http://127.0.0.1:${port}/drive.mf4`, small);
  const error = await assertRejects(() => source.size(), SourceError);
  assertEquals(error.file, `http://127.0.0.1:${port}/drive.mf4`);
  assertEquals(
    error.reason,
    "the request failed; check the address, the connection and --allow-net",
  );
  assertInstanceOf(error.cause, TypeError);
});

Deno.test("an abort rejects with its reason, wherever the request is", async (t) => {
  const reason = new Error("enough");
  await t.step("before it starts", async () => {
    await using server = rangeServer(bytes);
    const source = httpSource(server.url, small);
    const options = { signal: AbortSignal.abort(reason) };
    assertEquals(await assertRejects(() => source.size(options)), reason);
    assertEquals(server.ranges, []);
    assertEquals(await source.size(), 10_000, "the abort is not remembered");
    assertEquals(await assertRejects(() => source.read(500, 4, options)), reason);
  });
  await t.step("while the server keeps silent", async () => {
    const abort = new AbortController();
    await using server = rangeServer(bytes, {
      mode: "silent",
      onRequest: () => abort.abort(reason),
    });
    const source = httpSource(server.url, small);
    assertEquals(await assertRejects(() => source.size({ signal: abort.signal })), reason);
  });
  for (const [mode, status] of [["206", 206], ["200", 200]] as const) {
    await t.step(`while bytes are on their way, status ${status}`, async () => {
      const abort = new AbortController();
      await using server = rangeServer(bytes, {
        mode,
        // Half of the answer, and then nothing.
        onRequest: () =>
          new Response(
            new ReadableStream({
              start(controller) {
                controller.enqueue(bytes.slice(0, 50));
                setTimeout(() => abort.abort(reason), 20);
              },
            }),
            { status, headers: status === 206 ? { "content-range": "bytes 0-99/10000" } : {} },
          ),
      });
      const source = httpSource(server.url, small);
      assertEquals(await assertRejects(() => source.size({ signal: abort.signal })), reason);
    });
  }
  await t.step("a time limit", async () => {
    await using server = rangeServer(bytes, { mode: "silent" });
    const source = httpSource(server.url, small);
    const error = await assertRejects(() => source.size({ signal: AbortSignal.timeout(20) }));
    assertInstanceOf(error, DOMException);
    assertEquals(error.name, "TimeoutError");
  });
});

Deno.test("one reader's abort does not fail another that waits for the same first request", async () => {
  const abort = new AbortController();
  const reason = new Error("enough");
  let first = true;
  await using server = rangeServer(bytes, {
    onRequest: async () => {
      if (!first) return;
      first = false;
      await new Promise((done) => setTimeout(done, 20));
      abort.abort(reason);
      await new Promise((done) => setTimeout(done, 20));
    },
  });
  const source = httpSource(server.url, small);
  const leaving = assertRejects(() => source.read(0, 4, { signal: abort.signal }));
  const staying = source.read(500, 4);
  assertEquals(await leaving, reason);
  assertEquals(await staying, bytes.slice(500, 504));
});

Deno.test("headers and a fetch of one's own are used", async () => {
  const asked: [string, string | null, string | null][] = [];
  const source = httpSource("http://nowhere.invalid/a.mf4", {
    headers: { authorization: "Bearer x" },
    firstBytes: 10,
    fetch: (input, init) => {
      const headers = new Headers(init?.headers);
      asked.push([String(input), headers.get("authorization"), headers.get("range")]);
      return Promise.resolve(
        new Response(bytes.slice(0, 10), {
          status: 206,
          headers: { "content-range": "bytes 0-9/10" },
        }),
      );
    },
  });
  assertEquals(await source.read(0, 10), bytes.slice(0, 10));
  assertEquals(asked, [["http://nowhere.invalid/a.mf4", "Bearer x", "bytes=0-9"]]);
});

Deno.test("an address that is none is refused at once", () => {
  assertThrows(() => httpSource("drive.mf4"), TypeError);
});
