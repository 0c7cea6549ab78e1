/**
 * The blocks of MDF 4 as data: names of the links and layout of the data section.
 *
 * Field and link names are those of the ASAM MDF 4 standard. Links beyond the named ones (attachment
 * references, conversion references, list entries …) follow the named ones in the link section; how
 * many there are is told by the block's own link count.
 *
 * @module
 */
import {
  bigI64,
  bigU64,
  chars,
  f64,
  type FieldTable,
  type FieldValues,
  hexBytes,
  i16,
  i32,
  list,
  reserved,
  u16,
  u32,
  u64,
  u8,
} from "./field_layout.ts";

/** Length of the header that starts every block but ID. */
export const HEADER_BYTES = 24;
/** Length of the identification block at the start of the file. */
export const ID_BYTES = 64;

/** Description of one block type. */
export interface BlockTable<F extends FieldTable = FieldTable, L extends string = string> {
  /** Two-character identifier. */
  readonly id: string;
  /** Names of the leading links, in order. */
  readonly links: readonly L[];
  /** Layout of the data section. */
  readonly fields: F;
  /** Whether bytes of unbounded length follow the fields (samples, texts, embedded files). */
  readonly payload: boolean;
}

function block<F extends FieldTable, L extends string>(
  id: string,
  links: readonly L[],
  fields: F,
  payload = false,
): BlockTable<F, L> {
  return { id, links, fields, payload };
}

const number = (values: FieldValues, name: string) => values[name] as number;
/** Whether a flag bit is clear in an already read field. */
const times = (condition: boolean, count: number) => condition ? count : 0;

/** Identification block: 64 bytes at offset 0, without the common header. */
export const ID_FIELDS = {
  id_file: chars(8),
  id_vers: chars(8),
  id_prog: chars(8),
  id_reserved: reserved(4),
  id_ver: u16,
  id_reserved2: reserved(30),
  id_unfin_flags: u16,
  id_custom_unfin_flags: u16,
} satisfies FieldTable;

/** Header block at offset 64. */
export const HD = block("HD", [
  "hd_dg_first",
  "hd_fh_first",
  "hd_ch_first",
  "hd_at_first",
  "hd_ev_first",
  "hd_md_comment",
], {
  hd_start_time_ns: bigU64,
  hd_tz_offset_min: i16,
  hd_dst_offset_min: i16,
  hd_time_flags: u8,
  hd_time_class: u8,
  hd_flags: u8,
  hd_reserved: reserved(1),
  hd_start_angle_rad: f64,
  hd_start_distance_m: f64,
});

/** File history block. */
export const FH = block("FH", ["fh_fh_next", "fh_md_comment"], {
  fh_time_ns: bigU64,
  fh_tz_offset_min: i16,
  fh_dst_offset_min: i16,
  fh_time_flags: u8,
  fh_reserved: reserved(3),
});

/** Channel hierarchy block; triples of DG, CG and CN links may follow. */
export const CH = block("CH", ["ch_ch_next", "ch_ch_first", "ch_tx_name", "ch_md_comment"], {
  ch_element_count: u32,
  ch_type: u8,
  ch_reserved: reserved(3),
});

/** Attachment block; the embedded file follows the fields. */
export const AT = block("AT", ["at_at_next", "at_tx_filename", "at_tx_mimetype", "at_md_comment"], {
  at_flags: u16,
  at_creator_index: u16,
  at_reserved: reserved(4),
  at_md5_checksum: hexBytes(16),
  at_original_size: u64,
  at_embedded_size: u64,
}, true);

/** Event block; scope links, then attachment links, follow. */
export const EV = block("EV", [
  "ev_ev_next",
  "ev_ev_parent",
  "ev_ev_range",
  "ev_tx_name",
  "ev_md_comment",
], {
  ev_type: u8,
  ev_sync_type: u8,
  ev_range_type: u8,
  ev_cause: u8,
  ev_flags: u8,
  ev_reserved: reserved(3),
  ev_scope_count: u32,
  ev_attachment_count: u16,
  ev_creator_index: u16,
  ev_sync_base_value: bigI64,
  ev_sync_factor: f64,
});

/** Data group block. */
export const DG = block("DG", ["dg_dg_next", "dg_cg_first", "dg_data", "dg_md_comment"], {
  dg_rec_id_size: u8,
  dg_reserved: reserved(7),
});

