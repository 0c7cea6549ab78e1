/**
 * CANopen date and time values (CiA 301) as `Date`.
 *
 * @module
 */

const MILLISECONDS_PER_DAY = 86_400_000;
/** 1984-01-01T00:00:00Z, from which CANopen counts days. */
const CANOPEN_EPOCH = Date.UTC(1984, 0, 1);

/**
 * Seven bytes: milliseconds (16 bits), minute (6 bits), hour (5 bits, bit 7 summer time), day of month
 * (5 bits, then day of week), month (6 bits), year (7 bits). The value carries no time zone, so it is
 * given as UTC. Years below 84 belong to 2000.
 */
export function canopenDate(bytes: Uint8Array): Date {
  const milliseconds = bytes[0] | (bytes[1] << 8);
  const year = bytes[6] & 0x7f;
  return new Date(Date.UTC(
    year + (year < 84 ? 2000 : 1900),
    (bytes[5] & 0x3f) - 1,
    bytes[4] & 0x1f,
    bytes[3] & 0x1f,
    bytes[2] & 0x3f,
    0,
    milliseconds,
  ));
}

/** Six bytes: milliseconds after midnight (28 bits), days since 1984-01-01 (16 bits). */
export function canopenTime(bytes: Uint8Array): Date {
  const milliseconds = (bytes[0] | (bytes[1] << 8) | (bytes[2] << 16) | (bytes[3] << 24)) &
    0x0fffffff;
  const days = bytes[4] | (bytes[5] << 8);
  return new Date(CANOPEN_EPOCH + days * MILLISECONDS_PER_DAY + milliseconds);
}
