/**
 * What a server, or the way to it, can do wrong.
 *
 * @module
 */

/** One answer that is being given. */
export interface Answering {
  /** Number of the request, from 0. */
  readonly request: number;
  /** First byte asked for, and the one behind the last; the whole file where no range was asked for. */
  readonly first: number;
  readonly end: number;
  /** The file. */
  readonly bytes: Uint8Array;
  /** The answer of a server without fault. */
  right(): Response;
}

/** A way to answer. */
export interface Fault {
  /** In a few words. */
  readonly name: string;
  /** The answer. */
  answer(answering: Answering): Response | Promise<Response>;
}

const plain = (status: number, headers: HeadersInit = {}) =>
  new Response(status === 204 ? null : "no", { status, headers });

/** The right answer with other headers; null leaves one out. */
function withHeaders(right: Response, changes: Readonly<Record<string, string | null>>): Response {
  const headers = new Headers(right.headers);
  for (const [name, value] of Object.entries(changes)) {
    if (value === null) headers.delete(name);
    else headers.set(name, value);
  }
  return new Response(right.body, { status: right.status, headers });
}

/** The right answer's headers with these bytes, in pieces of which the last may fail to come. */
function withBody(right: Response, bytes: Uint8Array, end: "close" | "break" | "stall"): Response {
  let sent = false;
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      if (!sent) {
        sent = true;
        if (bytes.length > 0) return controller.enqueue(bytes);
      }
      // What was sent has to be on its way before the connection breaks.
      if (end === "break") await new Promise((done) => setTimeout(done, 5));
      if (end === "close") controller.close();
      else if (end === "break") controller.error(new Error("cut"));
      else await new Promise(() => {});
    },
  });
  return new Response(body, { status: right.status, headers: right.headers });
}

const part = ({ bytes, first, end }: Answering, from = first, to = end) => bytes.slice(from, to);

/** Fails every second request, beginning with the first. */
const everySecond = (name: string, answer: Fault["answer"]): Fault => ({
  name: `${name}, every second request`,
  answer: (one) => one.request % 2 === 0 ? answer(one) : one.right(),
});

/** Fails from the third request on. */
const later = (name: string, answer: Fault["answer"]): Fault => ({
  name: `${name}, from the third request on`,
  answer: (one) => one.request >= 2 ? answer(one) : one.right(),
});

const always = (name: string, answer: Fault["answer"]): Fault => ({ name, answer });

const cutAfter = (count: number): Fault =>
  always(`connection cut after every ${count} bytes`, (one) => {
    const { first, end } = one;
    return end - first <= count
      ? one.right()
      : withBody(one.right(), part(one, first, first + count), "break");
  });

const shifted = (one: Answering, by: number) => {
  const { bytes, first, end } = one;
  const [from, to] = [first + by, Math.min(end + by, bytes.length)];
  const headers = { "content-range": `bytes ${from}-${to - 1}/${bytes.length}` };
  return withHeaders(withBody(one.right(), part(one, from, to), "close"), headers);
};

const short: Fault["answer"] = (one) =>
  withBody(one.right(), part(one, one.first, Math.max(one.first, one.end - 7)), "close");

/** As servers may that have a limit. */
const atMost = (count: number): Fault["answer"] => (one) => {
  const { bytes, first, end } = one;
  const to = Math.min(end, first + count);
  const headers = { "content-range": `bytes ${first}-${to - 1}/${bytes.length}` };
  return withHeaders(withBody(one.right(), part(one, first, to), "close"), headers);
};

const wholeCompressed = ({ bytes }: Answering) => {
  const packed = new Blob([bytes.slice()]).stream().pipeThrough(new CompressionStream("gzip"));
  return new Response(packed, { headers: { "content-encoding": "gzip" } });
};

const whole = ({ bytes }: Answering) => new Response(bytes.slice());

const compressed = (one: Answering) => {
  const packed = new Blob([part(one)]).stream().pipeThrough(new CompressionStream("gzip"));
  const { status, headers } = one.right();
  return withHeaders(new Response(packed, { status, headers }), { "content-encoding": "gzip" });
};

const multipart = (one: Answering) =>
  withHeaders(withBody(one.right(), part(one), "close"), {
    "content-range": null,
    "content-type": "multipart/byteranges; boundary=x",
  });

