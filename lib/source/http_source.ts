/**
 * Bytes of a file behind HTTP, fetched by range requests.
 *
 * @module
 */
import { SourceChangedError, SourceError } from "../errors.ts";
import type { ByteReadOptions, ByteSource } from "./byte_source.ts";

/** Settings of {@link httpSource}. */
export interface HttpSourceOptions {
  /** Headers sent with every request, for example an authorization. */
  headers?: HeadersInit;
  /** Bytes asked for by the first request, which also learns the size. Default 64 KiB. */
  firstBytes?: number;
  /**
   * Largest file, in bytes, that is held in memory when the server ignores ranges and sends all of
   * it. Default 256 MiB.
   */
  maxWholeFileBytes?: number;
  /** Stands in for the global `fetch`. */
  fetch?: typeof fetch;
}

/**
 * Reads a file over HTTP. The first request fetches the start of the file and learns its size; each
 * further read is one range request. A server that ignores ranges (status 200) is read once, whole.
 * Should the file be replaced in between, reads throw {@link SourceChangedError}.
 */
export function httpSource(url: string | URL, options: HttpSourceOptions = {}): ByteSource {
  return new HttpSource(new URL(url), options);
}

class HttpSource implements ByteSource {
  readonly name: string;
  readonly distant = true;
  readonly #url: URL;
  readonly #options: HttpSourceOptions;
  #opening?: Promise<void>;
  #openingSignal?: AbortSignal;
  #size = 0;
  #head = new Uint8Array();
  #version?: string;

  constructor(url: URL, options: HttpSourceOptions) {
    this.#url = url;
    this.name = url.href;
    this.#options = options;
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
    const response = await this.#request(offset, end - 1, options.signal);
    return await orCancel(response, async () => {
      if (response.status !== 206) throw this.#unexpected(response, offset, "206");
      this.#checkVersion(response, offset);
      const [start, total] = this.#contentRange(response, offset);
      if (start !== offset || total !== this.#size) {
        throw new SourceChangedError(
          `the server answered with bytes from ${start} of ${total} when ${offset} of ` +
            `${this.#size} were asked for; open the file again`,
          { file: this.name, offset },
        );
      }
      const bytes = await this.#body(response, offset, options.signal);
      if (bytes.length !== end - offset) {
        throw new SourceError(`the server sent ${bytes.length} bytes instead of ${end - offset}`, {
          file: this.name,
          offset,
        });
      }
      return bytes;
    });
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
    const wanted = Math.max(1, this.#options.firstBytes ?? 65536);
    const response = await this.#request(0, wanted - 1, signal);
    await orCancel(response, async () => {
      if (response.status === 206) {
        const [start, total] = this.#contentRange(response, 0);
        const bytes = await this.#body(response, 0, signal);
        if (start !== 0 || bytes.length !== Math.min(wanted, total)) {
          throw new SourceError(
            `the server answered the range 0-${wanted - 1} with ${bytes.length} bytes from ` +
              `${start}`,
            { file: this.name, offset: 0 },
          );
        }
        this.#size = total;
        this.#head = bytes;
      } else if (response.status === 200) {
        this.#head = await this.#wholeBody(response, signal);
        this.#size = this.#head.length;
      } else if (response.status === 416) {
        // No byte 0 exists: the file is empty.
        await response.body?.cancel();
        this.#size = 0;
      } else {
        throw this.#unexpected(response, 0, "200 or 206");
      }
      this.#version = versionOf(response);
    });
  }

  async #request(first: number, last: number, signal?: AbortSignal): Promise<Response> {
    const headers = new Headers(this.#options.headers);
    headers.set("range", `bytes=${first}-${last}`);
    headers.set("accept-encoding", "identity");
    try {
      return await (this.#options.fetch ?? fetch)(this.#url, { headers, signal: signal ?? null });
    } catch (error) {
      signal?.throwIfAborted();
      throw new SourceError(
        "the request failed; check the address, the connection and --allow-net",
        { file: this.name, offset: first },
        error,
      );
    }
  }

  async #body(
    response: Response,
    offset: number,
    signal?: AbortSignal,
  ): Promise<Uint8Array<ArrayBuffer>> {
    try {
      return new Uint8Array(await response.arrayBuffer());
    } catch (error) {
      throw this.#brokenOff(error, offset, signal);
    }
  }

  async #wholeBody(response: Response, signal?: AbortSignal): Promise<Uint8Array<ArrayBuffer>> {
    const limit = this.#options.maxWholeFileBytes ?? 256 * 1024 * 1024;
    const tooLarge = () =>
      new SourceError(
        `the server ignores range requests and the file is larger than ${limit} bytes; ` +
          "download it first, or raise maxWholeFileBytes",
        { file: this.name },
      );
    if (Number(response.headers.get("content-length")) > limit) throw tooLarge();
    const parts: Uint8Array[] = [];
    let length = 0;
    const reader = response.body?.getReader();
    while (reader) {
      const { done, value } = await reader.read().catch((error) => {
        throw this.#brokenOff(error, length, signal);
      });
      if (done) break;
      length += value.length;
      if (length > limit) {
        await reader.cancel();
        throw tooLarge();
      }
      parts.push(value);
    }
    const whole = new Uint8Array(length);
    let at = 0;
    for (const part of parts) {
      whole.set(part, at);
      at += part.length;
    }
    return whole;
  }

  #brokenOff(error: unknown, offset: number, signal?: AbortSignal): SourceError {
    signal?.throwIfAborted();
    return new SourceError("the connection broke off while bytes were on their way", {
      file: this.name,
      offset,
    }, error);
  }

  #contentRange(response: Response, offset: number): [start: number, total: number] {
    const text = response.headers.get("content-range") ?? "";
    const match = /^bytes (\d+)-\d+\/(\d+)$/.exec(text);
    if (!match) {
      throw new SourceError(
        `the server's Content-Range "${text}" does not tell the size of the file`,
        { file: this.name, offset },
      );
    }
    return [Number(match[1]), Number(match[2])];
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

/** Runs `use`; should it fail, the rest of the answer is not fetched. */
async function orCancel<T>(response: Response, use: () => Promise<T>): Promise<T> {
  try {
    return await use();
  } catch (error) {
    // A body that is being read, or that failed, cannot be cancelled and need not be.
    await response.body?.cancel().catch(() => {});
    throw error;
  }
}

function versionOf(response: Response): string | undefined {
  const tag = response.headers.get("etag");
  if (tag) return `etag ${tag}`;
  const modified = response.headers.get("last-modified");
  return modified ? `modified ${modified}` : undefined;
}
