/**
 * The first values of the channels of a file.
 *
 * @module
 */
import { isMdfError, type MdfError } from "../../lib/errors.ts";
import type { Channel, ChannelGroup } from "../../lib/signal/channel.ts";
import type { Mdf } from "../../lib/signal/mdf.ts";
import type { Signal } from "../../lib/signal/signal.ts";

/** Values of one channel, or why there are none. */
export interface ChannelValues {
  channel: Channel;
  signal?: Signal;
  error?: MdfError;
}

/** Values of the channels of one group. */
export interface GroupValues {
  group: ChannelGroup;
  records: number;
  channels: ChannelValues[];
}

/** The first `count` values of each channel whose name contains `filter`. */
export async function readFirstValues(
  mdf: Mdf,
  count: number,
  filter?: string,
): Promise<GroupValues[]> {
  const wanted = filter?.toLowerCase() ?? "";
  const found: GroupValues[] = [];
  for (const group of mdf.groups) {
    const channels = group.channels.filter(({ name }) => name.toLowerCase().includes(wanted));
    if (channels.length === 0) continue;
    const values = await readGroup(mdf, channels, count);
    found.push({ group, records: Math.min(count, group.recordCount), channels: values });
  }
  return found;
}

async function readGroup(
  mdf: Mdf,
  channels: readonly Channel[],
  count: number,
): Promise<ChannelValues[]> {
  const errors = new Map<Channel, MdfError>();
  let signals: Signal[] = [];
  try {
    signals = await mdf.readAll(channels, {
      records: [0, count],
      onChannelError(channel, error) {
        if (!isMdfError(error)) throw error;
        errors.set(channel, error);
      },
    });
  } catch (error) {
    // The records of the group cannot be had, so none of its channels can be.
    if (!isMdfError(error)) throw error;
    for (const channel of channels) errors.set(channel, error);
  }
  const byChannel = new Map(signals.map((signal) => [signal.channel, signal]));
  return channels.map((channel) => ({
    channel,
    signal: byChannel.get(channel),
    error: errors.get(channel),
  }));
}

/** One value of a signal: of an array, its elements nested as its dimensions are. */
export function valueAt({ values, shape, valid }: Signal, record: number): unknown {
  if (valid && valid[record] === 0) return undefined;
  const dimensions = shape.slice(1);
  const elements = dimensions.reduce((product, size) => product * size, 1);
  return nested((i) => values.at(i), record * elements, dimensions);
}

function nested(at: (i: number) => unknown, from: number, dimensions: readonly number[]): unknown {
  if (dimensions.length === 0) return at(from);
  const [size, ...rest] = dimensions;
  const step = rest.reduce((product, each) => product * each, 1);
  return Array.from({ length: size }, (_, i) => nested(at, from + i * step, rest));
}
