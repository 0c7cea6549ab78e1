/**
 * A file that has grown: what a logger changes while it writes is looked at again, and no more. That
 * is the identification, the header, the data and channel groups with their counters, the links to
 * data, and the ends of the data chains; where there are new blocks of structure, all of it is walked.
 *
 * @module
 */
import {
  AT,
  type BlockTable,
  CG,
  CH,
  CN,
  DG,
  EV,
  FH,
  HD,
  HEADER_BYTES,
  ID_BYTES,
  SR,
} from "../blocks/block_tables.ts";
import type { FieldTable } from "../blocks/field_layout.ts";
import { readU64 } from "../blocks/field_layout.ts";
import { type Block, link } from "../blocks/block.ts";
import type { BlockReader } from "../blocks/read_block.ts";
import { CorruptFileError, isMdfError, SourceChangedError } from "../errors.ts";
import type { SourceReader } from "../source/byte_source.ts";
import { continueChain, continueRecords, type Finish } from "./continue_chain.ts";
import { CHANNEL_TYPE, GROUP_FLAG, REDUCTION_FLAG } from "./format_codes.ts";
import type {
  ChannelGroupModel,
  ChannelModel,
  DataChain,
  Header,
  Identification,
  Measurement,
  Problem,
  RecordData,
  ReductionModel,
} from "./measurement.ts";
import { countSortedRecords } from "./locate_data.ts";
import { readIdentification } from "./walk_file.ts";
import { REDUCTION_DATA } from "./walk_reductions.ts";

/** Readings after which a counter that differs each time is given up. */
const COUNTER_READINGS = 8;

/**
 * The structure as it is now, in which groups have the channels of `model` itself; undefined where
 * there may be more than new records, so that the file has to be walked.
 *
 * @throws {SourceChangedError} when the file is not a continuation of the one that was read
 * @throws {MdfError} when what has come cannot be read, perhaps only not yet
 */
export async function continueFile(
  reader: BlockReader,
  source: SourceReader,
  model: Measurement,
): Promise<Measurement | undefined> {
  try {
    return await new Look(reader, source, model).run();
  } catch (error) {
    if (error === NEW_STRUCTURE) return undefined;
    throw error;
  }
}

/** Channels of the first and of the last group that are compared with what is known of them. */
const PROBED_CHANNELS = 16;

/** Thrown where there is a block of structure that is not known. */
const NEW_STRUCTURE = new Error("the structure of the file has grown");

/** Says that a file is no continuation of the one that was read. */
export function changed(reader: BlockReader, what: string, block: string, offset: number): never {
  throw new SourceChangedError(
    `the file is not a continuation of the one that was opened: ${what}; open it again`,
    reader.place(block, offset),
  );
}

class Look {
  readonly #reader: BlockReader;
  readonly #source: SourceReader;
  readonly #model: Measurement;
  readonly #groups: ChannelGroupModel[] = [];
  readonly #records: Finish<RecordData>[] = [];
  readonly #signalData: (Finish<DataChain> | undefined)[] = [];
  readonly #reductions: { group: ChannelGroupModel; finish: Finish<ReductionModel>[] }[] = [];

  constructor(reader: BlockReader, source: SourceReader, model: Measurement) {
    this.#reader = reader;
    this.#source = source;
    this.#model = model;
  }

