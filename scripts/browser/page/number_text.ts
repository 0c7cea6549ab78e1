/**
 * Numbers as they are shown.
 *
 * @module
 */

/** A value to read: integers in full, others with seven digits. */
export function valueNumber(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  if (Number.isInteger(value) && Math.abs(value) < 1e15) return value.toLocaleString("en");
  const size = Math.abs(value);
  if (size >= 1e9 || size < 1e-4) return value.toExponential(6).replace(/\.?0+e/, "e");
  return value.toLocaleString("en", { maximumSignificantDigits: 7 });
}

/** The label of a tick, with as many decimals as its distance to the next needs. */
export function tickText(value: number, distance: number): string {
  const size = Math.abs(value);
  // Digits behind the first that tell neighbours apart.
  const digits = Math.max(3, Math.min(Math.ceil(Math.log10(size / distance)), 16));
  const large = size >= (digits > 4 ? 1e15 : 1e9) || (size > 0 && distance >= 1e8);
  if (large || (size > 0 && size < 1e-5)) {
    return value.toExponential(digits).replace(/\.?0+e/, "e");
  }
  let decimals = 0;
  // Distances are 1, 2, 2.5 or 5 times a power of ten.
  while (decimals < 12 && !isWhole(distance * 10 ** decimals)) decimals++;
  return value.toLocaleString("en", {
    minimumFractionDigits: decimals,
    maximumFractionDigits: decimals,
  });
}

function isWhole(value: number): boolean {
  return Math.abs(value - Math.round(value)) < 1e-6;
}

const UNITS = ["B", "kB", "MB", "GB", "TB"];

/** A number of bytes: `1.2 MB`. */
export function byteText(bytes: number): string {
  let value = bytes;
  let unit = 0;
  // 999.5 would be rounded to four digits.
  while (value >= 999.5 && unit < UNITS.length - 1) {
    value /= 1000;
    unit++;
  }
  const digits = unit === 0 ? value : Number(value.toPrecision(3));
  return `${digits.toLocaleString("en")} ${UNITS[unit]}`;
}

/** A part of a whole: `0.4 %`. */
export function shareText(part: number, whole: number): string {
  if (whole === 0) return "";
  const percent = (100 * part) / whole;
  if (percent > 0 && percent < 0.1) return "under 0.1 %";
  return `${percent.toLocaleString("en", { maximumFractionDigits: percent < 10 ? 1 : 0 })} %`;
}
