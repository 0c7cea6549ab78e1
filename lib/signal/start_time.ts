/**
 * Time stamps with the flags that say how to read them.
 *
 * @module
 */
import type { TimeStamp } from "../structure/measurement.ts";

const NS_PER_SECOND = 1_000_000_000n;
const NS_PER_MINUTE = 60n * NS_PER_SECOND;

/** `hd_time_flags` and `fh_time_flags`. */
const TIME_FLAG = { local: 1, offsetsValid: 2 } as const;

/**
 * A time stamp of the file: an instant in UTC, with the zone it was recorded in where the file tells
 * it; or the reading of a local clock whose zone the file does not tell.
 */
export class MdfTime {
  /**
   * Nanoseconds since 1970-01-01T00:00:00: of UTC, or of the local clock when `local` is true. No
   * offset is added.
   */
  readonly ns: bigint;
  /** Whether the file gives a local time and no zone. */
  readonly local: boolean;
  /** Time zone in minutes east of UTC; undefined where the file does not tell. */
  readonly zoneMinutes: number | undefined;
  /** What daylight saving adds to the zone, in minutes; undefined where the file does not tell. */
  readonly daylightMinutes: number | undefined;

  /** Reads a stored time stamp. */
  constructor(stamp: TimeStamp) {
    this.ns = BigInt(stamp.ns);
    this.local = (stamp.flags & TIME_FLAG.local) !== 0;
    // The two flags exclude each other; offsets beside a local time must not be considered.
    const known = !this.local && (stamp.flags & TIME_FLAG.offsetsValid) !== 0;
    this.zoneMinutes = known ? stamp.zoneMinutes : undefined;
    this.daylightMinutes = known ? stamp.daylightMinutes : undefined;
  }

  /** Minutes from UTC to the local clock, daylight saving included; undefined when not known. */
  get offsetMinutes(): number | undefined {
    return this.zoneMinutes === undefined ? undefined : this.zoneMinutes + this.daylightMinutes!;
  }

  /**
   * The instant as a `Date`, cut to milliseconds. Of a local time the instant is not known: the
   * `Date` then shows the local clock in its UTC fields (`getUTCHours` …).
   */
  toDate(): Date {
    return new Date(Number(this.ns / 1_000_000n));
  }

  /**
   * ISO 8601: the local clock with its offset where that is known (`2011-08-24T15:53:19+02:00`), UTC
   * with `Z`, or a local time without either. As many digits of the second as are needed.
   */
  toString(): string {
    const { offsetMinutes } = this;
    const wall = this.ns + BigInt(offsetMinutes ?? 0) * NS_PER_MINUTE;
    // BigInt division cuts towards zero; before 1970 the second still begins below.
    const fraction = ((wall % NS_PER_SECOND) + NS_PER_SECOND) % NS_PER_SECOND;
    const second = new Date(Number((wall - fraction) / 1_000_000n)).toISOString().slice(0, -5);
    const digits = String(fraction).padStart(9, "0").replace(/0+$/, "");
    const zone = this.local ? "" : offsetMinutes === undefined ? "Z" : offsetText(offsetMinutes);
    return second + (digits ? `.${digits}` : "") + zone;
  }

  /** The same text as `toString`. */
  toJSON(): string {
    return this.toString();
  }
}

function offsetText(minutes: number): string {
  const size = Math.abs(minutes);
  const two = (value: number) => String(value).padStart(2, "0");
  return `${minutes < 0 ? "-" : "+"}${two(Math.floor(size / 60))}:${two(size % 60)}`;
}
