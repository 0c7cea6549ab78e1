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
  readonly #url: URL;
  readonly #options: HttpSourceOptions;
  #opening?: Promise<void>;
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

  async read(offset: number, length: number, options: ByteReadOptions = {}): Promise<Uint8Array> {
    await this.#open(options.signal);
    const end = Math.min(offset + length, this.#size);
    if (end <= this.#head.length) return this.#head.slice(offset, end);
    const response = await this.#request(offset, end - 1, options.signal);
    if (response.status !== 206) {
      await response.body?.cancel();
      throw this.#unexpected(response, offset);
    }
    this.#checkVersion(response, offset);
    const [start, total] = this.#contentRange(response, offset);
    if (start !== offset || total !== this.#size) {
      await response.body?.cancel();
      throw new SourceChangedError(
        `the server answered with bytes from ${start} of ${total} when ${offset} of ${this.#size} ` +
          "were asked for; open the file again",
        { file: this.name, offset },
      );
    }
    const bytes = await this.#body(response, offset);
    if (bytes.length !== end - offset) {
      throw new SourceError(`the server sent ${bytes.length} bytes instead of ${end - offset}`, {
        file: this.name,
        offset,
      });
    }
    return bytes;
  }

  #open(signal?: AbortSignal): Promise<void> {
    // A failed first request must not be remembered: the next read may succeed.
    this.#opening ??= this.#learn(signal).catch((error) => {
      this.#opening = undefined;
      throw error;
    });
    return this.#opening;
  }

  async #learn(signal?: AbortSignal): Promise<void> {
    const wanted = Math.max(1, this.#options.firstBytes ?? 65536);
    const response = await this.#request(0, wanted - 1, signal);
    if (response.status === 206) {
      const [start, total] = this.#contentRange(response, 0);
      const bytes = await this.#body(response, 0);
      if (start !== 0 || bytes.length !== Math.min(wanted, total)) {
        throw new SourceError(
          `the server answered the range 0-${wanted - 1} with ${bytes.length} bytes from ${start}`,
          { file: this.name, offset: 0 },
        );
      }
      this.#size = total;
      this.#head = bytes;
    } else if (response.status === 200) {
      this.#head = await this.#wholeBody(response);
      this.#size = this.#head.length;
    } else if (response.status === 416) {
      // No byte 0 exists: the file is empty.
      await response.body?.cancel();
      this.#size = 0;
    } else {
      await response.body?.cancel();
      throw this.#unexpected(response, 0);
    }
    this.#version = versionOf(response);
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

  async #body(response: Response, offset: number): Promise<Uint8Array<ArrayBuffer>> {
    try {
      return new Uint8Array(await response.arrayBuffer());
    } catch (error) {
      if (error instanceof DOMException && error.name === "AbortError") throw error;
      throw new SourceError("the connection broke off while bytes were on their way", {
        file: this.name,
        offset,
      }, error);
    }
  }

  async #wholeBody(response: Response): Promise<Uint8Array<ArrayBuffer>> {
    const limit = this.#options.maxWholeFileBytes ?? 256 * 1024 * 1024;
    const parts: Uint8Array[] = [];
    let length = 0;
    for await (const part of response.body ?? []) {
      length += part.length;
      if (length > limit) {
        throw new SourceError(
          `the server ignores range requests and the file is larger than ${limit} bytes; ` +
            "download it first, or raise maxWholeFileBytes",
          { file: this.name },
        );
      }
      parts.push(part);
    }
    const whole = new Uint8Array(length);
    let at = 0;
    for (const part of parts) {
      whole.set(part, at);
      at += part.length;
    }
    return whole;
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

  #unexpected(response: Response, offset: number): SourceError | SourceChangedError {
    if (response.status === 416) {
      return new SourceChangedError(
        `the server no longer has bytes here (status 416); the file was ${this.#size} bytes long`,
        { file: this.name, offset },
      );
    }
    return new SourceError(
      `the server answered ${response.status} ${response.statusText}; ` +
        "a status of 200 or 206 was expected",
      { file: this.name, offset },
    );
  }
}

function versionOf(response: Response): string | undefined {
  const tag = response.headers.get("etag");
  if (tag) return `etag ${tag}`;
  const modified = response.headers.get("last-modified");
  return modified ? `modified ${modified}` : undefined;
}
