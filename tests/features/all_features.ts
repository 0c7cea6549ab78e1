/**
 * All files that have one feature each.
 *
 * @module
 */
import type { Feature } from "./_feature.ts";
import { BYTE_FEATURES } from "./byte_features.ts";
import { FLOAT_FEATURES } from "./float_features.ts";
import { INTEGER_FEATURES } from "./integer_features.ts";
import { TEXT_FEATURES } from "./text_features.ts";

/** Every feature, each with a name of its own. */
export const FEATURES: readonly Feature[] = [
  ...BYTE_FEATURES,
  ...FLOAT_FEATURES,
  ...INTEGER_FEATURES,
  ...TEXT_FEATURES,
];
