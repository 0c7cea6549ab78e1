/**
 * All files that have one feature each.
 *
 * @module
 */
import type { Feature } from "./_feature.ts";
import { INTEGER_FEATURES } from "./integer_features.ts";

/** Every feature, each with a name of its own. */
export const FEATURES: readonly Feature[] = [
  ...INTEGER_FEATURES,
];
