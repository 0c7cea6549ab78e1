/**
 * Where the fields of each block lie, counted by hand from the standard.
 *
 * @module
 */

export type Kind = keyof typeof KINDS;

/** Reads of a DataView, by kind: capital letters are bigint. */
export const KINDS = {
  u8: (view: DataView, at: number) => view.getUint8(at),
  u16: (view: DataView, at: number) => view.getUint16(at, true),
  i16: (view: DataView, at: number) => view.getInt16(at, true),
  u32: (view: DataView, at: number) => view.getUint32(at, true),
  i32: (view: DataView, at: number) => view.getInt32(at, true),
  u64: (view: DataView, at: number) => Number(view.getBigUint64(at, true)),
  f64: (view: DataView, at: number) => view.getFloat64(at, true),
  U64: (view: DataView, at: number) => view.getBigUint64(at, true),
  I64: (view: DataView, at: number) => view.getBigInt64(at, true),
  chars2: (view: DataView, at: number) =>
    String.fromCharCode(view.getUint8(at), view.getUint8(at + 1)),
  hex16: (view: DataView, at: number) =>
    Array.from({ length: 16 }, (_, i) => view.getUint8(at + i).toString(16).padStart(2, "0"))
      .join(""),
};

/** Bytes of a value whose sign, byte order and width show. */
export const SAMPLES: Record<Kind, number[]> = {
  u8: [0xf1],
  u16: [0x21, 0xf2],
  i16: [0x31, 0xf3],
  u32: [0x41, 0x42, 0x43, 0xf4],
  i32: [0x51, 0x52, 0x53, 0xf5],
  u64: [0x61, 0x62, 0x63, 0x64, 0x65, 0xf6, 0x1f, 0x00],
  f64: [0x71, 0x72, 0x73, 0x74, 0x75, 0x76, 0x77, 0xc0],
  U64: [0x81, 0x82, 0x83, 0x84, 0x85, 0x86, 0x87, 0xf8],
  I64: [0x91, 0x92, 0x93, 0x94, 0x95, 0x96, 0x97, 0xf9],
  chars2: [0x53, 0x44],
  hex16: [0x0a, 0xa0, 0, 0xff, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 0x10],
};

/**
 * Offset in the block and kind of each field, counted by hand from the standard. A number instead of
 * a kind is the value itself, where it decides how many other values there are.
 */
export interface Layout {
  links: number;
  /** Length of the block without a payload. */
  length: number;
  fields: Record<string, [offset: number, kind: Kind | number]>;
}

