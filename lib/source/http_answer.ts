/**
 * What a server's answer to a request for a range says, and whether it can be believed.
 *
 * @module
 * @see {@link https://www.rfc-editor.org/rfc/rfc9110#name-range-requests} for range requests
 */
import { SourceError } from "../errors.ts";

/** What tells the version of a file: an entity tag or, failing that, a date. */
export function versionOf({ headers }: Response): string | undefined {
  const tag = headers.get("etag");
  if (tag) return `etag ${tag}`;
  const modified = headers.get("last-modified");
  return modified ? `modified ${modified}` : undefined;
}

/** The version as `If-Range` takes it; undefined for weak tags, which it does not take. */
export function ifRange(version: string | undefined): string | undefined {
  const value = version?.replace(/^(etag|modified) /, "");
  return value?.startsWith("W/") ? undefined : value;
}

/** First byte, last byte and size of the file as `Content-Range` tells them. */
export interface ContentRange {
  readonly first: number;
  readonly last: number;
  /** Undefined where the server does not tell. */
  readonly size?: number;
}

/** Bytes that an answer says to bring. */
export function rangeLength({ first, last }: ContentRange): number {
  return Math.max(0, last - first + 1);
}

/**
 * What `Content-Range` says; undefined where it is not there, which may be because a browser hides it
 * from pages of other origins.
 *
 * @throws {SourceError} when it has another form than that of one range of bytes
 */
export function contentRange({ headers }: Response, file: string, offset: number) {
  const text = headers.get("content-range");
  if (/^multipart\//i.test(headers.get("content-type") ?? "")) {
    throw new SourceError(
      "the server answered one range with several parts (multipart/byteranges), which are not " +
        "the bytes asked for; use another server",
      { file, offset },
    );
  }
  if (text === null) return undefined;
  const match = /^bytes (\d+)-(\d+)\/(\d+|\*)$/i.exec(text.trim());
  if (!match) {
    throw new SourceError(`the server's Content-Range "${text}" is not one range of bytes`, {
      file,
      offset,
    });
  }
  const [first, last, size] = match.slice(1).map((digits) => digits === "*" ? NaN : Number(digits));
  const range: ContentRange = { first, last, size: Number.isNaN(size) ? undefined : size };
  return range;
}

/**
 * Refuses an answer that is compressed on the way: its bytes are not those of the file, and where a
 * range starts in them cannot be known.
 */
export function refuseEncoding({ headers }: Response, file: string, offset: number): void {
  const encoding = headers.get("content-encoding");
  if (!encoding || encoding.toLowerCase() === "identity") return;
  throw new SourceError(
    `the server compresses ranges (Content-Encoding "${encoding}"), so that they are no ranges of ` +
      "the file; switch that off for measurement files",
    { file, offset },
  );
}

/** Milliseconds to wait before the next try, as `Retry-After` asks for; undefined where it does not. */
export function retryAfter({ headers }: Response): number | undefined {
  const text = headers.get("retry-after");
  if (!text) return undefined;
  const seconds = Number(text);
  const delay = Number.isFinite(seconds) ? 1000 * seconds : Date.parse(text) - Date.now();
  return Number.isNaN(delay) ? undefined : Math.max(0, delay);
}

/** Whether another try may go better: the server is busy, or one behind it is. */
export function isPassing(status: number): boolean {
  return [408, 425, 429, 500, 502, 503, 504].includes(status);
}

/** The address without what may be secret: credentials and the query, which may be a signature. */
export function publicName(url: URL): string {
  const { protocol, host, pathname, search } = url;
  return `${protocol}//${host}${pathname}${search ? "?…" : ""}`;
}

/** Credentials in an address as the header `Authorization` has them; undefined where there are none. */
export function credentialsOf({ username, password }: URL): string | undefined {
  if (!username && !password) return undefined;
  const bytes = new TextEncoder().encode(`${plainText(username)}:${plainText(password)}`);
  return `Basic ${btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""))}`;
}

function plainText(part: string): string {
  return part.replace(/(?:%[0-9a-f]{2})+/gi, (codes) => {
    try {
      return decodeURIComponent(codes);
    } catch {
      return codes;
    }
  });
}

/** The error, or ones that say the same as it and its causes without the query of the address. */
export function withoutSecrets(error: unknown, url: URL, name: string): unknown {
  const { href, search } = url;
  if (!(error instanceof Error) || !search) return error;
  const cause = withoutSecrets(error.cause, url, name);
  if (cause === error.cause && !error.message.includes(search)) return error;
  const message = error.message.replaceAll(href, name).replaceAll(search, "?…");
  const told = new TypeError(message, { cause });
  told.name = error.name;
  return told;
}
