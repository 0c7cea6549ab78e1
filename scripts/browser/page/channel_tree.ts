/**
 * Groups and channels of a file as a tree that can be searched; only visible rows exist.
 *
 * @module
 */
import type { Channel, ChannelGroup, Mdf } from "../../../mod.ts";
import { countOf, oneLine } from "../../inspect/plain_text.ts";
import { byId, make, setAttributes } from "./dom.ts";
import { VirtualRows } from "./virtual_rows.ts";

interface Row {
  group: ChannelGroup;
  /** Undefined in the row of the group itself. */
  channel?: Channel;
  /** Place among its siblings, from 1, and their number. */
  place: number;
  siblings: number;
}

const ROW_HEIGHT = 32;
/** With more groups than this, all but the first start folded. */
const MANY_GROUPS = 40;

/** The tree in `index.html`. */
export class ChannelTree {
  readonly #tree = byId("tree");
  readonly #search = byId<HTMLInputElement>("search");
  readonly #count = byId("search-count");
  readonly #rows: VirtualRows;
  readonly #onChoose: (channel: Channel) => void;
  #mdf?: Mdf;
  #folded = new Set<ChannelGroup>();
  #shown: Row[] = [];
  #texts = new Map<ChannelGroup, string[]>();
  #active = 0;
  #chosen?: Channel;