export const LAYOUTS: Record<string, Layout> = {
  HD: {
    links: 6,
    length: 104,
    fields: {
      hd_start_time_ns: [72, "U64"],
      hd_tz_offset_min: [80, "i16"],
      hd_dst_offset_min: [82, "i16"],
      hd_time_flags: [84, "u8"],
      hd_time_class: [85, "u8"],
      hd_flags: [86, "u8"],
      hd_start_angle_rad: [88, "f64"],
      hd_start_distance_m: [96, "f64"],
    },
  },
  FH: {
    links: 2,
    length: 56,
    fields: {
      fh_time_ns: [40, "U64"],
      fh_tz_offset_min: [48, "i16"],
      fh_dst_offset_min: [50, "i16"],
      fh_time_flags: [52, "u8"],
    },
  },
  CH: { links: 4, length: 64, fields: { ch_element_count: [56, "u32"], ch_type: [60, "u8"] } },
  AT: {
    links: 4,
    length: 96,
    fields: {
      at_flags: [56, "u16"],
      at_creator_index: [58, "u16"],
      at_md5_checksum: [64, "hex16"],
      at_original_size: [80, "u64"],
      at_embedded_size: [88, "u64"],
    },
  },
  EV: {
    links: 5,
    length: 96,
    fields: {
      ev_type: [64, "u8"],
      ev_sync_type: [65, "u8"],
      ev_range_type: [66, "u8"],
      ev_cause: [67, "u8"],
      ev_flags: [68, "u8"],
      ev_scope_count: [72, "u32"],
      ev_attachment_count: [76, "u16"],
      ev_creator_index: [78, "u16"],
      ev_sync_base_value: [80, "I64"],
      ev_sync_factor: [88, "f64"],
    },
  },
  DG: { links: 4, length: 64, fields: { dg_rec_id_size: [56, "u8"] } },
  CG: {
    links: 6,
    length: 104,
    fields: {
      cg_record_id: [72, "u64"],
      cg_cycle_count: [80, "u64"],
      cg_flags: [88, "u16"],
      cg_path_separator: [90, "u16"],
      cg_data_bytes: [96, "u32"],
      cg_inval_bytes: [100, "u32"],
    },
  },
  SI: {
    links: 3,
    length: 56,
    fields: { si_type: [48, "u8"], si_bus_type: [49, "u8"], si_flags: [50, "u8"] },
  },
  CN: {
    links: 8,
    length: 160,
    fields: {
      cn_type: [88, "u8"],
      cn_sync_type: [89, "u8"],
      cn_data_type: [90, "u8"],
      cn_bit_offset: [91, "u8"],
      cn_byte_offset: [92, "u32"],
      cn_bit_count: [96, "u32"],
      cn_flags: [100, "u32"],
      cn_inval_bit_pos: [104, "u32"],
      cn_precision: [108, "u8"],
      cn_alignment: [109, "u8"],
      cn_attachment_count: [110, "u16"],
      cn_val_range_min: [112, "f64"],
      cn_val_range_max: [120, "f64"],
      cn_limit_min: [128, "f64"],
      cn_limit_max: [136, "f64"],
      cn_limit_ext_min: [144, "f64"],
      cn_limit_ext_max: [152, "f64"],
    },
  },
  CC: {
    links: 4,
    length: 96,
    fields: {
      cc_type: [56, "u8"],
      cc_precision: [57, "u8"],
      cc_flags: [58, "u16"],
      cc_ref_count: [60, "u16"],
      cc_val_count: [62, 2],
      cc_phy_range_min: [64, "f64"],
      cc_phy_range_max: [72, "f64"],
      "cc_val[0]": [80, "U64"],
      "cc_val[1]": [88, "U64"],
    },
  },
  CA: {
    links: 1,
    length: 64,
    fields: {
      ca_type: [32, "u8"],
      ca_storage: [33, 0],
      ca_ndim: [34, 2],
      ca_flags: [36, 0],
      ca_byte_offset_base: [40, "i32"],
      ca_inval_bit_pos_base: [44, "u32"],
      "ca_dim_size[0]": [48, "u64"],
      "ca_dim_size[1]": [56, "u64"],
    },
  },
  SR: {
    links: 2,
    length: 64,
    fields: {
      sr_cycle_count: [40, "u64"],
      sr_interval: [48, "f64"],
      sr_sync_type: [56, "u8"],
      sr_flags: [57, "u8"],
    },
  },
  DZ: {
    links: 0,
    length: 48,
    fields: {
      dz_org_block_type: [24, "chars2"],
      dz_zip_type: [26, "u8"],
      dz_zip_parameter: [28, "u32"],
      dz_org_data_length: [32, "u64"],
      dz_data_length: [40, "u64"],
    },
  },
  DS: { links: 4, length: 64, fields: { ds_version: [56, "u16"], ds_mode: [58, "u8"] } },
  CL: {
    links: 2,
    length: 48,
    fields: {
      cl_flags: [40, "u16"],
      cl_alignment: [42, "u8"],
      cl_bit_offset: [43, "u8"],
      cl_byte_offset: [44, "u32"],
    },
  },
  CV: {
    links: 1,
    length: 56,
    fields: {
      cv_option_count: [32, 2],
      "cv_option_val[0]": [40, "U64"],
      "cv_option_val[1]": [48, "U64"],
    },
  },
  CU: { links: 0, length: 32, fields: { cu_member_count: [24, "u32"] } },
  GD: { links: 1, length: 40, fields: { gd_version: [32, "u16"] } },
  HL: { links: 1, length: 40, fields: { hl_flags: [32, "u16"], hl_zip_type: [34, "u8"] } },
};
