/**
 * Errors of layouts, which name the channel.
 *
 * @module
 */
import {
  type CorruptFileError,
  LimitExceededError,
  type MdfError,
  type UnsupportedFeatureError,
} from "../errors.ts";
import type { ChannelModel } from "../structure/measurement.ts";

type ErrorKind =
  | typeof CorruptFileError
  | typeof LimitExceededError
  | typeof UnsupportedFeatureError;
/** Makes an error. */
export type Fail = (reason: string, kind: ErrorKind) => MdfError;

/** Makes errors that name the channel. */
export function failure(channel: ChannelModel, file?: string): Fail {
  return (reason, Kind) =>
    new Kind(`channel "${channel.name}": ${reason}`, { file, block: "CN", offset: channel.offset });
}

/** Gives what `make` makes; where that is too much, it throws a RangeError that becomes an `MdfError`. */
export function withinLimits<T>(make: () => T, fail: Fail): T {
  try {
    return make();
  } catch (error) {
    if (error instanceof RangeError) throw fail(error.message, LimitExceededError);
    throw error;
  }
}
