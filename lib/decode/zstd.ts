/**
 * Zstandard frames to bytes, by what the runtime has for a single frame. Loaded only for files that
 * need it.
 *
 * @module
 */
import { CorruptFileError, type MdfErrorPlace, UnsupportedFeatureError } from "../errors.ts";
import { type RuntimeCodecs, runtimeName, unpackStream, unpackSync } from "./runtime_codecs.ts";

const FRAME_MAGIC = 0xfd2fb528;
/** The low four bits of the magic number of a skippable frame are free. */
const SKIPPABLE_MAGIC = 0x184d2a50;
/** No block holds more, whatever the window. */
const BLOCK_BYTES = 128 * 1024;

/** `ZSTD_d_windowLogMax`, and the value of it above which zstd asks for leave. */
const WINDOW_LOG_PARAMETER = 100;
const DEFAULT_WINDOW_LOG = 27;

/** Where a frame lies and what it can hold. */
interface Frame {
  from: number;
  to: number;
  /** Binary logarithm of the window, rounded up; 0 where the content is the window. */
  windowLog: number;
  /** Most bytes that its blocks can give. */
  most: number;
}

/**
 * The content of one or more zstd frames; `length` bytes are expected. Frames are found here and
 * handed over one by one, because runtimes stop after the first, at a skippable one, or return
 * nothing where the data is cut off. What follows the last frame is padding and is not looked at.
 *
 * @throws {CorruptFileError} when the frames are damaged, cut off or cannot give `length` bytes
 * @throws {UnsupportedFeatureError} when they need a dictionary or the runtime lacks zstd
 */
export function unpackZstd(
  stored: Uint8Array,
  length: number,
  place: MdfErrorPlace,
  codecs: RuntimeCodecs,
): Uint8Array | Promise<Uint8Array> {
  const frames = findFrames(stored, place);
  let most = 0;
  for (const frame of frames) most += frame.most;
  if (most < length) fail(place, `they hold at most ${most} bytes where ${length} are due`);
  const { zlib } = codecs;
  if (!zlib?.zstdDecompressSync) return unpackByStream(frames, stored, length, place, codecs);
  const unpackFrame = ({ from, to, most, windowLog }: Frame, left: number) =>
    unpackSync(
      zlib.zstdDecompressSync!,
      stored.subarray(from, to),
      Math.min(most, left),
      place,
      windowLog > DEFAULT_WINDOW_LOG ? { [WINDOW_LOG_PARAMETER]: windowLog } : undefined,
    );
  if (frames.length === 1) return unpackFrame(frames[0], length);
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const frame of frames) at = put(bytes, at, unpackFrame(frame, length - at), place);
  return bytes.subarray(0, at);
}

async function unpackByStream(
  frames: readonly Frame[],
  stored: Uint8Array,
  length: number,
  place: MdfErrorPlace,
  codecs: RuntimeCodecs,
): Promise<Uint8Array> {
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const { from, to, most } of frames) {
    const stream = codecs.openStream("zstd");
    if (!stream) {
      throw new UnsupportedFeatureError(
        `the data is compressed with zstd, which ${runtimeName()} cannot unpack: it has neither ` +
          'zstdDecompressSync in node:zlib nor DecompressionStream("zstd"); read the file with a ' +
          "current Deno, with Node.js 22.15 or later, or store it with deflate",
        place,
      );
    }
    const left = Math.min(most, length - at);
    const part = await unpackStream(stream, stored.subarray(from, to), left, place);
    at = put(bytes, at, part, place);
  }
  return bytes.subarray(0, at);
}

function put(bytes: Uint8Array, at: number, part: Uint8Array, place: MdfErrorPlace): number {
  if (part.length > bytes.length - at) fail(place, `they hold more than ${bytes.length} bytes`);
  bytes.set(part, at);
  return at + part.length;
}

function findFrames(stored: Uint8Array, place: MdfErrorPlace): Frame[] {
  const view = new DataView(stored.buffer, stored.byteOffset, stored.length);
  const frames: Frame[] = [];
  let at = 0;
  while (stored.length - at >= 4) {
    const magic = view.getUint32(at, true);
    if ((magic & 0xfffffff0) >>> 0 === SKIPPABLE_MAGIC) {
      need(view, at + 8, place);
      at += 8 + view.getUint32(at + 4, true);
      need(view, at, place);
    } else if (magic === FRAME_MAGIC) {
      const frame = measureFrame(view, at, place);
      frames.push(frame);
      at = frame.to;
    } else {
      break;
    }
  }
  if (frames.length === 0) fail(place, `no frame starts at byte ${at}`);
  return frames;
}

function measureFrame(view: DataView, from: number, place: MdfErrorPlace): Frame {
  need(view, from + 6, place);
  const descriptor = view.getUint8(from + 4);
  const single = (descriptor & 0x20) !== 0;
  if (descriptor & 0x08) fail(place, "a frame uses a reserved flag");
  const window = single ? 0 : view.getUint8(from + 5);
  const windowLog = single ? 0 : 10 + (window >> 3) + (window & 7 ? 1 : 0);
  let at = from + 5 + (single ? 0 : 1);
  const dictionaryBytes = [0, 1, 2, 4][descriptor & 3];
  need(view, at + dictionaryBytes, place);
  for (let i = 0; i < dictionaryBytes; i++) {
    if (view.getUint8(at + i) === 0) continue;
    throw new UnsupportedFeatureError(
      "the zstd data was compressed with a dictionary, which the file does not contain; compress " +
        "the file again without one",
      place,
    );
  }
  const sizeBytes = [single ? 1 : 0, 2, 4, 8][descriptor >> 6];
  at += dictionaryBytes + sizeBytes;
  let most = 0;
  for (let last = false; !last;) {
    need(view, at + 3, place);
    const header = view.getUint16(at, true) | (view.getUint8(at + 2) << 16);
    const type = header >> 1 & 3;
    const size = header >> 3;
    last = (header & 1) === 1;
    if (type === 3) fail(place, `the block at byte ${at} has the reserved type`);
    most += type === 2 ? BLOCK_BYTES : Math.min(size, BLOCK_BYTES);
    at += 3 + (type === 1 ? 1 : size);
    need(view, at, place);
  }
  if (descriptor & 0x04) at += 4;
  need(view, at, place);
  return { from, to: at, windowLog, most };
}

function need(view: DataView, end: number, place: MdfErrorPlace): void {
  if (end > view.byteLength) fail(place, `they are cut off after ${view.byteLength} bytes`);
}

function fail(place: MdfErrorPlace, reason: string): never {
  throw new CorruptFileError(`the zstd frames are damaged: ${reason}`, place);
}
