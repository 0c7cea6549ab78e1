/**
 * The one walker of the structure: from the identification block to a {@link Measurement}.
 *
 * @module
 */
import { CG, DG, FH, HD, HEADER_BYTES, ID_BYTES } from "../blocks/block_tables.ts";
import type { FieldTable } from "../blocks/field_layout.ts";
import type { BlockTable } from "../blocks/block_tables.ts";
import { OffsetSet } from "../blocks/offset_set.ts";
import { type Block, link, moreLinks } from "../blocks/block.ts";
import { BlockReader } from "../blocks/read_block.ts";
import { CorruptFileError, NotMdfError, UnsupportedFeatureError } from "../errors.ts";
import { SourceReader } from "../source/byte_source.ts";
import { bytesSource } from "../source/memory_source.ts";
import { PageCache } from "../source/page_cache.ts";
import { channelSpecimens } from "./channel_block.ts";
import { peekDataChain } from "./data_chain.ts";
import { countSortedRecords, readGroupData, readsLater, unreadChain } from "./locate_data.ts";
import { type Damaged, DamageGuard } from "./damage_guard.ts";
import { GROUP_FLAG } from "./format_codes.ts";
import { LinkedBlocks } from "./linked_blocks.ts";
import {
  type ChannelGroupModel,
  type DataGroupModel,
  type Identification,
  jsonNumber,
  type Measurement,
  type TimeStamp,
} from "./measurement.ts";
import { asProblem } from "./problem.ts";
import { ChannelWalk } from "./walk_channels.ts";
import { DetailWalk } from "./walk_details.ts";
import { countElements } from "./walk_elements.ts";

/**
 * Reads the structure of a file; the samples stay untouched. With `damaged` "skip", what cannot be
 * read is left out and kept in the model's problems.
 */
export async function walkFile(
  reader: BlockReader,
  damaged: Damaged = "refuse",
): Promise<Measurement> {
  const identification = await readIdentification(reader);
  reader.program = identification.program;
  if (identification.file === "UnFinMF") reader.unfinalized = identification.unfinalizedFlags;
  const measurement = emptyMeasurement(identification);
  const walk = new FileWalk(reader, measurement, damaged);
  await walk.run();
  kept ??= await specimens();
  return measurement;
}

/**
 * One of each kind of object that a walk goes through for every block. When a collection finds none
 * left, V8 forgets the code that it compiled for them, and the next file is walked from cold again.
 */
let kept: readonly unknown[] | undefined;

async function specimens(): Promise<readonly unknown[]> {
  const source = await SourceReader.open(bytesSource(new Uint8Array(0)));
  const reader = new BlockReader(new PageCache(source));
  const identification = {
    ...{ file: "MDF", versionText: "", version: 0, program: "" },
    ...{ unfinalizedFlags: 0, customFlags: 0 },
  };
  return [
    new FileWalk(reader, emptyMeasurement(identification), "refuse"),
    new LinkedBlocks(reader, DG, "dg_dg_next", 0, "", new OffsetSet()),
    ...channelSpecimens(),
  ];
}

function emptyMeasurement(identification: Identification): Measurement {
  return {
    identification,
    header: {
      start: { ns: "0", zoneMinutes: 0, daylightMinutes: 0, flags: 0 },
      timeClass: 0,
      flags: 0,
      startAngle: 0,
      startDistance: 0,
      comment: "",
    },
    fileHistory: [],
    dataGroups: [],
    groups: [],
    signalData: [],
    conversions: [],
    sources: [],
    attachments: [],
    events: [],
    hierarchy: [],
    problems: [],
  };
}

/** The identification of a file of a version that can be read. */
export async function readIdentification(reader: BlockReader): Promise<Identification> {
  const id = await reader.identification();
  const place = reader.place("ID", 0);
  const file = id.id_file.trimEnd();
  if (file !== "MDF" && file !== "UnFinMF") {
    throw new NotMdfError(
      'the file does not start with "MDF" or "UnFinMF"; it is not a measurement data file',
      place,
    );
  }
  if (id.id_ver < 400) {
    throw new UnsupportedFeatureError(
      `this is MDF version ${id.id_vers.trim() || id.id_ver / 100}; only version 4 is read, so ` +
        "convert the file with its own tool first",
      place,
    );
  }
  if (id.id_ver >= 500) {
    throw new UnsupportedFeatureError(`MDF version ${id.id_ver / 100} is not known`, place);
  }
  return {
    file,
    versionText: id.id_vers.trim(),
    version: id.id_ver,
    program: id.id_prog.trim(),
    unfinalizedFlags: file === "UnFinMF" ? id.id_unfin_flags : 0,
    customFlags: file === "UnFinMF" ? id.id_custom_unfin_flags : 0,
  };
}

