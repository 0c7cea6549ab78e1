/**
 * The channel hierarchy: a tree that orders channels for the reader, whatever groups they are in.
 *
 * @module
 */
import { CH } from "../blocks/block_tables.ts";
import { OffsetSet } from "../blocks/offset_set.ts";
import { type Block, link, moreLinks } from "../blocks/block.ts";
import { CorruptFileError, LimitExceededError } from "../errors.ts";
import { LinkedBlocks } from "./linked_blocks.ts";
import type { HierarchyModel } from "./measurement.ts";
import type { DetailContext } from "./walk_details.ts";

type HierarchyBlock = Block<typeof CH.fields, (typeof CH.links)[number]>;

/** Reads the tree from its first node on. */
export async function walkHierarchy(context: DetailContext, first: number): Promise<void> {
  await readSiblings(context, first, context.model.hierarchy, "HD>CH", 0, new OffsetSet());
}

async function readSiblings(
  context: DetailContext,
  first: number,
  siblings: HierarchyModel[],
  prefix: string,
  depth: number,
  visited: OffsetSet,
): Promise<void> {
  const { reader } = context;
  if (first !== 0 && depth > reader.limits.depth) {
    throw new LimitExceededError(
      `the channel hierarchy is nested more than ${reader.limits.depth} deep; raise limits.depth ` +
        "if the file is to be trusted",
      reader.place("CH", first, prefix),
    );
  }
  const blocks = new LinkedBlocks(reader, CH, "ch_ch_next", first, prefix, visited);
  while (blocks.more()) {
    const block = blocks.peek() ?? await blocks.load();
    const { path } = blocks;
    const node: HierarchyModel = {
      offset: block.offset,
      type: block.fields.ch_type,
      name: await context.text(link(block, "ch_tx_name"), `${path}>TX`),
      elements: readElements(context, block, path),
      children: [],
    };
    const comment = await context.text(link(block, "ch_md_comment"), `${path}>MD`);
    if (comment) node.comment = comment;
    siblings.push(node);
    const child = link(block, "ch_ch_first");
    // A child list that breaks off must not cost the siblings that follow.
    await context.attempt(() =>
      readSiblings(context, child, node.children, `${path}>CH`, depth + 1, visited)
    );
  }
}

/** Elements are triples of links to a data group, a channel group and a channel. */
function readElements(
  context: DetailContext,
  block: HierarchyBlock,
  path: string,
): HierarchyModel["elements"] {
  const links = moreLinks(block);
  const count = block.fields.ch_element_count;
  if (3 * count > links.length) {
    context.report(
      new CorruptFileError(
        `the node counts ${count} elements of three links and has ${links.length} links`,
        context.reader.place("CH", block.offset, path),
      ),
    );
  }
  const channels: number[] = [];
  for (let i = 2; i < 3 * count && i < links.length; i += 3) channels.push(links[i]);
  return context.placesOf(channels, "CH", block.offset, path);
}