/** All faults of the table. */
export const FAULTS: readonly Fault[] = [
  always("none", (one) => one.right()),
  ...[100, 1000, 10_000, 20_000, 50_000].map(cutAfter),
  everySecond(
    "connection cut before the first byte",
    (one) => withBody(one.right(), new Uint8Array(0), "break"),
  ),
  ...[500, 502, 503, 504, 429, 408].map((status) =>
    everySecond(`status ${status}`, () => plain(status))
  ),
  everySecond("status 503, Retry-After 0", () => plain(503, { "retry-after": "0" })),
  later("status 429, Retry-After an hour", () => plain(429, { "retry-after": "3600" })),
  always("status 500", () => plain(500)),
  always("status 403", () => plain(403)),
  later("status 404", () => plain(404)),
  later("status 416", () => plain(416)),
  always("Content-Range one byte further", (one) => shifted(one, 1)),
  later("Content-Range one byte further", (one) => shifted(one, 1)),
  later("Content-Range of another size", (one) =>
    withHeaders(one.right(), {
      "content-range": `bytes ${one.first}-${one.end - 1}/${one.bytes.length + 1}`,
    })),
  later(
    "Content-Range without a size",
    (one) => withHeaders(one.right(), { "content-range": `bytes ${one.first}-${one.end - 1}/*` }),
  ),
  later(
    "Content-Range with another end",
    (one) =>
      withHeaders(one.right(), {
        "content-range": `bytes ${one.first}-${one.end}/${one.bytes.length}`,
      }),
  ),
  always("ranges of 5000 bytes at most", atMost(5000)),
  always("ranges of 100 bytes at most", atMost(100)),
  later("Content-Range left out", (one) => withHeaders(one.right(), { "content-range": null })),
  always(
    "Content-Range that is none",
    (one) => withHeaders(one.right(), { "content-range": "bytes all of it" }),
  ),
  everySecond("body 7 bytes short", short),
  always("body 7 bytes short", short),
  later(
    "body 7 bytes too long",
    (one) => withBody(one.right(), Uint8Array.from([...part(one), ...new Uint8Array(7)]), "close"),
  ),
  later("another entity tag", (one) => withHeaders(one.right(), { etag: '"other"' })),
  later(
    "another entity tag and other bytes",
    (one) =>
      withHeaders(withBody(one.right(), part(one).map((byte) => byte ^ 1), "close"), {
        etag: '"other"',
      }),
  ),
  later("no entity tag any more", (one) => withHeaders(one.right(), { etag: null })),
  always(
    "weak entity tags",
    (one) => withHeaders(one.right(), { etag: 'W/"one"' }),
  ),
  later("another weak entity tag", (one) => withHeaders(one.right(), { etag: 'W/"one"' })),
  always("no entity tags", (one) => withHeaders(one.right(), { etag: null })),
  always(
    "no Content-Length",
    (one) => withHeaders(withBody(one.right(), part(one), "close"), { "content-length": null }),
  ),
  always("ranges ignored", whole),
  always("ranges ignored, compressed on the way", wholeCompressed),
  always(
    "ranges ignored, connection cut after every 20000 bytes",
    (one) => withBody(whole(one), one.bytes.slice(0, 20_000), "break"),
  ),
  later("ranges ignored", whole),
  always("ranges compressed", compressed),
  later("ranges compressed", compressed),
  later("several ranges in one answer", multipart),
  everySecond("no answer", () => new Promise(() => {})),
  always("no answer", () => new Promise(() => {})),
  everySecond(
    "silence in the middle",
    (one) => withBody(one.right(), part(one, one.first, (one.first + one.end) >> 1), "stall"),
  ),
];

/** The answer of a server without fault to a request for one range, or for all. */
export function rightAnswer(bytes: Uint8Array, first: number, end: number): Response {
  const headers: Record<string, string> = { etag: '"one"', "accept-ranges": "bytes" };
  if (first >= bytes.length) {
    headers["content-range"] = `bytes */${bytes.length}`;
    return new Response(null, { status: 416, headers });
  }
  headers["content-range"] = `bytes ${first}-${end - 1}/${bytes.length}`;
  return new Response(bytes.slice(first, end), { status: 206, headers });
}
