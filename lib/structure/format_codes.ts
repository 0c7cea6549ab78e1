/**
 * Numbers that the format gives a meaning.
 *
 * @module
 */

/** Highest number of output bytes that one byte of deflated data can stand for. */
export const DEFLATE_MAX_RATIO = 1032;

/** `cn_type`. */
export const CHANNEL_TYPE = {
  fixed: 0,
  variableLength: 1,
  master: 2,
  virtualMaster: 3,
  sync: 4,
  maximumLength: 5,
  virtualData: 6,
  variableLengthSized: 7,
} as const;

/** `cn_flags`. */
export const CHANNEL_FLAG = {
  allInvalid: 1,
  invalidationBit: 2,
  defaultX: 4096,
  eventSignal: 8192,
  alignmentReset: 262144,
} as const;

/** `id_unfin_flags`: what the writing program had not brought up to date. */
export const UNFINALIZED = {
  recordCounters: 1,
  reductionCounters: 2,
  lastDataLength: 4,
  lastReductionLength: 8,
  lastDataList: 16,
  variableBytes: 32,
  variableOffsets: 64,
} as const;

/** `ca_type`. */
export const ARRAY_TYPE = {
  array: 0,
  scalingAxis: 1,
  lookUp: 2,
  intervalAxis: 3,
  classificationResult: 4,
} as const;

/** `ca_storage`: where the elements of an array lie. */
export const ARRAY_STORAGE = { record: 0, channelGroups: 1, dataGroups: 2 } as const;

/** `ca_flags`. */
export const ARRAY_FLAG = {
  dynamicSize: 1,
  inputQuantity: 2,
  outputQuantity: 4,
  comparisonQuantity: 8,
  axis: 16,
  fixedAxis: 32,
  inverseLayout: 64,
  leftOpenInterval: 128,
  standardAxis: 256,
} as const;

/** `cg_flags`. */
export const GROUP_FLAG = {
  variableLength: 1,
  remoteMaster: 8,
  eventSignals: 16,
  compactVariableLength: 32,
} as const;

/** `ds_mode`: whether channels or an attached file describe the stream. */
export const STREAM_MODE = { channels: 0, attachment: 1 } as const;

/** `cl_flags`. */
export const LIST_FLAG = { countsElements: 1, alignmentReset: 2 } as const;

/** `cn_data_type`. */
export const DATA_TYPE = {
  unsignedLE: 0,
  unsignedBE: 1,
  signedLE: 2,
  signedBE: 3,
  floatLE: 4,
  floatBE: 5,
  latin1: 6,
  utf8: 7,
  utf16LE: 8,
  utf16BE: 9,
  bytes: 10,
  mimeSample: 11,
  mimeStream: 12,
  canopenDate: 13,
  canopenTime: 14,
  complexLE: 15,
  complexBE: 16,
  bomText: 17,
} as const;

/** `cc_type`. */
export const CONVERSION_TYPE = {
  identity: 0,
  linear: 1,
  rational: 2,
  algebraic: 3,
  tableInterpolated: 4,
  table: 5,
  rangeToValue: 6,
  valueToText: 7,
  rangeToText: 8,
  textToValue: 9,
  textToText: 10,
  bitfieldText: 11,
} as const;

/** Whether a data type holds one number per value. */
export function isNumeric(dataType: number): boolean {
  return dataType <= DATA_TYPE.floatBE;
}

/** Whether a data type holds a real and an imaginary part. */
export function isComplex(dataType: number): boolean {
  return dataType === DATA_TYPE.complexLE || dataType === DATA_TYPE.complexBE;
}

/** Whether a data type holds text. */
export function isText(dataType: number): boolean {
  return (dataType >= DATA_TYPE.latin1 && dataType <= DATA_TYPE.utf16BE) ||
    dataType === DATA_TYPE.bomText;
}

/** `at_flags`. */
export const ATTACHMENT_FLAG = { embedded: 1, compressed: 2, md5Valid: 4 } as const;

/** `ev_flags`. */
export const EVENT_FLAG = { postProcessing: 1, groupName: 2 } as const;

/** `sr_flags`. */
export const REDUCTION_FLAG = { invalidationBytes: 1, dominant: 2 } as const;
