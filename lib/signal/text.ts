/**
 * Bytes to text, by the channel's data type.
 *
 * @module
 */
import { DATA_TYPE } from "../structure/format_codes.ts";

const utf8 = new TextDecoder("utf-8", { ignoreBOM: true });
const utf16le = new TextDecoder("utf-16le", { ignoreBOM: true });
const utf16be = new TextDecoder("utf-16be", { ignoreBOM: true });

/**
 * The decoder of a text data type. A text ends at its first zero character; what follows is left
 * over from longer texts. Bytes that are no valid UTF-8 or UTF-16 become U+FFFD.
 */
export function textDecoder(dataType: number): (bytes: Uint8Array) => string {
  switch (dataType) {
    case DATA_TYPE.latin1:
      return latin1;
    case DATA_TYPE.utf16LE:
      return (bytes) => utf16le.decode(bytes.subarray(0, endOfUtf16(bytes)));
    case DATA_TYPE.utf16BE:
      return (bytes) => utf16be.decode(bytes.subarray(0, endOfUtf16(bytes)));
    case DATA_TYPE.bomText:
      return bomText;
    default:
      return (bytes) => utf8.decode(bytes.subarray(0, endOfBytes(bytes)));
  }
}

function latin1(bytes: Uint8Array): string {
  const end = endOfBytes(bytes);
  let text = "";
  // TextDecoder("latin1") means windows-1252 on the web platform, which differs in 0x80 to 0x9f.
  for (let i = 0; i < end; i++) text += String.fromCharCode(bytes[i]);
  return text;
}

function bomText(bytes: Uint8Array): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) {
    const rest = bytes.subarray(2);
    return utf16le.decode(rest.subarray(0, endOfUtf16(rest)));
  }
  if (bytes[0] === 0xfe && bytes[1] === 0xff) {
    const rest = bytes.subarray(2);
    return utf16be.decode(rest.subarray(0, endOfUtf16(rest)));
  }
  const marked = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
  const rest = marked ? bytes.subarray(3) : bytes;
  return utf8.decode(rest.subarray(0, endOfBytes(rest)));
}

function endOfBytes(bytes: Uint8Array): number {
  const zero = bytes.indexOf(0);
  return zero < 0 ? bytes.length : zero;
}

function endOfUtf16(bytes: Uint8Array): number {
  const end = bytes.length - bytes.length % 2;
  for (let i = 0; i < end; i += 2) {
    if (bytes[i] === 0 && bytes[i + 1] === 0) return i;
  }
  return end;
}
