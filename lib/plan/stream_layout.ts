/**
 * How the channels of a data stream (version 4.3) lie one after the other; pure data.
 *
 * @module
 */
import { CorruptFileError, UnsupportedFeatureError } from "../errors.ts";
import { CHANNEL_FLAG, CHANNEL_TYPE, isComplex, LIST_FLAG } from "../structure/format_codes.ts";
import type { ChannelGroupModel, ChannelModel } from "../structure/measurement.ts";
import { type BytesLayout, fixedLayout, type NumberLayout } from "./column_layout.ts";
import { failure } from "./layout_error.ts";

/** Where a value starts, relative to the end of the one before. */
export interface StreamPosition {
  /** The start is a multiple of 2 to the power of this, in bytes; 255 for the very next bit. */
  readonly alignment: number;
  /** Bytes to skip after that. */
  readonly byteOffset: number;
  /** Bits to skip after that. */
  readonly bitOffset: number;
  /** Whether positions are aligned to the end of the value before from here on. */
  readonly reset: boolean;
}

/** What lies there. Other channels are named by their index within the group. */
export type StreamValue =
  | NumberLayout
  | BytesLayout
  /** The length in four bytes, then the value. */
  | { readonly kind: "prefixed" }
  /** As many bytes as another channel tells. */
  | { readonly kind: "sized"; readonly sizeChannel: number }
  | { readonly kind: "sequence"; readonly members: readonly StreamNode[] }
  | { readonly kind: "union"; readonly members: readonly StreamNode[] }
  | {
    readonly kind: "variant";
    readonly discriminator: number;
    readonly options: readonly StreamNode[];
    /** The discriminator's value for each option. */
    readonly values: readonly bigint[];
  }
  | {
    readonly kind: "list";
    readonly sizeChannel: number;
    /** Whether the size counts elements, or bytes. */
    readonly countsElements: boolean;
    readonly members: readonly StreamNode[];
    /** Position of the second and each later element. */
    readonly next: StreamPosition;
  };

/** A channel of a stream. */
export interface StreamNode {
  /** Index of the channel within the group. */
  readonly channel: number;
  readonly position: StreamPosition;
  readonly value: StreamValue;
}

/** The channels of a stream. */
export interface StreamLayout {
  /** Index of the channel whose values are the streams. */
  readonly parent: number;
  readonly members: readonly StreamNode[];
  /** Channels that tell sizes and options, in the stream or not. */
  readonly references: ReadonlySet<number>;
  /** Channels of the stream that are elements of a list. */
  readonly listed: ReadonlySet<number>;
  /** All channels of the stream. */
  readonly channels: ReadonlySet<number>;
}

/** Index of the channel whose values are the streams in which a channel lies; undefined for none. */
export function streamOf(group: ChannelGroupModel, index: number): number | undefined {
  for (let at = group.channels[index].parent; at !== undefined; at = group.channels[at].parent) {
    if (group.channels[at].composition?.kind === "stream") return at;
  }
  return undefined;
}

/**
 * Layout of the streams of a channel.
 *
 * @throws {UnsupportedFeatureError} for what is not read in streams
 * @throws {CorruptFileError} for channels that cannot lie in a stream
 */
export function streamLayout(
  group: ChannelGroupModel,
  parent: number,
  file?: string,
): StreamLayout {
  const references = new Set<number>();
  const listed = new Set<number>();
  const channels = new Set<number>();
  const childrenOf = new Map<number, number[]>();
  group.channels.forEach(({ parent }, i) => {
    if (parent === undefined) return;
    const siblings = childrenOf.get(parent);
    if (siblings) siblings.push(i);
    else childrenOf.set(parent, [i]);
  });

  const nodes = (members: readonly number[], inList: boolean): StreamNode[] =>
    members.map((index) => {
      const channel = group.channels[index];
      channels.add(index);
      if (inList) listed.add(index);
      const position: StreamPosition = {
        alignment: channel.alignment ?? 0,
        byteOffset: channel.byteOffset,
        bitOffset: channel.bitOffset,
        reset: (channel.flags & CHANNEL_FLAG.alignmentReset) !== 0,
      };
      return { channel: index, position, value: valueOf(channel, index, inList) };
    });

  const refer = (channel: ChannelModel, index: number): number => {
    if (index < 0) {
      throw failure(channel, file)(
        "the channel that tells its size or option is missing",
        CorruptFileError,
      );
    }
    references.add(index);
    return index;
  };

  const valueOf = (channel: ChannelModel, index: number, inList: boolean): StreamValue => {
    const fail = failure(channel, file);
    if (channel.arrays) {
      throw fail("arrays in data streams are not supported", UnsupportedFeatureError);
    }
    const { composition } = channel;
    switch (composition?.kind) {
      case "stream":
        return { kind: "sequence", members: nodes(composition.members, inList) };
      case "union":
        return { kind: "union", members: nodes(composition.members, inList) };
      case "variant":
        return {
          kind: "variant",
          discriminator: refer(channel, composition.discriminator),
          options: nodes(composition.members, inList),
          values: composition.values.map(BigInt),
        };
      case "list": {
        if (inList) throw fail("lists in lists are not supported", UnsupportedFeatureError);
        const { alignment, bitOffset, byteOffset, flags } = composition;
        return {
          kind: "list",
          sizeChannel: refer(channel, composition.sizeChannel),
          countsElements: (flags & LIST_FLAG.countsElements) !== 0,
          members: nodes(composition.members, true),
          next: {
            ...{ alignment, bitOffset, byteOffset },
            reset: (flags & LIST_FLAG.alignmentReset) !== 0,
          },
        };
      }
    }
    if (channel.structure) {
      return { kind: "sequence", members: nodes(childrenOf.get(index) ?? [], inList) };
    }
    switch (channel.type) {
      case CHANNEL_TYPE.variableLength:
        if (channel.bitCount === 0) return { kind: "prefixed" };
        break;
      case CHANNEL_TYPE.variableLengthSized:
        if (channel.bitCount === 0) {
          return { kind: "sized", sizeChannel: refer(channel, channel.lengthChannel ?? -1) };
        }
        break;
      case CHANNEL_TYPE.fixed:
        if (isComplex(channel.dataType)) break;
        return fixedLayout({ ...channel, bitOffset: 0 }, 0, channel, file);
    }
    throw fail(
      `channels of type ${channel.type} and data type ${channel.dataType} are not supported in data ` +
        "streams",
      UnsupportedFeatureError,
    );
  };

  const stream = group.channels[parent];
  const { composition } = stream;
  if (composition?.kind !== "stream") {
    throw failure(stream, file)("the channel is no data stream", CorruptFileError);
  }
  const members = nodes(composition.members, false);
  if (composition.alignmentStart !== undefined) {
    const aligned = [...channels].some((index) => {
      const { alignment = 0 } = group.channels[index];
      return alignment !== 0 && alignment !== 255;
    });
    // To whole bytes, everything is aligned whatever the start.
    if (aligned) {
      throw failure(stream, file)(
        "the alignment of the data stream starts at another channel, which is not supported",
        UnsupportedFeatureError,
      );
    }
  }
  return { parent, members, references, listed, channels };
}