type DataGroupBlock = Block<typeof DG.fields, (typeof DG.links)[number]>;
type ChannelGroupBlock = Block<typeof CG.fields, (typeof CG.links)[number]>;

class FileWalk {
  readonly #reader: BlockReader;
  readonly #model: Measurement;
  readonly #channels: ChannelWalk;
  readonly #details: DetailWalk;
  readonly #guard: DamageGuard;
  readonly #visited = new OffsetSet();
  /** Links to the groups that hold other groups' master channels. */
  readonly #masterLinks: { group: ChannelGroupModel; link: number; path: string }[] = [];
  /** Links to the records, followed once the structure is known. */
  readonly #dataLinks: {
    dataGroup: DataGroupModel;
    block: number;
    link: number;
    path: string;
  }[] = [];

  constructor(reader: BlockReader, model: Measurement, damaged: Damaged) {
    this.#reader = reader;
    this.#model = model;
    this.#guard = new DamageGuard(model.problems, damaged);
    this.#channels = new ChannelWalk(reader, model, this.#guard);
    this.#details = new DetailWalk(reader, model);
  }

  async run(): Promise<void> {
    const header = await this.#reader.load(HD, ID_BYTES, "HD");
    const fields = header.fields;
    this.#model.header = {
      start: {
        ns: String(fields.hd_start_time_ns),
        zoneMinutes: fields.hd_tz_offset_min,
        daylightMinutes: fields.hd_dst_offset_min,
        flags: fields.hd_time_flags,
      },
      timeClass: fields.hd_time_class,
      flags: fields.hd_flags,
      startAngle: jsonNumber(fields.hd_start_angle_rad),
      startDistance: jsonNumber(fields.hd_start_distance_m),
      comment: "",
    };
    await this.#guard.spare(async () => {
      this.#model.header.comment = await this.#text(link(header, "hd_md_comment"), "HD>MD");
    });
    await this.#guard.spare(() => this.#fileHistory(link(header, "hd_fh_first")));
    await this.#guard.attempt(() => this.#dataGroups(link(header, "hd_dg_first")));
    await this.#details.run(header, this.#channels.eventTemplates, this.#channels.linking);
    await this.#channels.followSignalData();
    countElements(this.#model, this.#channels.linking, this.#reader);
    this.#resolveMasterGroups();
    await this.#followData();
    // Where data ends in an unfinalized file is known only once every other block is.
    if (this.#reader.unfinalized !== undefined) {
      this.#reader.met.complete = true;
      await this.#followData();
    }
    countSortedRecords(this.#model);
  }

  #resolveMasterGroups(): void {
    if (this.#masterLinks.length === 0) return;
    const indexes = new Map(this.#model.groups.map(({ offset }, index) => [offset, index]));
    for (const { group, link: offset, path } of this.#masterLinks) {
      const index = indexes.get(offset);
      if (index === undefined) {
        this.#model.problems.push(asProblem(
          new CorruptFileError(
            "the link to the channel group that holds the master channel leads nowhere; the group's " +
              "channels are read without a master",
            this.#reader.place("CG", group.offset, path),
          ),
        ));
      } else group.masterGroup = index;
    }
  }

  /** The groups of each data group. */
  #membersOfDataGroups(): ChannelGroupModel[][] {
    const members: ChannelGroupModel[][] = this.#model.dataGroups.map(() => []);
    for (const group of this.#model.groups) members[group.dataGroup].push(group);
    return members;
  }

  async #followData(): Promise<void> {
    await this.#details.followReductionData();
    await this.#channels.followElementData();
    let members: readonly ChannelGroupModel[][] | undefined;
    for (const [number, { dataGroup, block, link: start, path }] of this.#dataLinks.entries()) {
      if (readsLater(this.#reader)) {
        dataGroup.data = unreadChain(start, "DT");
        continue;
      }
      const plain = peekDataChain(this.#reader, start, "DT", path);
      if (plain) {
        dataGroup.data = plain;
        continue;
      }
      members ??= this.#membersOfDataGroups();
      const { recordIdBytes } = dataGroup;
      const place = this.#reader.place("DG", block, path);
      Object.assign(
        dataGroup,
        await readGroupData(this.#reader, members[number], recordIdBytes, start, path, place),
      );
    }
  }

  async #fileHistory(first: number): Promise<void> {
    const blocks = this.#chain(FH, "fh_fh_next", first, "HD>FH");
    while (blocks.more()) {
      const block = blocks.peek() ?? await blocks.load();
      const { path } = blocks;
      const fields = block.fields;
      const time: TimeStamp = {
        ns: String(fields.fh_time_ns),
        zoneMinutes: fields.fh_tz_offset_min,
        daylightMinutes: fields.fh_dst_offset_min,
        flags: fields.fh_time_flags,
      };
      const comment = await this.#text(link(block, "fh_md_comment"), `${path}>MD`);
      this.#model.fileHistory.push({ time, comment });
    }
  }

  async #dataGroups(first: number): Promise<void> {
    const blocks = this.#chain(DG, "dg_dg_next", first, "HD>DG");
    while (blocks.more()) {
      const block = blocks.peek() ?? await blocks.load();
      const { path } = blocks;
      try {
        await this.#dataGroup(block, path);
      } catch (error) {
        this.#guard.leaveOut(error);
      }
    }
  }

  async #dataGroup(block: DataGroupBlock, path: string): Promise<void> {
    const size = block.fields.dg_rec_id_size;
    if (![0, 1, 2, 4, 8].includes(size)) {
      throw new CorruptFileError(
        `record ids of ${size} bytes do not exist in the format (0, 1, 2, 4 or 8)`,
        this.#reader.place("DG", block.offset, path),
      );
    }
    const dataGroup: DataGroupModel = {
      recordIdBytes: size,
      data: { fragments: [], length: 0 },
    };
    const comment = link(block, "dg_md_comment");
    const text = comment && await this.#optionalText(comment, `${path}>MD`);
    if (text) dataGroup.comment = text;
    const number = this.#model.dataGroups.push(dataGroup) - 1;
    this.#dataLinks.push({ dataGroup, block: block.offset, link: link(block, "dg_data"), path });
    await this.#channelGroups(link(block, "dg_cg_first"), number, path);
  }

  async #channelGroups(first: number, dataGroup: number, parent: string): Promise<void> {
    const blocks = this.#chain(CG, "cg_cg_next", first, `${parent}>CG`);
    while (blocks.more()) {
      const block = blocks.peek() ?? await blocks.load();
      const { path } = blocks;
      await this.#channelGroup(block, dataGroup, path);
    }
  }

  async #channelGroup(block: ChannelGroupBlock, dataGroup: number, path: string): Promise<void> {
    const fields = block.fields;
    const group: ChannelGroupModel = {
      offset: block.offset,
      dataGroup,
      recordId: fields.cg_record_id,
      name: "",
      flags: fields.cg_flags,
      pathSeparator: fields.cg_path_separator,
      dataBytes: fields.cg_data_bytes,
      invalidationBytes: fields.cg_inval_bytes,
      cycleCount: fields.cg_cycle_count,
      recordCount: fields.cg_cycle_count,
      channels: [],
    };
    const name = this.#optionalText(link(block, "cg_tx_acq_name"), `${path}>TX`);
    group.name = (typeof name === "string" ? name : await name) ?? "";
    if (group.recordId > Number.MAX_SAFE_INTEGER) {
      group.exactRecordId = await this.#exactRecordId(block);
    }
    const comment = link(block, "cg_md_comment");
    const text = comment && await this.#optionalText(comment, `${path}>MD`);
    if (text) group.comment = text;
    if (fields.cg_flags & GROUP_FLAG.remoteMaster) {
      this.#masterLinks.push({ group, link: moreLinks(block)[0] ?? 0, path });
    }
    const source = link(block, "cg_si_acq_source");
    if (source) {
      group.source = await this.#guard.attempt(() => this.#channels.source(source, path));
    }
    const pending = this.#channels.read(link(block, "cg_cn_first"), group, path);
    if (pending) await pending;
    this.#details.noteReductions(group, link(block, "cg_sr_first"), path);
    this.#model.groups.push(group);
  }

  /** The record id, the first field of the block, in full. */
  async #exactRecordId({ offset, linkCount }: ChannelGroupBlock): Promise<string> {
    const bytes = await this.#reader.loadBytes(offset + HEADER_BYTES + 8 * linkCount, 8);
    return String(new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0, true));
  }

  /** The blocks of a linked list, each at most once. */
  #chain<F extends FieldTable, L extends string>(
    table: BlockTable<F, L>,
    next: L,
    first: number,
    prefix: string,
  ): LinkedBlocks<F, L> {
    return new LinkedBlocks(this.#reader, table, next, first, prefix, this.#visited);
  }

  async #text(offset: number, path: string): Promise<string> {
    return this.#reader.peekText(offset, path) ?? await this.#reader.loadText(offset, path);
  }

  /** A text without which the file can be read; a promise only where the source has to wait. */
  #optionalText(offset: number, path: string): string | undefined | Promise<string | undefined> {
    try {
      const text = this.#reader.peekText(offset, path);
      if (text !== undefined) return text;
    } catch (error) {
      this.#guard.leaveOut(error);
      return undefined;
    }
    return this.#guard.attempt(() => this.#reader.loadText(offset, path));
  }
}
