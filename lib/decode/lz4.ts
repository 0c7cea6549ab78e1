/**
 * LZ4 frames to bytes. Loaded only for files that need it.
 *
 * MDF 4.3 speaks of LZ4; stored is an LZ4 *frame* (magic number 0x184D2204), not a bare LZ4 block.
 * So do the readers whose tests run over the example files that come with the standard (mdfreader:
 * `lz4.frame.decompress`; mdfr: `lz4::Decoder`, which is `LZ4F`), and asammdf reads and writes it
 * (`lz4.frame`, `LZ4F_decompress`). A bare block is refused by its missing magic number.
 *
 * @module
 */
import { CorruptFileError, type MdfErrorPlace, UnsupportedFeatureError } from "../errors.ts";
import { type Bytes, decodeBlock, OVERFULL, SLACK } from "./lz4_block.ts";
import { xxh32 } from "./xxh32.ts";

const FRAME_MAGIC = 0x184d2204;
const LEGACY_MAGIC = 0x184c2102;
/** The low four bits of the magic number of a skippable frame are free. */
const SKIPPABLE_MAGIC = 0x184d2a50;

/** A byte that lengthens a match stands for 255 bytes; nothing expands more. */
const MAX_RATIO = 255;

/** Bits of the first descriptor byte. */
const FLAG = {
  dictionary: 0x01,
  reserved: 0x02,
  contentChecksum: 0x04,
  contentSize: 0x08,
  blockChecksum: 0x10,
  independentBlocks: 0x20,
};

/**
 * The content of one or more LZ4 frames, which must come to `length` bytes. What follows the last
 * frame is padding and is not looked at.
 *
 * @throws {CorruptFileError} when the frames are damaged, cut off or of another length
 * @throws {UnsupportedFeatureError} when they need a dictionary or are of the legacy kind
 */
export function unpackLz4(stored: Uint8Array, length: number, place: MdfErrorPlace): Uint8Array {
  return new FrameReader(stored, length, place).readAll();
}

class FrameReader {
  readonly #place: MdfErrorPlace;
  readonly #source: Bytes;
  readonly #target: Bytes;
  /** Stored bytes that are done with. */
  #from = 0;
  /** Original bytes so far. */
  #at = 0;

  constructor(stored: Uint8Array, length: number, place: MdfErrorPlace) {
    this.#place = place;
    if (length > stored.length * MAX_RATIO) {
      this.#fail(`${stored.length} bytes cannot unpack to ${length}`);
    }
    this.#source = withView(stored);
    this.#target = withView(new Uint8Array(new ArrayBuffer(length + SLACK), 0, length));
  }

  readAll(): Uint8Array {
    const { view, bytes } = this.#source;
    const length = this.#target.bytes.length;
    while (bytes.length - this.#from >= 4) {
      const magic = view.getUint32(this.#from, true);
      if (magic === FRAME_MAGIC) {
        this.#readFrame();
      } else if ((magic & 0xfffffff0) >>> 0 === SKIPPABLE_MAGIC) {
        this.#skip(8);
        this.#skip(view.getUint32(this.#from - 4, true));
      } else {
        if (this.#at === length) break;
        this.#refuse(magic);
      }
    }
    if (this.#at !== length) this.#fail(`they end after ${this.#at} of ${length} bytes`);
    return this.#target.bytes;
  }

  #readFrame(): void {
    const { view, bytes } = this.#source;
    const descriptorAt = this.#from + 4;
    this.#skip(6);
    const flags = bytes[descriptorAt];
    const size = bytes[descriptorAt + 1];
    if (flags >> 6 !== 1 || flags & FLAG.reserved || size & 0x8f || size >> 4 < 4) {
      this.#fail(`a frame has the unknown descriptor ${flags.toString(16)} ${size.toString(16)}`);
    }
    let contentBytes = -1;
    if (flags & FLAG.contentSize) {
      this.#skip(8);
      contentBytes = Number(view.getBigUint64(this.#from - 8, true));
    }
    if (flags & FLAG.dictionary) {
      throw new UnsupportedFeatureError(
        "the lz4 data was compressed with a dictionary, which the file does not contain; " +
          "compress the file again without one",
        this.#place,
      );
    }
    this.#skip(1);
    const sum = xxh32(bytes, descriptorAt, this.#from - 1) >>> 8 & 0xff;
    if (bytes[this.#from - 1] !== sum) this.#fail("the checksum of a frame header does not match");

    const start = this.#at;
    this.#readBlocks(flags, 1 << (8 + 2 * (size >> 4)));
    if (flags & FLAG.contentChecksum) {
      this.#verify(xxh32(this.#target.bytes, start, this.#at), "the content");
    }
    if (contentBytes >= 0 && contentBytes !== this.#at - start) {
      this.#fail(`a frame tells of ${contentBytes} bytes and holds ${this.#at - start}`);
    }
  }

  #readBlocks(flags: number, blockBytes: number): void {
    const { view, bytes } = this.#source;
    const out = this.#target.bytes;
    const start = this.#at;
    for (;;) {
      this.#skip(4);
      const word = view.getUint32(this.#from - 4, true);
      if (word === 0) return;
      const from = this.#from;
      const size = word & 0x7fffffff;
      if (size > blockBytes) {
        this.#fail(`a block has ${size} bytes and may have ${blockBytes}`);
      }
      this.#skip(size);
      const end = this.#from;
      if (flags & FLAG.blockChecksum) this.#verify(xxh32(bytes, from, end), "a block");
      const limit = Math.min(out.length, this.#at + blockBytes);
      let at: number;
      if (word >>> 31) {
        at = size > limit - this.#at ? OVERFULL : this.#at + size;
        if (at >= 0) out.set(bytes.subarray(from, end), this.#at);
      } else {
        const reach = flags & FLAG.independentBlocks ? this.#at : start;
        at = decodeBlock(this.#source, from, end, this.#target, this.#at, limit, reach);
      }
      if (at < 0) {
        this.#fail(
          at === OVERFULL && limit === out.length
            ? `they hold more than ${limit} bytes`
            : `the block at byte ${from} cannot be decoded`,
        );
      }
      this.#at = at;
    }
  }

  #verify(sum: number, what: string): void {
    this.#skip(4);
    if (this.#source.view.getUint32(this.#from - 4, true) !== sum) {
      this.#fail(`the checksum of ${what} does not match`);
    }
  }

  /** Goes on by `count` bytes, which must be there. */
  #skip(count: number): void {
    const { length } = this.#source.bytes;
    if (count > length - this.#from) this.#fail(`they are cut off after ${length} bytes`);
    this.#from += count;
  }

  #refuse(magic: number): never {
    if (magic === LEGACY_MAGIC) {
      throw new UnsupportedFeatureError(
        "the lz4 data is a legacy frame, which no MDF writer should use; compress the file again " +
          "with a current lz4",
        this.#place,
      );
    }
    this.#fail(`no frame starts at byte ${this.#from}, where 0x${magic.toString(16)} stands`);
  }

  #fail(reason: string): never {
    throw new CorruptFileError(`the lz4 frames are damaged: ${reason}`, this.#place);
  }
}

function withView(bytes: Uint8Array): Bytes {
  return { bytes, view: new DataView(bytes.buffer, bytes.byteOffset) };
}
