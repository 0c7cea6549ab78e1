/**
 * Bytes of a file behind HTTP, fetched by range requests.
 *
 * @module
 */
import { SourceChangedError, SourceError } from "../errors.ts";
import type { ByteReadOptions, ByteSource } from "./byte_source.ts";
import {
  contentRange,
  ifRange,
  publicName,
  rangeLength,
  refuseEncoding,
  versionOf,
} from "./http_answer.ts";
import { fillFromBody, type ReadAnswer, tooShort, wholeBody } from "./http_body.ts";
import { type HttpRequestOptions, HttpRequests, PassingError } from "./http_request.ts";
import { RangeCache } from "./range_cache.ts";

/** Settings of {@link httpSource}. */
export interface HttpSourceOptions extends HttpRequestOptions {
  /**
   * Bytes asked for by the first request, which also learns the size. Default 64 KiB; 4096 is enough
   * for files that are opened by an index.
   */
  firstBytes?: number;
  /**
   * Largest file, in bytes, that is held in memory when the server ignores ranges and sends all of
   * it. Default 256 MiB.
   */
  maxWholeFileBytes?: number;
  /** Bytes of small ranges that are kept in memory. Default 8 MiB. */
  cacheBytes?: number;
  /** Smaller ranges are rounded out to whole blocks of so many bytes. Default 4096. */
  blockBytes?: number;
}

const FIRST_BYTES = 64 * 1024;
const WHOLE_BYTES = 256 * 1024 * 1024;
const CACHE_BYTES = 8 * 1024 * 1024;
const BLOCK_BYTES = 4096;
/** Larger ranges are samples, which nobody needs twice. */
const KEPT_BYTES = 64 * 1024;
/** An answer with so many bytes is worth having, even if more were asked for. */
const LEAST_BYTES = 4096;

/**
 * Reads a file over HTTP. The first request fetches the start of the file and learns its size; each
 * further read is one range request, a small one for a whole block that is then kept. Requests that
 * fail for a reason that may pass are tried again, from where they broke off. A server that ignores
 * ranges (status 200) is read once, whole.
 *
 * Should the file be replaced in between, reads throw {@link SourceChangedError}; what else a server
 * can do wrong is a {@link SourceError}.
 */
export function httpSource(url: string | URL, options: HttpSourceOptions = {}): ByteSource {
  return new HttpSource(new URL(url), options);
}

class HttpSource implements ByteSource {
  readonly name: string;
  readonly distant = true;
  readonly #url: URL;
  readonly #options: HttpSourceOptions;
  readonly #requests: HttpRequests;
  readonly #cache: RangeCache;
  #opening?: Promise<void>;
  #openingSignal?: AbortSignal;
  #size = 0;
  #head = new Uint8Array();
  #version?: string;
  /** A browser does not show where ranges lie; their lengths have to do. */
  #rangesHidden = false;

