/**
 * Files made by the library's own writer, in memory.
 *
 * @module
 */
import { MdfWriter, MemorySink, type WriterOptions } from "../../mod.ts";

/** The bytes of a file that `write` fills. */
export async function writtenBytes(
  options: WriterOptions,
  write: (writer: MdfWriter) => Promise<void>,
): Promise<Uint8Array> {
  const sink = new MemorySink();
  const writer = await MdfWriter.create(sink, options);
  await write(writer);
  await writer.close();
  return sink.bytes();
}