  /** `onChoose` is told of a channel that was clicked or entered. */
  constructor(onChoose: (channel: Channel) => void) {
    this.#onChoose = onChoose;
    this.#rows = new VirtualRows(this.#tree, {
      rowHeight: ROW_HEIGHT,
      render: (index, element) => this.#render(index, element),
    });
    this.#search.addEventListener("input", () => this.#filter());
    this.#search.addEventListener("keydown", (event) => this.#onSearchKey(event));
    this.#tree.addEventListener("keydown", (event) => this.#onKey(event));
    this.#tree.addEventListener("click", (event) => this.#onClick(event));
    // What is active is only told apart while the tree has the focus.
    this.#tree.addEventListener("focus", () => this.#rows.refresh());
  }

  /** Shows the channels of a file. */
  show(mdf: Mdf): void {
    this.#mdf = mdf;
    this.#texts = new Map();
    this.#chosen = undefined;
    this.#folded = new Set(mdf.groups.length > MANY_GROUPS ? mdf.groups.slice(1) : []);
    this.#search.value = "";
    this.#filter();
  }

  /** Marks a channel as the one that is shown. */
  choose(channel: Channel): void {
    this.#chosen = channel;
    this.#rows.refresh();
  }

  /** Brings the keyboard to the search box. */
  focusSearch(): void {
    this.#search.focus();
    this.#search.select();
  }

  #filter(keepPlace = false): void {
    const mdf = this.#mdf;
    if (!mdf) return;
    const words = this.#words();
    const shown: Row[] = [];
    let found = 0;
    let channels = 0;
    let groups = 0;
    for (const group of mdf.groups) {
      channels += group.channels.length;
      const matching = words.length > 0
        ? this.#matches(group, words)
        : group.channels.map((_, i) => i);
      if (words.length > 0 && matching.length === 0) continue;
      found += matching.length;
      shown.push({ group, place: ++groups, siblings: mdf.groups.length });
      if (words.length === 0 && this.#folded.has(group)) continue;
      matching.forEach((i, at) => {
        const channel = group.channels[i];
        shown.push({ group, channel, place: at + 1, siblings: matching.length });
      });
    }
    for (const row of shown) if (!row.channel) row.siblings = groups;
    this.#shown = shown;
    this.#count.textContent = words.length > 0
      ? found === 0
        ? "No channel has all of these words."
        : `${found.toLocaleString("en")} of ${countOf(channels, "channel")}`
      : `${countOf(channels, "channel")} in ${countOf(mdf.groups.length, "group")}`;
    this.#active = Math.min(this.#active, Math.max(0, shown.length - 1));
    if (!keepPlace) this.#active = words.length > 0 && shown.length > 1 ? 1 : 0;
    this.#rows.setCount(shown.length, keepPlace);
    this.#tellActive();
  }

  #words(): string[] {
    return this.#search.value.toLowerCase().split(/\s+/).filter(Boolean);
  }

  #matches(group: ChannelGroup, words: readonly string[]): number[] {
    let texts = this.#texts.get(group);
    if (!texts) {
      texts = group.channels.map((channel) =>
        `${channel.name}\n${channel.model.parent === undefined ? "" : channel.path}\n` +
        `${channel.unit}\n${group.name}`.toLowerCase()
      ).map((text) => text.toLowerCase());
      this.#texts.set(group, texts);
    }
    return texts.flatMap((text, i) => words.every((word) => text.includes(word)) ? [i] : []);
  }

  #render(index: number, element: HTMLElement): void {
    const { group, channel, place, siblings } = this.#shown[index];
    setAttributes(element, {
      id: `row-${index}`,
      role: "treeitem",
      "data-index": index,
      "aria-level": channel ? 2 : 1,
      "aria-posinset": place,
      "aria-setsize": siblings,
      "aria-expanded": channel ? undefined : String(!this.#isFolded(group)),
      "aria-selected": channel ? String(channel === this.#chosen) : undefined,
      class: `row ${channel ? "channel-row" : "group-row"}${
        index === this.#active ? " active" : ""
      }`,
      title: channel && channel.path !== channel.name ? channel.path : undefined,
    });
    if (!channel) {
      element.replaceChildren(
        make("span", { class: "fold", "aria-hidden": "true" }),
        make("span", { class: "name" }, oneLine(group.name) || `Group ${group.index}`),
        make("span", { class: "unit" }, countOf(group.recordCount, "record")),
      );
      return;
    }
    element.replaceChildren(
      make("span", { class: "name" }, ...this.#marked(oneLine(channel.name) || "(no name)")),
      make("span", { class: "unit" }, channel.isMaster ? "master" : oneLine(channel.unit)),
    );
  }

  /** The name, with what was searched for marked. */
  #marked(name: string): (Node | string)[] {
    const word = this.#words().find((each) => name.toLowerCase().includes(each));
    // Some letters change their number of units with their case; then nothing is marked.
    if (word === undefined || name.toLowerCase().length !== name.length) return [name];
    const at = name.toLowerCase().indexOf(word);
    const end = at + word.length;
    return [name.slice(0, at), make("mark", {}, name.slice(at, end)), name.slice(end)];
  }

  #isFolded(group: ChannelGroup): boolean {
    return this.#folded.has(group) && this.#words().length === 0;
  }

  #onClick(event: MouseEvent): void {
    const row = (event.target as Element).closest<HTMLElement>(".row");
    if (!row) return;
    this.#active = Number(row.dataset.index);
    this.#enter();
    this.#tellActive();
  }

  #enter(): void {
    const row = this.#shown[this.#active];
    if (!row) return;
    if (row.channel) this.#onChoose(row.channel);
    else this.#fold(row.group, !this.#folded.has(row.group));
  }

  #fold(group: ChannelGroup, fold: boolean): void {
    if (this.#words().length > 0) return;
    if (fold) this.#folded.add(group);
    else this.#folded.delete(group);
    this.#filter(true);
  }

  #onSearchKey(event: KeyboardEvent): void {
    if (event.key === "ArrowDown") this.#tree.focus();
    else if (event.key === "Enter") this.#enter();
    else if (event.key === "Escape" && this.#search.value) {
      this.#search.value = "";
      this.#filter();
    } else return;
    event.preventDefault();
  }

  #onKey(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const row = this.#shown[this.#active];
    if (!row) return;
    const last = this.#shown.length - 1;
    const page = this.#rows.visible - 1;
    const moves: Record<string, () => void> = {
      ArrowDown: () => this.#move(this.#active + 1),
      ArrowUp: () => this.#move(this.#active - 1),
      PageDown: () => this.#move(this.#active + page),
      PageUp: () => this.#move(this.#active - page),
      Home: () => this.#move(0),
      End: () => this.#move(last),
      Enter: () => this.#enter(),
      " ": () => this.#enter(),
      ArrowRight: () => {
        if (!row.channel && this.#isFolded(row.group)) this.#fold(row.group, false);
        else if (!row.channel) this.#move(this.#active + 1);
      },
      ArrowLeft: () => {
        if (row.channel) this.#move(this.#active - row.place);
        else this.#fold(row.group, true);
      },
    };
    const move = moves[event.key];
    if (!move) return;
    event.preventDefault();
    move();
  }

  #move(to: number): void {
    this.#active = Math.max(0, Math.min(to, this.#shown.length - 1));
    this.#rows.reveal(this.#active);
    this.#tellActive();
  }

  #tellActive(): void {
    const row = this.#shown.length > 0 ? `row-${this.#active}` : undefined;
    setAttributes(this.#tree, { "aria-activedescendant": row });
    this.#rows.refresh();
  }
}
