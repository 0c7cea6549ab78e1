/**
 * All files that have one feature each.
 *
 * @module
 */
import type { Feature } from "./_feature.ts";
import { AROUND_FEATURES } from "./around_features.ts";
import { ARRAY_FEATURES } from "./array_features.ts";
import { BYTE_FEATURES } from "./byte_features.ts";
import { CHAIN_FEATURES } from "./chain_features.ts";
import { CHANNEL_FLAG_FEATURES } from "./channel_flag_features.ts";
import { CHANNEL_MIX_FEATURES } from "./channel_mix_features.ts";
import { CHANNEL_TYPE_FEATURES } from "./channel_type_features.ts";
import { COLUMN_FEATURES } from "./column_features.ts";
import { COMPRESSION_FEATURES } from "./compression_features.ts";
import { CONVERSION_MIX_FEATURES } from "./conversion_mix_features.ts";
import { DYNAMIC_FEATURES } from "./dynamic_features.ts";
import { FLOAT_FEATURES } from "./float_features.ts";
import { FORMULA_FEATURES } from "./formula_features.ts";
import { INTEGER_FEATURES } from "./integer_features.ts";
import { MIXED_RECORD_FEATURES } from "./mixed_record_features.ts";
import { NUMERIC_CONVERSION_FEATURES } from "./numeric_conversion_features.ts";
import { RECORD_FEATURES } from "./record_features.ts";
import { REDUCTION_FEATURES } from "./reduction_features.ts";
import { TABLE_CONVERSION_FEATURES } from "./table_conversion_features.ts";
import { TEXT_CONVERSION_FEATURES } from "./text_conversion_features.ts";
import { TEXT_FEATURES } from "./text_features.ts";
import { UNFINALIZED_DATA_FEATURES } from "./unfinalized_data_features.ts";
import { UNFINALIZED_FEATURES } from "./unfinalized_features.ts";
import { VALIDITY_FEATURES } from "./validity_features.ts";
import { VARIABLE_LENGTH_FEATURES } from "./variable_length_features.ts";
import { VERSION_FEATURES } from "./version_features.ts";

/** Every feature, each with a name of its own. */
export const FEATURES: readonly Feature[] = [
  ...AROUND_FEATURES,
  ...ARRAY_FEATURES,
  ...BYTE_FEATURES,
  ...CHAIN_FEATURES,
  ...CHANNEL_FLAG_FEATURES,
  ...CHANNEL_MIX_FEATURES,
  ...CHANNEL_TYPE_FEATURES,
  ...COLUMN_FEATURES,
  ...COMPRESSION_FEATURES,
  ...CONVERSION_MIX_FEATURES,
  ...DYNAMIC_FEATURES,
  ...FLOAT_FEATURES,
  ...FORMULA_FEATURES,
  ...INTEGER_FEATURES,
  ...MIXED_RECORD_FEATURES,
  ...NUMERIC_CONVERSION_FEATURES,
  ...RECORD_FEATURES,
  ...REDUCTION_FEATURES,
  ...TABLE_CONVERSION_FEATURES,
  ...TEXT_CONVERSION_FEATURES,
  ...TEXT_FEATURES,
  ...UNFINALIZED_DATA_FEATURES,
  ...UNFINALIZED_FEATURES,
  ...VALIDITY_FEATURES,
  ...VARIABLE_LENGTH_FEATURES,
  ...VERSION_FEATURES,
];