/** Channel group block; with the remote-master flag a link to the master's group follows. */
export const CG = block("CG", [
  "cg_cg_next",
  "cg_cn_first",
  "cg_tx_acq_name",
  "cg_si_acq_source",
  "cg_sr_first",
  "cg_md_comment",
], {
  cg_record_id: u64,
  cg_cycle_count: u64,
  cg_flags: u16,
  cg_path_separator: u16,
  cg_reserved: reserved(4),
  cg_data_bytes: u32,
  cg_inval_bytes: u32,
});

/** Source information block. */
export const SI = block("SI", ["si_tx_name", "si_tx_path", "si_md_comment"], {
  si_type: u8,
  si_bus_type: u8,
  si_flags: u8,
  si_reserved: reserved(5),
});

/** Channel block; attachment references, then the default X triple, may follow. */
export const CN = block("CN", [
  "cn_cn_next",
  "cn_composition",
  "cn_tx_name",
  "cn_si_source",
  "cn_cc_conversion",
  "cn_data",
  "cn_md_unit",
  "cn_md_comment",
], {
  cn_type: u8,
  cn_sync_type: u8,
  cn_data_type: u8,
  cn_bit_offset: u8,
  cn_byte_offset: u32,
  cn_bit_count: u32,
  cn_flags: u32,
  cn_inval_bit_pos: u32,
  cn_precision: u8,
  // Reserved before version 4.3; there, how values in a data stream are aligned.
  cn_alignment: u8,
  cn_attachment_count: u16,
  cn_val_range_min: f64,
  cn_val_range_max: f64,
  cn_limit_min: f64,
  cn_limit_max: f64,
  cn_limit_ext_min: f64,
  cn_limit_ext_max: f64,
});

/** Conversion block; `cc_ref_count` references follow. Bit-field conversions hold u64 masks in cc_val. */
export const CC = block("CC", ["cc_tx_name", "cc_md_unit", "cc_md_comment", "cc_cc_inverse"], {
  cc_type: u8,
  cc_precision: u8,
  cc_flags: u16,
  cc_ref_count: u16,
  cc_val_count: u16,
  cc_phy_range_min: f64,
  cc_phy_range_max: f64,
  // Kept as 64-bit patterns: doubles for most types, masks for the bit-field type.
  cc_val: list(bigU64, (before) => number(before, "cc_val_count")),
});

/** Array description block; which links follow depends on storage and flags. */
export const CA = block("CA", ["ca_composition"], {
  ca_type: u8,
  ca_storage: u8,
  ca_ndim: u16,
  ca_flags: u32,
  ca_byte_offset_base: i32,
  ca_inval_bit_pos_base: u32,
  ca_dim_size: list(u64, (before) => number(before, "ca_ndim")),
  ca_axis_value: list(f64, (before) =>
    times(
      (number(before, "ca_flags") & 32) !== 0,
      (before.ca_dim_size as number[]).reduce((sum, size) => sum + size, 0),
    )),
  ca_cycle_count: list(u64, (before) =>
    times(
      number(before, "ca_storage") > 0,
      (before.ca_dim_size as number[]).reduce((product, size) => product * size, 1),
    )),
});

/** Sample reduction block. */
export const SR = block("SR", ["sr_sr_next", "sr_data"], {
  sr_cycle_count: u64,
  sr_interval: f64,
  sr_sync_type: u8,
  sr_flags: u8,
  sr_reserved: reserved(6),
});

/** Text block: UTF-8 up to the first zero byte. */
export const TX = block("TX", [], {}, true);
/** Metadata block: XML, stored like a text. */
export const MD = block("MD", [], {}, true);
/**
 * Data stream block, version 4.3: the values of a channel are streams in which other channels lie one
 * after the other. The blocks of 4.3 are laid out as two published readers have them.
 */
export const DS = block("DS", [
  "ds_composition",
  "ds_cn_alignment_start",
  "ds_data",
  "ds_md_comment",
], {
  ds_version: u16,
  ds_mode: u8,
  ds_reserved: reserved(5),
});

/** Channel list block, version 4.3: a number of equal elements that another channel tells. */
export const CL = block("CL", ["cl_composition", "cl_cn_size"], {
  cl_flags: u16,
  cl_alignment: u8,
  cl_bit_offset: u8,
  cl_byte_offset: u32,
});

