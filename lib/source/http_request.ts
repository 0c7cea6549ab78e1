/**
 * Requests over HTTP that are tried again when what failed may pass, and that never hang.
 *
 * @module
 */
import { SourceError } from "../errors.ts";
import { credentialsOf, isPassing, retryAfter, withoutSecrets } from "./http_answer.ts";
import { pause } from "./pause.ts";

/** What became of one request, for who observes them. */
export interface HttpRequestReport {
  /** First byte asked for. */
  readonly offset: number;
  /** Bytes asked for. */
  readonly length: number;
  /** Bytes that came. */
  readonly bytes: number;
  /** Status of the answer; undefined where there was none. */
  readonly status?: number;
  /** 1 for the first try. */
  readonly attempt: number;
  /** Milliseconds until the last byte, or until it failed. */
  readonly durationMs: number;
  /** Why it failed. */
  readonly error?: unknown;
}

/** How requests are made. */
export interface HttpRequestOptions {
  /**
   * Headers of every request, such as an authorization; a function is asked before each, for those
   * that run out.
   */
  headers?: HeadersInit | (() => HeadersInit | Promise<HeadersInit>);
  /** Stands in for the global `fetch`. */
  fetch?: typeof fetch;
  /** How often a request is tried again that failed for a reason that may pass. Default 4. */
  retries?: number;
  /** Milliseconds before the second try; they double with each, and vary by a half. Default 250. */
  retryDelayMs?: number;
  /** Milliseconds that may go by without a byte. Default 30,000. */
  timeoutMs?: number;
  /** Told of every request when it has ended. */
  onRequest?: (report: HttpRequestReport) => void;
}

/** A range of a file: first byte, bytes. */
export interface WantedRange {
  readonly offset: number;
  readonly length: number;
}

/** Uses an answer; `arrived` is to be called for the bytes that came, `signal` ends it. */
export type AnswerUse<T> = (
  response: Response,
  arrived: (bytes: number) => void,
  signal: AbortSignal,
) => Promise<T>;

/** Longest pause between tries; a server that asks for more is not waited for. */
const MOST_DELAY_MS = 30_000;
/** A connection that broke off after so many bytes is not one that fails for ever. */
const PROGRESS_BYTES = 16 * 1024;

/** A failure after which another try may go better. */
export class PassingError extends Error {
  /** What is thrown when no try went better. */
  readonly error: SourceError;
  /** Milliseconds that the server asks to wait for. */
  readonly delay?: number;

  /** Wraps the error. */
  constructor(error: SourceError, delay?: number) {
    super(error.message);
    this.error = error;
    this.delay = delay;
  }
}

/** Makes requests for one address. */
export class HttpRequests {
  readonly #url: URL;
  readonly #credentials?: string;
  readonly #name: string;
  readonly #options: HttpRequestOptions;

  /** `name` stands for the address in errors. */
  constructor(url: URL, name: string, options: HttpRequestOptions) {
    // Most runtimes refuse addresses with credentials.
    this.#credentials = credentialsOf(url);
    this.#url = new URL(url);
    this.#url.username = "";
    this.#url.password = "";
    this.#name = name;
    this.#options = options;
  }

  /**
   * Asks for a range and has the answer used. `wanted` is asked again for each try, so that one goes
   * on where the one before broke off.
   *
   * @throws {SourceError} when no try succeeds
   */
  async get<T>(
    wanted: () => WantedRange,
    extra: Readonly<Record<string, string>>,
    use: AnswerUse<T>,
    signal?: AbortSignal,
  ): Promise<T> {
    const { retries = 4, retryDelayMs = 250 } = this.#options;
    let failures = 0;
    for (let attempt = 1;; attempt++) {
      const range = wanted();
      try {
        return await this.#try(range, extra, attempt, use, signal);
      } catch (error) {
        signal?.throwIfAborted();
        if (!(error instanceof PassingError)) throw error;
        // Bytes that have to be fetched again are no progress.
        if (wanted().offset - range.offset >= PROGRESS_BYTES) failures = 0;
        failures++;
        const delay = error.delay ??
          retryDelayMs * 2 ** (failures - 1) * (0.75 + Math.random() / 2);
        if (failures > retries || delay > MOST_DELAY_MS) throw afterTries(error.error, attempt);
        await pause(delay, signal);
      }
    }
  }

  /** Asks for the headers alone. */
  head<T>(use: (response: Response) => T, signal?: AbortSignal): Promise<T> {
    const range = { offset: 0, length: 0 };
    return this.#try(range, {}, 1, (response) => Promise.resolve(use(response)), signal, "HEAD");
  }

