/**
 * A short number that stands for many values, so that results of any size can be compared with what
 * was expected.
 *
 * @module
 */

/** Values as a signal holds them. */
export type AnyValues = ArrayLike<number | bigint> | {
  readonly length: number;
  at(index: number): unknown;
};

/**
 * Goes over values piece by piece, in order. One value that differs always gives another number;
 * several that differ do so but for one case in four billion.
 */
export class Fingerprint {
  /** The number so far. */
  hash = 0x9747b28c;
  /** Values so far. */
  count = 0;
  /** Name of their array, or `texts`. */
  type = "";
  readonly #texts = new Map<unknown, number>();

  /** Takes the next values. */
  update(values: AnyValues): void {
    this.count += values.length;
    this.type = describeType(values);
    this.hash = ArrayBuffer.isView(values)
      ? hashNumbers(this.hash, values)
      : this.#hashTexts(values as { length: number; at(index: number): unknown });
  }

  #hashTexts(values: { length: number; at(index: number): unknown }): number {
    let hash = this.hash;
    for (let i = 0; i < values.length; i++) {
      const text = values.at(i);
      let word = this.#texts.get(text);
      if (word === undefined) this.#texts.set(text, word = hashText(`${typeof text} ${text}`));
      hash = mix(hash, word);
    }
    return hash;
  }
}

/** The fingerprint of values that are there all at once. */
export function fingerprintOf(values: AnyValues): Fingerprint {
  const fingerprint = new Fingerprint();
  fingerprint.update(values);
  return fingerprint;
}

/** Bytes of one value; undefined where values are made when they are asked for. */
export function widthOf(values: AnyValues): number | undefined {
  return (values as { BYTES_PER_ELEMENT?: number }).BYTES_PER_ELEMENT;
}

function describeType(values: AnyValues): string {
  return ArrayBuffer.isView(values) ? values.constructor.name : "texts";
}

// Both steps can be undone, so nothing that was different becomes equal again by itself.
function mix(hash: number, word: number): number {
  const mixed = hash ^ word;
  return Math.imul((mixed << 13) | (mixed >>> 19), 0xcc9e2d51) | 0;
}

function hashText(text: string): number {
  let hash = text.length;
  for (let i = 0; i < text.length; i++) hash = mix(hash, text.charCodeAt(i));
  return hash;
}

function hashNumbers(hash: number, values: ArrayBufferView): number {
  const { buffer, byteOffset, byteLength } = values;
  const width = widthOf(values as unknown as AnyValues)!;
  if (width >= 4) return hashWords(hash, new Uint32Array(buffer, byteOffset, byteLength / 4));
  if (width === 2) return hashHalves(hash, new Uint16Array(buffer, byteOffset, byteLength / 2));
  return hashBytes(hash, new Uint8Array(buffer, byteOffset, byteLength));
}

// The same loop three times: each then sees one type of array.
function hashWords(hash: number, words: Uint32Array): number {
  for (let i = 0; i < words.length; i++) hash = mix(hash, words[i]);
  return hash;
}

function hashHalves(hash: number, halves: Uint16Array): number {
  for (let i = 0; i < halves.length; i++) hash = mix(hash, halves[i]);
  return hash;
}

function hashBytes(hash: number, bytes: Uint8Array): number {
  for (let i = 0; i < bytes.length; i++) hash = mix(hash, bytes[i]);
  return hash;
}
