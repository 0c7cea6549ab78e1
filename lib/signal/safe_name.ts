/**
 * File names out of a file, made safe to write.
 *
 * @module
 */

/** Names that Windows gives to devices, with any extension. */
const DEVICE = /^(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$|clock\$)(?:\.|$)/i;
/**
 * Characters that some file system refuses or reads as more than a name, control characters, and
 * marks that turn the direction of writing to hide an extension.
 */
// deno-lint-ignore no-control-regex
const UNSAFE = /[\u0000-\u001f\u007f-\u009f<>:"|?*\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;
/** Longest name that common file systems take, in bytes of UTF-8. */
const MOST_BYTES = 240;

/**
 * A plain file name out of a path that a file tells: its last part, without anything that leads out of
 * a folder or names a device. `fallback` stands in where nothing is left.
 */
export function safeFileName(stored: string, fallback: string): string {
  const last = stored.split(/[\\/]/).pop() ?? "";
  // Windows drops dots and blanks at the end, so they could turn a name into a refused one.
  const name = last.toWellFormed().replace(UNSAFE, "_").trimStart().replace(/[. ]+$/, "");
  if (name === "") return fallback;
  return shorten(DEVICE.test(name) ? `_${name}` : name);
}

/** Cuts the part before the extension until the name fits. */
function shorten(name: string): string {
  const bytes = (text: string) => new TextEncoder().encode(text).length;
  if (bytes(name) <= MOST_BYTES) return name;
  const dot = name.lastIndexOf(".");
  const extension = dot > 0 && bytes(name.slice(dot)) <= 32 ? name.slice(dot) : "";
  const room = MOST_BYTES - bytes(extension);
  let stem = "";
  let used = 0;
  for (const character of name.slice(0, name.length - extension.length)) {
    used += bytes(character);
    if (used > room) break;
    stem += character;
  }
  return stem + extension;
}
