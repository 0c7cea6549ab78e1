import { format } from "@std/fmt/bytes";

/** A size to read: three digits, and 999,952 as `1 MB` where the formatter alone gives `1000 kB`. */
export function describeBytes(bytes: number): string {
  return format(Number(bytes.toPrecision(3)));
}