  constructor(url: URL, options: HttpSourceOptions) {
    this.#url = url;
    this.name = publicName(url);
    this.#options = options;
    this.#requests = new HttpRequests(url, this.name, options);
    const { cacheBytes = CACHE_BYTES, blockBytes = BLOCK_BYTES } = options;
    this.#cache = new RangeCache(
      (offset, length, signal) => this.#fetch(offset, length, signal),
      { cacheBytes, blockBytes: Math.max(1, Math.floor(blockBytes)), keptBytes: KEPT_BYTES },
    );
  }

  get validator(): string | undefined {
    return this.#version;
  }

  async size(options: ByteReadOptions = {}): Promise<number> {
    await this.#open(options.signal);
    return this.#size;
  }

  /** A file that grows has another entity tag each time; this source goes on to insist on its own. */
  async refresh(options: ByteReadOptions = {}): Promise<ByteSource> {
    const renewed = new HttpSource(this.#url, this.#options);
    await renewed.size(options);
    return renewed;
  }

  async read(offset: number, length: number, options: ByteReadOptions = {}): Promise<Uint8Array> {
    await this.#open(options.signal);
    const end = Math.min(offset + length, this.#size);
    if (end <= Math.max(offset, this.#head.length)) return this.#head.slice(offset, end);
    options.signal?.throwIfAborted();
    const bytes = await this.#cache.read(offset, end - offset, this.#size, options.signal);
    // What is kept belongs to the cache, and what is given to the caller.
    return end - offset > KEPT_BYTES ? bytes : bytes.slice();
  }

  async #open(signal?: AbortSignal): Promise<void> {
    while (true) {
      signal?.throwIfAborted();
      if (!this.#opening) {
        this.#openingSignal = signal;
        // A failed first request must not be remembered: the next read may succeed.
        this.#opening = this.#learn(signal).catch((error) => {
          this.#opening = undefined;
          throw error;
        });
      }
      const starter = this.#openingSignal;
      try {
        return await this.#opening;
      } catch (error) {
        // The reader that started the request gave up; those that wait for it did not.
        if (starter === signal || !starter?.aborted) throw error;
      }
    }
  }

  async #learn(signal?: AbortSignal): Promise<void> {
    const length = Math.max(1, this.#options.firstBytes ?? FIRST_BYTES);
    const wanted = () => ({ offset: 0, length });
    await this.#requests.get(wanted, {}, async (response, arrived, signal) => {
      const answer = { response, offset: 0, file: this.name, arrived, signal };
      switch (response.status) {
        case 206:
          await this.#learnRange(answer, length);
          break;
        case 200:
          this.#head = await wholeBody(answer, this.#options.maxWholeFileBytes ?? WHOLE_BYTES);
          this.#size = this.#head.length;
          break;
        case 416:
          // No byte 0 exists: the file is empty.
          void response.body?.cancel().catch(() => {});
          this.#head = new Uint8Array();
          this.#size = 0;
          break;
        default:
          throw this.#unexpected(response, 0, "200 or 206");
      }
      this.#version = versionOf(response);
    }, signal);
  }

  async #learnRange(answer: ReadAnswer, wanted: number): Promise<void> {
    const { response, arrived, signal } = answer;
    refuseEncoding(response, this.name, 0);
    const range = contentRange(response, this.name, 0);
    const target = new Uint8Array(
      range ? Math.min(wanted, rangeLength(range), range.size ?? wanted) : wanted,
    );
    let got = 0;
    const count = (bytes: number) => {
      got += bytes;
      arrived(bytes);
    };
    const filling = fillFromBody({ ...answer, arrived: count }, target);
    await filling.catch((error) => {
      // The rest can be fetched when it is needed.
      if (range?.size === undefined || got < LEAST_BYTES || !(error instanceof PassingError)) {
        throw error;
      }
    });
    const size = range?.size ?? await this.#announcedSize(response, signal);
    if ((range?.first ?? 0) !== 0) {
      throw new SourceError(
        `the server answered the range 0-${wanted - 1} with ${got} bytes from ${range!.first}`,
        { file: this.name, offset: 0 },
      );
    }
    const least = range ? Math.min(wanted, size, LEAST_BYTES) : Math.min(wanted, size);
    if (got < least) throw tooShort(answer, got, Math.min(wanted, size));
    this.#rangesHidden = range === undefined;
    this.#size = size;
    this.#head = target.subarray(0, Math.min(got, size));
  }

  /** The size as an answer without a range tells it. */
  async #announcedSize(response: Response, signal?: AbortSignal): Promise<number> {
    const size = await this.#requests.head((whole) => {
      const length = whole.headers.get("content-length");
      const same = versionOf(whole) === versionOf(response);
      return whole.status === 200 && length !== null && same ? Number(length) : NaN;
    }, signal).catch((error) => {
      if (error instanceof PassingError) return NaN;
      throw error;
    });
    if (Number.isSafeInteger(size)) return size;
    throw new SourceError(
      `the server's Content-Range "${response.headers.get("content-range") ?? ""}" does not tell ` +
        "the size of the file",
      { file: this.name, offset: 0 },
    );
  }

  /** A range of the file; a try goes on where the one before broke off. */
  async #fetch(offset: number, length: number, signal: AbortSignal): Promise<Uint8Array> {
    const target = new Uint8Array(length);
    // To another origin, a browser would have to ask for leave to send it, which few servers give.
    const version = isOtherOrigin(this.#url) ? undefined : ifRange(this.#version);
    let done = 0;
    const wanted = () => ({ offset: offset + done, length: length - done });
    const extra: Record<string, string> = version ? { "if-range": version } : {};
    while (done < length) {
      await this.#requests.get(wanted, extra, async (response, report, signal) => {
        const at = offset + done;
        const rest = target.subarray(done);
        const part = rest.subarray(0, this.#answeredBytes(response, at, rest.length));
        const arrived = (bytes: number) => {
          done += bytes;
          report(bytes);
        };
        const answer = { response, offset: at, file: this.name, arrived, signal };
        const got = await fillFromBody(answer, part);
        // Servers may answer with less than was asked for, but not with next to nothing for ever.
        if (got < Math.min(rest.length, Math.max(part.length, LEAST_BYTES))) {
          throw tooShort(answer, got, rest.length);
        }
      }, signal);
    }
    return target;
  }

  /**
   * How many of the bytes asked for an answer brings; one that is not the bytes from `at` on of the
   * file that was opened is refused.
   */
  #answeredBytes(response: Response, at: number, wanted: number): number {
    const { status } = response;
    if (status === 200 || status === 206) this.#checkVersion(response, at);
    if (status !== 206) throw this.#unexpected(response, at, "206");
    refuseEncoding(response, this.name, at);
    const range = contentRange(response, this.name, at);
    if (!range && this.#rangesHidden) return wanted;
    if (range?.size === undefined) {
      throw new SourceError(
        `the server's Content-Range "${response.headers.get("content-range") ?? ""}" does not ` +
          "tell the size of the file",
        { file: this.name, offset: at },
      );
    }
    if (range.first === at && range.size === this.#size) {
      const length = rangeLength(range);
      if (length > 0 && length <= wanted) return length;
      throw new SourceError(
        `the server announced bytes ${at} to ${range.last} when ${at} to ${at + wanted - 1} were ` +
          "asked for",
        { file: this.name, offset: at },
      );
    }
    throw new SourceChangedError(
      `the server answered with bytes from ${range.first} of ${range.size} when ${at} of ` +
        `${this.#size} were asked for; open the file again`,
      { file: this.name, offset: at },
    );
  }

  #checkVersion(response: Response, offset: number): void {
    const version = versionOf(response);
    if (this.#version !== undefined && version !== this.#version) {
      throw new SourceChangedError(
        `the file behind the address was replaced (${this.#version} became ${version}); ` +
          "open it again",
        { file: this.name, offset },
      );
    }
  }

  #unexpected(
    response: Response,
    offset: number,
    expected: string,
  ): SourceError | SourceChangedError {
    if (response.status === 416) {
      return new SourceChangedError(
        `the server no longer has bytes here (status 416); the file was ${this.#size} bytes long`,
        { file: this.name, offset },
      );
    }
    return new SourceError(
      `the server answered ${response.status} ${response.statusText}; ` +
        `a status of ${expected} was expected`,
      { file: this.name, offset },
    );
  }
}

/** Whether a page asks a server other than its own. */
function isOtherOrigin({ origin }: URL): boolean {
  const { location } = globalThis as { location?: { origin?: string } };
  return location !== undefined && location.origin !== origin;
}
