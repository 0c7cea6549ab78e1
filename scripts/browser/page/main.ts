/**
 * The page: what is open, and what happens to files, addresses and keys.
 *
 * @module
 */
import { type Channel, Mdf, type MdfIndex } from "../../../mod.ts";
import { ChannelTree } from "./channel_tree.ts";
import { ChannelView } from "./channel_view.ts";
import { button, byId, make, oncePerFrame } from "./dom.ts";
import { errorCard } from "./error_card.ts";
import { explainError } from "./explain_error.ts";
import { showFile, showTraffic } from "./file_card.ts";
import { byteText } from "./number_text.ts";
import {
  mayBeIndex,
  openInput,
  type OpenInputOptions,
  type Place,
  placeName,
  readIndex,
  Traffic,
} from "./open_input.ts";

type Section = "empty" | "opening" | "failed" | "viewer";

/** An index that waits for its file. */
interface WaitingIndex {
  name: string;
  index: MdfIndex;
}

const tree = new ChannelTree((channel) => showChannel(channel));
let opened: { mdf: Mdf; place: Place; name: string } | undefined;
let view: ChannelView | undefined;
let opening = new AbortController();
let traffic = new Traffic(() => {});
let waiting: WaitingIndex | undefined;

const tellTraffic = oncePerFrame(() => {
  byId("opening-traffic").textContent = `${byteText(traffic.bytes)} fetched`;
  if (opened) showTraffic(traffic, opened.mdf.size, "url" in opened.place);
});

function show(section: Section): void {
  for (const id of ["empty", "opening", "failed", "viewer"]) byId(id).hidden = id !== section;
}

/** Opens a file in place of what is open. */
async function open(place: Place, options: Partial<OpenInputOptions> = {}): Promise<void> {
  opening.abort();
  const { signal } = opening = new AbortController();
  closeFile();
  const name = placeName(place);
  const index = options.index ?? waiting?.index;
  byId("opening-name").textContent = `Opening ${name}`;
  byId("opening-traffic").textContent = "";
  show("opening");
  traffic = new Traffic(tellTraffic);
  try {
    const mdf = await openInput(place, { ...options, index, signal, traffic });
    if (signal.aborted) return void await mdf.close();
    opened = { mdf, place, name };
    setWaiting(undefined);
    showFile(mdf, name, index !== undefined);
    tree.show(mdf);
    showPane("list");
    show("viewer");
    tellTraffic();
    announce(`${name} is open.`);
  } catch (error) {
    if (signal.aborted) return;
    showFailure(error, place, options.damaged === "skip", index !== undefined);
  }
}

function closeFile(): void {
  view?.dispose();
  view = undefined;
  opened?.mdf.close();
  opened = undefined;
  byId("channel").replaceChildren(
    make("p", { class: "faint hint" }, "Choose a channel to see its values."),
  );
  document.title = "MF4";
}

function showFailure(error: unknown, place: Place, skipped: boolean, byIndex: boolean): void {
  const explanation = explainError(error, "url" in place);
  const actions: Node[] = [];
  if (explanation.skippable && !skipped && !byIndex) {
    actions.push(
      button("Open what can be read", () => open(place, { damaged: "skip" }), { class: "primary" }),
    );
  }
  if (byIndex) {
    const without = () => {
      setWaiting(undefined);
      open(place);
    };
    actions.push(button("Open without the index", without, { class: "primary" }));
  } else actions.push(button("Try again", () => open(place)));
  actions.push(button("Choose another file…", choose));
  byId("failed").replaceChildren(
    make("h2", {}, `${placeName(place)} was not opened`),
    errorCard(explanation, actions),
  );
  show("failed");
  announce(`${placeName(place)} was not opened.`);
}

function showChannel(channel: Channel): void {
  if (!opened) return;
  view?.dispose();
  tree.choose(channel);
  const pane = byId("channel");
  showPane("channel");
  view = new ChannelView(pane, opened.mdf, channel, "url" in opened.place, () => {
    showPane("list");
    byId("tree").focus();
  });
  pane.scrollTop = 0;
  // On narrow pages the list, and what had the focus in it, is no longer seen.
  if (byId("tree").offsetParent === null) pane.focus();
  announce(`Channel ${channel.name}`);
}

/** On narrow pages only one of both is seen. */
function showPane(pane: "list" | "channel"): void {
  byId("viewer").dataset.pane = pane;
}

function announce(text: string): void {
  byId("status").textContent = text;
}