/** Channel variant block, version 4.3: links to its options follow; another channel tells which is there. */
export const CV = block("CV", ["cv_cn_discriminator"], {
  cv_option_count: u32,
  cv_reserved: reserved(4),
  cv_option_val: list(bigU64, (before) => number(before, "cv_option_count")),
});

/** Channel union block, version 4.3: links to members that lie at the same place follow. */
export const CU = block("CU", [], { cu_member_count: u32, cu_reserved: reserved(4) });

/** Guard block, version 4.3: stands before a block that readers of older versions must not read. */
export const GD = block("GD", ["gd_link"], { gd_version: u16, gd_reserved: reserved(6) });

/** Data block: records. */
export const DT = block("DT", [], {}, true);
/** Signal data block: values of variable length. */
export const SD = block("SD", [], {}, true);
/** Variable data block, version 4.3: values whose places and lengths the records tell. */
export const VD = block("VD", [], {}, true);
/** Reduction data block. */
export const RD = block("RD", [], {}, true);
/** Values of a column-oriented group. */
export const DV = block("DV", [], {}, true);
/** Invalidation bits of a column-oriented group. */
export const DI = block("DI", [], {}, true);
/** Reduction values of a column-oriented group. */
export const RV = block("RV", [], {}, true);
/** Reduction invalidation bits of a column-oriented group. */
export const RI = block("RI", [], {}, true);

/** Compressed data block. */
export const DZ = block("DZ", [], {
  dz_org_block_type: chars(2),
  dz_zip_type: u8,
  dz_reserved: reserved(1),
  dz_zip_parameter: u32,
  dz_org_data_length: u64,
  dz_data_length: u64,
}, true);

/** Header of a data list. */
export const HL = block("HL", ["hl_dl_first"], {
  hl_flags: u16,
  hl_zip_type: u8,
  hl_reserved: reserved(5),
});

const dlFlag = (before: FieldValues, bit: number) => (number(before, "dl_flags") & bit) !== 0;

/** Data list block; the links to its data blocks follow. */
export const DL = block("DL", ["dl_dl_next"], {
  dl_flags: u8,
  dl_reserved: reserved(3),
  dl_count: u32,
  dl_equal_length: list(u64, (before) => times(dlFlag(before, 1), 1)),
  dl_offset: list(u64, (before) => times(!dlFlag(before, 1), number(before, "dl_count"))),
  dl_time_values: list(bigI64, (before) => times(dlFlag(before, 2), number(before, "dl_count"))),
  dl_angle_values: list(f64, (before) => times(dlFlag(before, 4), number(before, "dl_count"))),
  dl_distance_values: list(f64, (before) => times(dlFlag(before, 8), number(before, "dl_count"))),
});

const ldFlag = (before: FieldValues, bit: number) => (number(before, "ld_flags") & bit) !== 0;

/** List of column-oriented data; value links, then invalidation links, follow. */
export const LD = block("LD", ["ld_next"], {
  ld_flags: u32,
  ld_count: u32,
  ld_equal_sample_count: list(u64, (before) => times(ldFlag(before, 1), 1)),
  ld_sample_offset: list(u64, (before) => times(!ldFlag(before, 1), number(before, "ld_count"))),
  ld_time_values: list(bigI64, (before) => times(ldFlag(before, 2), number(before, "ld_count"))),
  ld_angle_values: list(f64, (before) => times(ldFlag(before, 4), number(before, "ld_count"))),
  ld_distance_values: list(f64, (before) => times(ldFlag(before, 8), number(before, "ld_count"))),
});

/** Every block type with the common header, by identifier. */
export const BLOCK_TABLES: ReadonlyMap<string, BlockTable> = new Map<string, BlockTable>(
  [
    HD,
    FH,
    CH,
    AT,
    EV,
    DG,
    CG,
    SI,
    CN,
    CC,
    CA,
    DS,
    CL,
    CV,
    CU,
    GD,
    SR,
    TX,
    MD,
    DT,
    SD,
    VD,
    RD,
    DV,
    DI,
    RV,
    RI,
    DZ,
    HL,
    DL,
    LD,
  ].map((table) => [table.id, table as BlockTable]),
);