  async run(): Promise<Measurement> {
    const identification = await this.#identification();
    const header = await this.#header();
    this.#reader.met.complete = true;
    const model: Measurement = {
      ...this.#model,
      identification,
      header,
      groups: this.#groups,
      dataGroups: [],
      signalData: [...this.#model.signalData],
    };
    for (const [i, finish] of this.#records.entries()) {
      model.dataGroups.push({ ...this.#model.dataGroups[i], ...await finish() });
    }
    for (const [i, finish] of this.#signalData.entries()) {
      if (finish) model.signalData[i] = await finish();
    }
    for (const { group, finish } of this.#reductions) {
      group.reductions = [];
      for (const one of finish) group.reductions.push(await one());
    }
    countSortedRecords(model);
    return model;
  }

  async #identification(): Promise<Identification> {
    const reader = this.#reader;
    const { identification: before } = this.#model;
    const now = await this.#known("ID", 0, () => readIdentification(reader));
    reader.program = now.program;
    if (now.file === "UnFinMF") reader.unfinalized = now.unfinalizedFlags;
    if (now.version !== before.version || now.program !== before.program) {
      changed(
        reader,
        `version ${before.versionText} of "${before.program}" became ${now.versionText} of ` +
          `"${now.program}"`,
        "ID",
        0,
      );
    }
    // What closes a file may add anything. What looks damaged may not have been written to its end.
    // Arrays with records of their own are too rare for a way of their own.
    if (
      now.file !== before.file || isDamaged(this.#model) || this.#model.groups.some(hasElements)
    ) throw NEW_STRUCTURE;
    return now;
  }

  async #header(): Promise<Header> {
    const { header: before, attachments, events, hierarchy, fileHistory } = this.#model;
    const block = await this.#known("HD", ID_BYTES, () => this.#load(HD, ID_BYTES, "HD"));
    const { fields } = block;
    const start = {
      ns: String(fields.hd_start_time_ns),
      zoneMinutes: fields.hd_tz_offset_min,
      daylightMinutes: fields.hd_dst_offset_min,
      flags: fields.hd_time_flags,
    };
    // Some loggers know the time only after they have begun to write.
    if (before.start.ns !== "0" && start.ns !== before.start.ns) {
      changed(
        this.#reader,
        `the measurement started at ${before.start.ns} ns and now at ${start.ns} ns`,
        "HD",
        ID_BYTES,
      );
    }
    await this.#sameList(AT, "at_at_next", link(block, "hd_at_first"), attachments);
    await this.#sameList(EV, "ev_ev_next", link(block, "hd_ev_first"), events);
    await this.#sameList(CH, "ch_ch_next", link(block, "hd_ch_first"), hierarchy);
    let entries = 0;
    for (let at = link(block, "hd_fh_first"); at !== 0; entries++) {
      if (entries === fileHistory.length) throw NEW_STRUCTURE;
      at = link(await this.#load(FH, at, "HD>FH"), "fh_fh_next");
    }
    await this.#dataGroups(link(block, "hd_dg_first"));
    const comment = await this.#text(link(block, "hd_md_comment"), "HD>MD");
    return { ...before, start, comment };
  }

  /** Notices a list of blocks to which something was added; blocks are added at the end. */
  async #sameList<F extends FieldTable, L extends string>(
    table: BlockTable<F, L>,
    next: L,
    first: number,
    known: readonly { offset: number }[],
  ): Promise<void> {
    if (first !== (known[0]?.offset ?? 0)) throw NEW_STRUCTURE;
    const last = known.at(-1);
    if (!last) return;
    const path = `HD>${table.id}`;
    const block = await this.#known(
      table.id,
      last.offset,
      () => this.#load(table, last.offset, path),
    );
    if (link(block, next) !== 0) throw NEW_STRUCTURE;
  }

  async #dataGroups(first: number): Promise<void> {
    const { dataGroups } = this.#model;
    let n = 0;
    for (let offset = first; offset !== 0; n++) {
      if (n === dataGroups.length) throw NEW_STRUCTURE;
      const path = `HD>DG[${n}]`;
      const at = offset;
      const block = await this.#known("DG", at, () => this.#load(DG, at, path));
      if (block.fields.dg_rec_id_size !== dataGroups[n].recordIdBytes) {
        changed(this.#reader, "record ids have another size", "DG", offset);
      }
      const from = this.#groups.length;
      await this.#channelGroups(link(block, "dg_cg_first"), n, path);
      const { invalidationBytes = 0, dataBytes = 0 } = this.#groups[from] ?? {};
      const start = link(block, "dg_data");
      this.#records.push(
        await continueRecords(
          this.#reader,
          dataGroups[n],
          start,
          invalidationBytes,
          dataBytes,
          path,
        ),
      );
      offset = link(block, "dg_dg_next");
    }
    if (n < dataGroups.length) {
      changed(this.#reader, `${dataGroups.length} data groups became ${n}`, "HD", ID_BYTES);
    }
  }

  async #channelGroups(first: number, dataGroup: number, parent: string): Promise<void> {
    const next = () => {
      const known = this.#model.groups[this.#groups.length];
      return known?.dataGroup === dataGroup ? known : undefined;
    };
    let offset = first;
    for (let n = 0; offset !== 0; n++) {
      const known = next();
      if (!known) throw NEW_STRUCTURE;
      const path = `${parent}>CG[${n}]`;
      if (known.offset !== offset) {
        changed(this.#reader, `group "${known.name}" is no longer there`, "CG", known.offset);
      }
      offset = await this.#channelGroup(known, path);
    }
    const lost = next();
    if (lost) changed(this.#reader, `group "${lost.name}" is no longer there`, "CG", lost.offset);
  }

  /** Gives the link to the next group. */
  async #channelGroup(known: ChannelGroupModel, path: string): Promise<number> {
    const { offset } = known;
    const block = await this.#known("CG", offset, () => this.#load(CG, offset, path));
    const { fields } = block;
    // The size of a group of values of variable length is a counter of their bytes.
    const resized = (fields.cg_flags & GROUP_FLAG.variableLength) === 0 &&
      (fields.cg_data_bytes !== known.dataBytes ||
        fields.cg_inval_bytes !== known.invalidationBytes);
    if (
      resized || fields.cg_record_id !== known.recordId || fields.cg_flags !== known.flags ||
      link(block, "cg_cn_first") !== (known.channels[0]?.offset ?? 0)
    ) {
      changed(this.#reader, `group "${known.name}" has other records or channels`, "CG", offset);
    }
    if (link(block, "cg_sr_first") !== (known.reductions?.[0]?.offset ?? 0)) throw NEW_STRUCTURE;
    let cycleCount = fields.cg_cycle_count;
    if (cycleCount !== known.cycleCount) {
      const counter = offset + HEADER_BYTES + 8 * block.linkCount + 8;
      cycleCount = await this.#counter(cycleCount, counter, path);
    }
    const group: ChannelGroupModel = {
      ...known,
      dataBytes: fields.cg_data_bytes,
      invalidationBytes: fields.cg_inval_bytes,
      cycleCount,
      recordCount: cycleCount,
    };
    this.#groups.push(group);
    await this.#channels(known, path);
    await this.#followReductions(group, path);
    return link(block, "cg_cg_next");
  }

  /** A counter that is being written may be read half; two equal readings are whole. */
  async #counter(reading: number, offset: number, path: string): Promise<number> {
    for (let i = 0; i < COUNTER_READINGS; i++) {
      const bytes = await this.#source.read(offset, 8);
      const again = readU64(new DataView(bytes.buffer, bytes.byteOffset, 8), 0);
      if (again === reading) return again;
      reading = again;
    }
    throw new CorruptFileError(
      `the counter of records gives another number with each of ${COUNTER_READINGS} readings`,
      this.#reader.place("CG", offset, path),
    );
  }

  async #channels(group: ChannelGroupModel, path: string): Promise<void> {
    const { groups } = this.#model;
    const probed = group === groups[0] || group === groups.at(-1);
    for (const [i, channel] of group.channels.entries()) {
      const variable = channel.storageGroup === undefined &&
        (channel.type === CHANNEL_TYPE.variableLength ||
          channel.type === CHANNEL_TYPE.variableLengthSized);
      // To look at all channels would cost more than all the rest.
      if (!variable && !(probed && i < PROBED_CHANNELS)) continue;
      const start = await this.#channel(channel, `${path}>CN[${i}]`);
      if (!variable) continue;
      const index = channel.signalData;
      if (index !== undefined) {
        const before = this.#model.signalData[index];
        this.#signalData[index] ??= await continueChain(this.#reader, before, start, path);
      } else if (start !== 0 && !channel.problem) throw NEW_STRUCTURE;
    }
  }