/** Takes files that were dropped or chosen: a measurement, an index, or both. */
async function take(files: readonly File[]): Promise<void> {
  let found: WaitingIndex | undefined;
  const others: File[] = [];
  for (const file of files) {
    const index = mayBeIndex(file) ? await readIndex(file) : undefined;
    if (index) found = { name: file.name, index };
    else others.push(file);
  }
  if (others.length > 0) {
    byId<HTMLInputElement>("address").value = "";
    await open({ file: others[0] }, { index: found?.index });
    if (others.length > 1) {
      const left = others.slice(1).map(({ name }) => name).join(", ");
      notify(`One file is shown at a time. Not opened: ${left}. `);
    }
  } else if (found) setWaiting(found);
}

/** An index that came alone is kept until its file comes. */
function setWaiting(next: WaitingIndex | undefined): void {
  waiting = next;
  byId("notice").hidden = true;
  if (!next) return;
  const place = opened?.place;
  notify(
    `${next.name} is an index. Now drop its file, choose it, or enter its address. `,
    ...place ? [button(`Use it for ${opened?.name}`, () => open(place), { class: "small" })] : [],
    button("Forget it", () => setWaiting(undefined), { class: "small" }),
  );
}

/** Tells something above the page. */
function notify(text: string, ...actions: Node[]): void {
  const notice = byId("notice");
  const close = button("Close", () => notice.hidden = true, { class: "small" });
  notice.replaceChildren(text, ...actions.length > 0 ? actions : [close]);
  notice.hidden = false;
}

async function openAddress(text: string): Promise<void> {
  const address = text.trim();
  if (address === "") return;
  if (!URL.canParse(address, location.href)) {
    showFailure(
      new TypeError(`"${address}" is no address`),
      { url: new URL(location.href) },
      true,
      false,
    );
    return;
  }
  const url = new URL(address, location.href);
  if (/\.json$/i.test(url.pathname)) {
    // What goes wrong here goes wrong again below, and is told there.
    const response = await fetch(url).catch(() => undefined);
    const index = response?.ok ? await readIndex(await response.blob()) : undefined;
    if (index) return setWaiting({ name: placeName({ url }), index });
  }
  await open({ url });
}

function choose(): void {
  byId<HTMLInputElement>("files").click();
}

function downloadIndex(): void {
  if (!opened) return;
  const blob = new Blob([JSON.stringify(opened.mdf.toIndex())], { type: "application/json" });
  const href = URL.createObjectURL(blob);
  make("a", { href, download: `${opened.name}.index.json` }).click();
  // The download holds the bytes by itself once it has begun.
  setTimeout(() => URL.revokeObjectURL(href), 10_000);
}

interface Served {
  name: string;
  url: string;
  bytes: number;
}

/** Offers the files that the server was started with. */
async function listServed(): Promise<void> {
  const response = await fetch("/files/");
  const files: Served[] = response.ok ? await response.json() : [];
  byId("served").hidden = files.length === 0;
  byId("served").querySelector("ul")?.replaceChildren(...files.map(({ name, url, bytes }) => {
    const link = button(name, () => openAddress(url));
    return make("li", {}, link, make("span", { class: "faint" }, byteText(bytes)));
  }));
}

function listenForFiles(): void {
  const input = byId<HTMLInputElement>("files");
  for (const id of ["choose", "choose-empty"]) byId(id).addEventListener("click", choose);
  input.addEventListener("change", () => {
    const files = [...input.files ?? []];
    // So that the same file can be chosen again.
    input.value = "";
    take(files);
  });
  const cover = byId("drop-cover");
  const holdsFiles = (event: DragEvent) => event.dataTransfer?.types.includes("Files") ?? false;
  addEventListener("dragover", (event) => {
    if (!holdsFiles(event)) return;
    event.preventDefault();
    cover.hidden = false;
  });
  addEventListener("dragleave", (event) => {
    if (event.relatedTarget === null) cover.hidden = true;
  });
  addEventListener("drop", (event) => {
    cover.hidden = true;
    if (!holdsFiles(event)) return;
    event.preventDefault();
    take([...event.dataTransfer?.files ?? []]);
  });
}

function listenForKeys(): void {
  addEventListener("keydown", (event) => {
    const typing = event.target instanceof HTMLInputElement;
    if (event.key !== "/" || typing || byId("viewer").hidden) return;
    event.preventDefault();
    showPane("list");
    tree.focusSearch();
  });
}

byId<HTMLFormElement>("address-form").addEventListener("submit", (event) => {
  event.preventDefault();
  openAddress(byId<HTMLInputElement>("address").value);
});
byId("opening-cancel").addEventListener("click", () => {
  opening.abort();
  show("empty");
});
byId("download-index").addEventListener("click", downloadIndex);
addEventListener("unhandledrejection", ({ reason }) => {
  const { title, reason: words } = explainError(reason);
  notify(`${title}: ${words} `);
});
listenForFiles();
listenForKeys();
document.fonts.load("12px Inter");
await listServed();
const asked = new URLSearchParams(location.search).get("open");
if (asked) {
  byId<HTMLInputElement>("address").value = asked;
  await openAddress(asked);
}
