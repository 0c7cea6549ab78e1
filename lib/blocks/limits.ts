/**
 * Limits that keep a hostile file from asking for too much.
 *
 * @module
 */

/** Limits on what a file may ask for. */
export interface Limits {
  /** Largest metadata block or text, in bytes. Default 64 MiB. */
  metadataBlockBytes: number;
  /** Deepest nesting of compositions and conversions. Default 64. */
  depth: number;
  /** Largest original size of one compressed block, in bytes. Default 1 GiB. */
  inflatedBlockBytes: number;
  /** Largest array that is made for one signal, in bytes. Default 4 GiB. */
  signalBytes: number;
}

/** The limits in force unless others are given. */
export const DEFAULT_LIMITS: Limits = {
  metadataBlockBytes: 64 * 1024 * 1024,
  depth: 64,
  inflatedBlockBytes: 1024 * 1024 * 1024,
  signalBytes: 4 * 1024 * 1024 * 1024,
};