  async #try<T>(
    range: WantedRange,
    extra: Readonly<Record<string, string>>,
    attempt: number,
    use: AnswerUse<T>,
    signal?: AbortSignal,
    method = "GET",
  ): Promise<T> {
    const { timeoutMs = 30_000, onRequest } = this.#options;
    const { offset, length } = range;
    const started = performance.now();
    const watch = new Watch(timeoutMs, signal);
    let bytes = 0;
    let status: number | undefined;
    let problem: unknown;
    try {
      const asking = this.#fetch(range, extra, method, watch.signal);
      const response = await untilAborted(asking, watch.signal);
      status = response.status;
      watch.alive();
      return await orCancel(response, async () => {
        if (isPassing(response.status)) {
          throw new PassingError(this.#refused(response, offset), retryAfter(response));
        }
        return await use(response, (more) => {
          bytes += more;
          watch.alive();
        }, watch.signal);
      });
    } catch (thrown) {
      const late = watch.expired && !signal?.aborted;
      const error = late ? new PassingError(this.#silent(timeoutMs, offset, thrown)) : thrown;
      problem = error instanceof PassingError ? error.error : error;
      signal?.throwIfAborted();
      throw error;
    } finally {
      watch.end();
      const durationMs = performance.now() - started;
      onRequest?.({ offset, length, bytes, status, attempt, durationMs, error: problem });
    }
  }

  async #fetch(
    { offset, length }: WantedRange,
    extra: Readonly<Record<string, string>>,
    method: string,
    signal: AbortSignal,
  ): Promise<Response> {
    const { headers: given, fetch: ask = fetch } = this.#options;
    const headers = new Headers(typeof given === "function" ? await given() : given);
    if (length > 0) headers.set("range", `bytes=${offset}-${offset + length - 1}`);
    headers.set("accept-encoding", "identity");
    if (this.#credentials && !headers.has("authorization")) {
      headers.set("authorization", this.#credentials);
    }
    for (const [name, value] of Object.entries(extra)) headers.set(name, value);
    try {
      return await ask(this.#url, { method, headers, signal });
    } catch (error) {
      throw new PassingError(
        new SourceError(
          "the request failed; check the address, the connection and --allow-net",
          { file: this.#name, offset },
          withoutSecrets(error, this.#url, this.#name),
        ),
      );
    }
  }

  #refused({ status, statusText }: Response, offset: number): SourceError {
    return new SourceError(
      `the server answered ${status} ${statusText}; it may be busy, try again later`,
      { file: this.#name, offset },
    );
  }

  #silent(timeoutMs: number, offset: number, cause: unknown): SourceError {
    return new SourceError(
      `the server sent nothing for ${timeoutMs} ms; try again later, or raise timeoutMs`,
      { file: this.#name, offset },
      cause,
    );
  }
}

/** Gives up on an answer that does not come on. */
class Watch {
  /** Cancels the request. */
  readonly signal: AbortSignal;
  expired = false;
  readonly #timeoutMs: number;
  readonly #controller = new AbortController();
  readonly #outer?: AbortSignal;
  readonly #onAbort: () => void;
  #timer: ReturnType<typeof setTimeout>;

  constructor(timeoutMs: number, outer?: AbortSignal) {
    this.#timeoutMs = timeoutMs;
    this.#outer = outer;
    this.signal = this.#controller.signal;
    this.#onAbort = () => this.#controller.abort(outer!.reason);
    outer?.addEventListener("abort", this.#onAbort);
    if (outer?.aborted) this.#onAbort();
    this.#timer = this.#start();
  }

  #start(): ReturnType<typeof setTimeout> {
    return setTimeout(() => {
      this.expired = true;
      this.#controller.abort(new DOMException("no answer in time", "TimeoutError"));
    }, this.#timeoutMs);
  }

  /** Something came. */
  alive(): void {
    clearTimeout(this.#timer);
    this.#timer = this.#start();
  }

  end(): void {
    clearTimeout(this.#timer);
    this.#outer?.removeEventListener("abort", this.#onAbort);
  }
}

/** Runs `use`; should it fail, the rest of the answer is not fetched. */
async function orCancel<T>(response: Response, use: () => Promise<T>): Promise<T> {
  try {
    return await use();
  } catch (error) {
    drop(response);
    throw error;
  }
}

/** Gives up the rest of an answer; one that is being read, or that failed, need not be. */
function drop(response: Response): void {
  void response.body?.cancel().catch(() => {});
}

/** An answer, unless the signal comes first: a caller's own `fetch` or headers may not mind it. */
function untilAborted(answer: Promise<Response>, signal: AbortSignal): Promise<Response> {
  return new Promise((resolve, reject) => {
    const stop = () => reject(signal.reason);
    if (signal.aborted) stop();
    signal.addEventListener("abort", stop, { once: true });
    answer.then((response) => signal.aborted ? drop(response) : resolve(response), reject);
  });
}

function afterTries(error: SourceError, tries: number): SourceError {
  if (tries === 1) return error;
  const { file, offset } = error;
  return new SourceError(`${error.reason}; ${tries} tries failed`, { file, offset }, error.cause);
}
