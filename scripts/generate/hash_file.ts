import { createHash } from "node:crypto";

const PIECE_BYTES = 256 * 1024;

/** SHA-256 of a file, in hexadecimal; reads it piece by piece. */
export async function hashFile(path: string): Promise<string> {
  using file = await Deno.open(path);
  const hash = createHash("sha256");
  const piece = new Uint8Array(PIECE_BYTES);
  for (let read = file.readSync(piece); read !== null; read = file.readSync(piece)) {
    hash.update(piece.subarray(0, read));
  }
  return hash.digest("hex");
}

/** SHA-256 of a text, in hexadecimal. */
export function hashText(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