  /** Gives the link to the values. */
  async #channel(channel: ChannelModel, path: string): Promise<number> {
    const { offset } = channel;
    const block = await this.#known("CN", offset, () => this.#load(CN, offset, path));
    const { fields } = block;
    const text = link(block, "cn_tx_name");
    const name = await this.#known("CN", offset, () => this.#text(text, path));
    if (
      name !== channel.name || fields.cn_type !== channel.type ||
      fields.cn_data_type !== channel.dataType || fields.cn_bit_count !== channel.bitCount ||
      fields.cn_byte_offset !== channel.byteOffset
    ) {
      changed(this.#reader, `channel "${channel.name}" is another now`, "CN", offset);
    }
    return link(block, "cn_data");
  }

  async #followReductions(group: ChannelGroupModel, parent: string): Promise<void> {
    const { reductions } = group;
    if (!reductions) return;
    const finish: Finish<ReductionModel>[] = [];
    for (const [i, reduction] of reductions.entries()) {
      const path = `${parent}>SR[${i}]`;
      const { offset } = reduction;
      const block = await this.#known("SR", offset, () => this.#load(SR, offset, path));
      const next = reductions[i + 1]?.offset ?? 0;
      if (link(block, "sr_sr_next") !== next) throw NEW_STRUCTURE;
      const stored = (reduction.flags & REDUCTION_FLAG.invalidationBytes) !== 0;
      const records = await continueRecords(
        this.#reader,
        reduction,
        link(block, "sr_data"),
        stored ? group.invalidationBytes : 0,
        3 * group.dataBytes,
        path,
        REDUCTION_DATA,
      );
      const { sr_cycle_count: cycleCount } = block.fields;
      finish.push(async () => ({ ...reduction, cycleCount, ...await records() }));
    }
    this.#reductions.push({ group, finish });
  }

  async #load<F extends FieldTable, L extends string>(
    table: BlockTable<F, L>,
    offset: number,
    path: string,
  ): Promise<Block<F, L>> {
    return this.#reader.peek(table, offset, path) ?? await this.#reader.load(table, offset, path);
  }

  async #text(offset: number, path: string): Promise<string> {
    return this.#reader.peekText(offset, path) ?? await this.#reader.loadText(offset, path);
  }

  /** Reads what was there before; when it is no longer, the file is another. */
  async #known<T>(block: string, offset: number, read: () => Promise<T>): Promise<T> {
    try {
      return await read();
    } catch (error) {
      if (!isMdfError(error) || error.code === "source" || error.code === "source-changed") {
        throw error;
      }
      return changed(this.#reader, error.reason, block, offset);
    }
  }
}

/** Whether the structure has parts that could not be read. */
function isDamaged({ problems, attachments, groups }: Measurement): boolean {
  const damaged = ({ problem }: { problem?: Problem }) =>
    problem !== undefined && problem.code !== "unsupported";
  return problems.length > 0 || attachments.some(damaged) ||
    groups.some(({ channels }) => channels.some(damaged));
}

/** Whether elements of an array have records of their own. */
function hasElements(group: ChannelGroupModel): boolean {
  return group.elementCounts !== undefined ||
    group.channels.some(({ arrays }) => arrays?.some(({ elementData }) => elementData));
}
