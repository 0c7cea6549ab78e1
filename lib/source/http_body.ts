/**
 * Bodies of a server's answers, read to their end or given up.
 *
 * @module
 */
import { SourceError } from "../errors.ts";
import { PassingError } from "./http_request.ts";

/** An answer that is being read. */
export interface ReadAnswer {
  readonly response: Response;
  /** First byte of the file that it brings. */
  readonly offset: number;
  /** Name of the file in errors. */
  readonly file: string;
  /** Told of bytes as they come. */
  arrived(bytes: number): void;
  /** Ends the reading. */
  readonly signal: AbortSignal;
}

/**
 * Fills `target` with the body; gives the number of bytes, which may be too few.
 *
 * @throws {SourceError} when there are more
 */
export async function fillFromBody(answer: ReadAnswer, target: Uint8Array): Promise<number> {
  let done = 0;
  for await (const chunk of chunksOf(answer)) {
    if (done + chunk.length > target.length) {
      throw new SourceError(
        `the server sent more than the ${target.length} bytes that were asked for`,
        { file: answer.file, offset: answer.offset },
      );
    }
    target.set(chunk, done);
    done += chunk.length;
    answer.arrived(chunk.length);
  }
  return done;
}

/**
 * All bytes of a file whose server ignores ranges.
 *
 * @throws {SourceError} when there are more than `limit`
 */
export async function wholeBody(
  answer: ReadAnswer,
  limit: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const { file, response: { headers } } = answer;
  const tooLarge = () =>
    new SourceError(
      `the server ignores range requests and the file is larger than ${limit} bytes; ` +
        "download it first, or raise maxWholeFileBytes",
      { file },
    );
  const announced = headers.get("content-encoding") ? null : headers.get("content-length");
  if (Number(headers.get("content-length")) > limit) throw tooLarge();
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of chunksOf(answer)) {
    length += chunk.length;
    if (length > limit) throw tooLarge();
    parts.push(chunk);
    answer.arrived(chunk.length);
  }
  if (announced !== null && Number(announced) !== length) {
    throw tooShort(answer, length, Number(announced));
  }
  const whole = joined(parts, length);
  // Whether the runtime has undone it already is told by the bytes alone.
  const packed = /^(x-)?gzip$/i.test(headers.get("content-encoding") ?? "") &&
    whole[0] === 0x1f && whole[1] === 0x8b;
  return packed ? await unpacked(answer, whole, limit, tooLarge) : whole;
}

async function unpacked(
  answer: ReadAnswer,
  packed: Uint8Array<ArrayBuffer>,
  limit: number,
  tooLarge: () => SourceError,
): Promise<Uint8Array<ArrayBuffer>> {
  const { file, offset } = answer;
  const reader = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"))
    .getReader();
  const parts: Uint8Array[] = [];
  let length = 0;
  while (true) {
    const { done, value } = await reader.read().catch((error) => {
      throw new PassingError(
        new SourceError(
          "the server compresses the file (Content-Encoding gzip), and what came is damaged; " +
            "switch that off for measurement files",
          { file, offset },
          error,
        ),
      );
    });
    if (done) return joined(parts, length);
    length += value.length;
    if (length > limit) {
      void reader.cancel().catch(() => {});
      throw tooLarge();
    }
    parts.push(value);
  }
}

function joined(parts: readonly Uint8Array[], length: number): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** Fewer bytes came than were announced. */
export function tooShort(answer: ReadAnswer, got: number, wanted: number): PassingError {
  const { file, offset } = answer;
  return new PassingError(
    new SourceError(`the server sent ${got} bytes instead of ${wanted}`, { file, offset }),
  );
}

async function* chunksOf(answer: ReadAnswer): AsyncGenerator<Uint8Array> {
  const { response, offset, file, signal } = answer;
  const reader = response.body?.getReader();
  if (!reader) return;
  // Not waited for: a stream of a caller's own `fetch` may be as deaf to this as to the signal.
  const giveUp = () => void reader.cancel(signal.reason).catch(() => {});
  signal.addEventListener("abort", giveUp);
  let ended = false;
  try {
    while (true) {
      const { done, value } = await reader.read().catch((error) => {
        ended = true;
        signal.throwIfAborted();
        throw new PassingError(
          new SourceError("the connection broke off while bytes were on their way", {
            file,
            offset,
          }, error),
        );
      });
      signal.throwIfAborted();
      if (done) {
        ended = true;
        return;
      }
      yield value;
    }
  } finally {
    signal.removeEventListener("abort", giveUp);
    if (!ended) giveUp();
  }
}
