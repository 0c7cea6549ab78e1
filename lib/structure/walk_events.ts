/**
 * The list of events, and the templates of events that are stored as records.
 *
 * @module
 */
import { EV } from "../blocks/block_tables.ts";
import { OffsetSet } from "../blocks/offset_set.ts";
import { type Block, link, moreLinks } from "../blocks/block.ts";
import { CorruptFileError } from "../errors.ts";
import { EVENT_FLAG } from "./format_codes.ts";
import { LinkedBlocks } from "./linked_blocks.ts";
import { type ChannelModel, type EventModel, jsonNumber } from "./measurement.ts";
import type { DetailContext } from "./walk_details.ts";

type EventBlock = Block<typeof EV.fields, (typeof EV.links)[number]>;

/** Links of an event to other events, resolved once all events are known. */
interface EventLinks {
  readonly event: EventModel;
  readonly parent: number;
  readonly range: number;
  readonly path: string;
}

/** Reads the events from the first one on. Attachments must be known. */
export async function walkEvents(context: DetailContext, first: number): Promise<void> {
  const { reader, model } = context;
  const indexes = new Map<number, number>();
  const toResolve: EventLinks[] = [];
  try {
    const blocks = new LinkedBlocks(reader, EV, "ev_ev_next", first, "HD>EV", new OffsetSet());
    while (blocks.more()) {
      const block = blocks.peek() ?? await blocks.load();
      const { path } = blocks;
      const event = await readEvent(context, block, path);
      indexes.set(block.offset, model.events.push(event) - 1);
      const parent = link(block, "ev_ev_parent");
      const range = link(block, "ev_ev_range");
      if (parent !== 0 || range !== 0) toResolve.push({ event, parent, range, path });
    }
  } finally {
    // A list that breaks off still has events that refer to each other.
    for (const links of toResolve) resolve(context, links, indexes);
  }
}

/** A channel whose values are events, and the link to their template. */
export interface EventTemplateLink {
  readonly channel: ChannelModel;
  readonly link: number;
  readonly path: string;
}

/** Reads the templates of events that are stored as records. The list of events must be known. */
export async function walkEventTemplates(
  context: DetailContext,
  links: readonly EventTemplateLink[],
): Promise<void> {
  if (links.length === 0) return;
  const { reader, model } = context;
  const events = new Map(model.events.map(({ offset }, index) => [offset, index]));
  const templates = model.eventTemplates ??= [];
  const known = new Map<number, number>();
  for (const { channel, link: offset, path } of links) {
    await context.attempt(async () => {
      let index = known.get(offset);
      if (index === undefined) {
        const at = `${path}>EV`;
        const block = reader.peek(EV, offset, at) ?? await reader.load(EV, offset, at);
        const event = await readEvent(context, block, at);
        index = templates.push(event) - 1;
        known.set(offset, index);
        const parent = link(block, "ev_ev_parent");
        const range = link(block, "ev_ev_range");
        // The parents and beginnings of events in records may themselves be records of a group.
        event.parentGroup = context.groupAt(parent);
        event.rangeBeginGroup = context.groupAt(range);
        resolve(context, {
          event,
          parent: event.parentGroup === undefined ? parent : 0,
          range: event.rangeBeginGroup === undefined ? range : 0,
          path: at,
        }, events);
      }
      channel.eventTemplate = index;
    });
  }
}

async function readEvent(
  context: DetailContext,
  block: EventBlock,
  path: string,
): Promise<EventModel> {
  const { fields, offset } = block;
  const { ev_scope_count: scopes, ev_attachment_count: attachments } = fields;
  const links = moreLinks(block);
  const named = (fields.ev_flags & EVENT_FLAG.groupName) !== 0;
  const counted = scopes + attachments + (named ? 1 : 0);
  if (counted > links.length) {
    context.report(
      new CorruptFileError(
        `the event counts ${counted} more links and has ${links.length}`,
        context.reader.place("EV", offset, path),
      ),
    );
  }
  const event: EventModel = {
    offset,
    name: await context.text(link(block, "ev_tx_name"), `${path}>TX`),
    type: fields.ev_type,
    syncType: fields.ev_sync_type,
    rangeType: fields.ev_range_type,
    cause: fields.ev_cause,
    flags: fields.ev_flags,
    creator: fields.ev_creator_index,
    syncBase: String(fields.ev_sync_base_value),
    syncFactor: jsonNumber(fields.ev_sync_factor),
    scope: context.placesOf(links.slice(0, scopes), "EV", offset, path),
    attachments: context.attachmentsOf(
      links.slice(scopes, scopes + attachments),
      "EV",
      offset,
      path,
    ),
  };
  const comment = await context.text(link(block, "ev_md_comment"), `${path}>MD`);
  if (comment) event.comment = comment;
  // Valid since 4.20: the link stands behind all others.
  const groupName = named ? links[scopes + attachments] ?? 0 : 0;
  if (groupName !== 0) event.groupName = await context.text(groupName, `${path}>TX`);
  return event;
}

function resolve(
  context: DetailContext,
  { event, parent, range, path }: EventLinks,
  indexes: ReadonlyMap<number, number>,
): void {
  const find = (offset: number, what: string) => {
    const index = indexes.get(offset);
    if (index === undefined) {
      context.report(
        new CorruptFileError(
          `its link to ${what} (${offset}) leads to no event of the file's list`,
          context.reader.place("EV", event.offset, path),
        ),
      );
    }
    return index;
  };
  if (parent !== 0) event.parent = find(parent, "its parent");
  if (range !== 0) event.rangeBegin = find(range, "the beginning of its range");
}
