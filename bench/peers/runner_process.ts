/**
 * A process that serves a peer: asked one thing at a time, and ended when it does not answer.
 *
 * @module
 */
import { TextLineStream } from "@std/streams";
import type { Checked, Failed, Prepared, Request, Turn } from "./protocol.ts";

/** A peer did not do what it was asked; the message is the reason that the table gives. */
export class PeerError extends Error {
  override name = "PeerError";
}

/** How a process is started. */
export interface RunnerCommand {
  program: string;
  args: string[];
  env?: Record<string, string>;
}

interface AnswerTo {
  prepare: Prepared;
  check: Checked;
  turn: Turn;
}

const KEPT_LINES = 20;

/** A running process of a peer. */
export class RunnerProcess {
  readonly #child: Deno.ChildProcess;
  readonly #answers: ReadableStreamDefaultReader<string>;
  readonly #requests: WritableStreamDefaultWriter<Uint8Array>;
  readonly #complaints: string[] = [];
  readonly #heard: Promise<void>;

  /** Starts it; whether it works shows with the first answer. */
  constructor({ program, args, env }: RunnerCommand) {
    this.#child = new Deno.Command(program, {
      args,
      env: { NO_COLOR: "1", ...env },
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    this.#answers = linesOf(this.#child.stdout).getReader();
    this.#requests = this.#child.stdin.getWriter();
    this.#heard = this.#listen();
  }

  /**
   * Asks, and waits at most `limitMs` for the answer.
   *
   * @throws {PeerError} If there is none, or it says that something failed.
   */
  async ask<Kind extends keyof AnswerTo>(
    request: Request & { do: Kind },
    limitMs: number,
  ): Promise<AnswerTo[Kind]> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<"late">((resolve) => {
      timer = setTimeout(() => resolve("late"), limitMs);
    });
    try {
      const line = await Promise.race([this.#exchange(request), late]);
      if (line === "late") {
        this.#kill();
        throw new PeerError(`no answer within ${limitMs / 1000} s`);
      }
      return readAnswer(line) as AnswerTo[Kind];
    } finally {
      clearTimeout(timer);
    }
  }

  /** Ends the process. */
  async close(): Promise<void> {
    this.#kill();
    await this.#child.status;
    await this.#answers.cancel().catch(() => {});
    await this.#requests.close().catch(() => {}); // its end may be gone
    await this.#heard;
  }

  async #exchange(request: Request): Promise<string> {
    // A process that has ended refuses this, and then says why below.
    await this.#requests.write(new TextEncoder().encode(JSON.stringify(request) + "\n"))
      .catch(() => {});
    const { done, value } = await this.#answers.read();
    if (!done) return value;
    const { code, signal } = await this.#child.status;
    await this.#heard;
    const last = this.#complaints.findLast((line) => line.trim() !== "");
    throw new PeerError(
      `the process ended with ${signal ?? `exit code ${code}`}` + (last ? `: ${last.trim()}` : ""),
    );
  }

  async #listen(): Promise<void> {
    for await (const line of linesOf(this.#child.stderr)) {
      this.#complaints.push(line);
      if (this.#complaints.length > KEPT_LINES) this.#complaints.shift();
    }
  }

  #kill(): void {
    try {
      this.#child.kill("SIGKILL");
    } catch {
      // It has ended by itself.
    }
  }
}

function linesOf(stream: ReadableStream<Uint8Array<ArrayBuffer>>): ReadableStream<string> {
  return stream.pipeThrough(new TextDecoderStream()).pipeThrough(new TextLineStream());
}

function readAnswer(line: string): Prepared | Checked | Turn {
  let answer: (Prepared | Checked | Turn) | Failed;
  try {
    answer = JSON.parse(line);
  } catch {
    throw new PeerError(`its answer is not JSON: ${line.slice(0, 80)}`);
  }
  if ("error" in answer) throw new PeerError(answer.error);
  return answer;
}
