/**
 * Time stamps in words.
 *
 * @module
 */
import type { MdfTime } from "../../lib/signal/start_time.ts";

/** The time as text, also where no calendar goes as far as a damaged file says. */
export function timeText(time: MdfTime): string {
  try {
    return time.toString();
  } catch (error) {
    if (error instanceof RangeError) return `${time.ns} ns since 1970`;
    throw error;
  }
}

/** What a time stamp says about its zone. */
export function zoneWords({ local, zoneMinutes, daylightMinutes }: MdfTime): string {
  if (local) return "local time of an unknown zone";
  if (zoneMinutes === undefined) return "UTC; the file tells no zone";
  if (zoneMinutes === 0 && !daylightMinutes) return "zone of UTC";
  const saving = daylightMinutes ? `, of which daylight saving ${hours(daylightMinutes)}` : "";
  return `zone ${signed(zoneMinutes + (daylightMinutes ?? 0))} from UTC${saving}`;
}

function signed(minutes: number): string {
  return minutes < 0 ? `-${hours(-minutes)}` : `+${hours(minutes)}`;
}

function hours(minutes: number): string {
  return minutes % 60 === 0 ? `${minutes / 60} h` : `${minutes} min`;
}
