/**
 * Problems as data and as errors.
 *
 * @module
 */
import {
  CorruptFileError,
  LimitExceededError,
  MdfError,
  type MdfErrorPlace,
  TruncatedFileError,
  UnsupportedFeatureError,
} from "../errors.ts";
import type { Problem } from "./measurement.ts";

/** An error about the file as data; any other error is thrown on. */
export function asProblem(error: unknown): Problem {
  if (error instanceof MdfError) {
    const { code, reason, block, offset, path } = error;
    if (code === "corrupt" || code === "limit" || code === "truncated" || code === "unsupported") {
      return { code, reason, block, offset, path };
    }
  }
  throw error;
}

/** The typed error that a problem stands for. */
export function problemError(problem: Problem, file?: string): MdfError {
  const place: MdfErrorPlace = {
    file,
    block: problem.block,
    offset: problem.offset,
    path: problem.path,
  };
  switch (problem.code) {
    case "corrupt":
      return new CorruptFileError(problem.reason, place);
    case "limit":
      return new LimitExceededError(problem.reason, place);
    case "truncated":
      return new TruncatedFileError(problem.reason, place);
    case "unsupported":
      return new UnsupportedFeatureError(problem.reason, place);
  }
}
