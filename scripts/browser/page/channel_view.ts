/**
 * One channel: what is known of it, its plot while it streams, and its values.
 *
 * @module
 */
import type { Channel, Mdf } from "../../../mod.ts";
import { CONVERSION_TYPE_WORDS, wordFor } from "../../inspect/code_words.ts";
import { countOf, oneLine } from "../../inspect/plain_text.ts";
import { roleWords, typeWords } from "../../inspect/type_words.ts";
import { button, describe, make, oncePerFrame, setAttributes } from "./dom.ts";
import { errorCard } from "./error_card.ts";
import { explainError } from "./explain_error.ts";
import { ChannelPlot, type View } from "./plot.ts";
import { type Bins, type NotDrawn, readChannel } from "./read_channel.ts";
import { resolutionWords, summaryFacts } from "./readout.ts";
import { ValueTable } from "./value_table.ts";

const NOT_DRAWN: Record<NotDrawn, string> = {
  "no records": "This channel has no records.",
  "no numbers": "These values have no place on an axis; here they are as a table.",
  "too many texts": "More than 32 different texts; here they are as a table.",
};

/** Bins for each pixel of the width, and their bounds. */
const [LEAST_BINS, MOST_BINS] = [400, 4096];

/** While data comes, drawing leaves most of the time to reading. */
const STREAM_REST_MS = 100;

/** A channel in the right-hand pane. */
export class ChannelView {
  readonly #pane: HTMLElement;
  readonly #mdf: Mdf;
  readonly #channel: Channel;
  readonly #remote: boolean;
  readonly #progress = make("progress", { max: 1, value: 0, "aria-label": "Reading" });
  readonly #cancel = button("Cancel", () => this.#stop(), { class: "small" });
  readonly #facts = make("dl", { class: "facts" });
  readonly #host = make("div", { class: "plot", tabindex: 0, role: "application" });
  readonly #readout = make("p", { class: "readout", "aria-live": "polite" });
  readonly #resolution = make("p", { class: "faint resolution" });
  readonly #body = make("div", { class: "channel-body" });
  readonly #tabs = make("div", { class: "tabs", role: "tablist", "aria-label": "Show as" });
  readonly #controls = make("div", { class: "controls" });
  readonly #scheme = matchMedia("(prefers-color-scheme: dark)");
  readonly #streamed = oncePerFrame(() => this.#drawStreamed(), STREAM_REST_MS);
  readonly #plotPart: HTMLElement;
  readonly #tablePart = make("div", { class: "table-part", hidden: true });
  #abort = new AbortController();
  #element = 0;
  #plot?: ChannelPlot;
  #table?: ValueTable;
  #overview?: Bins;
  /** Whether the overview is complete, so that parts of it can be read again. */
  #whole = false;
  #view?: View;
  #detailOf?: Bins;
  #disposed = false;

  /** Shows a channel and starts to read it. */
  constructor(pane: HTMLElement, mdf: Mdf, channel: Channel, remote: boolean, back: () => void) {
    this.#pane = pane;
    this.#mdf = mdf;
    this.#channel = channel;
    this.#remote = remote;
    this.#plotPart = make(
      "div",
      { class: "plot-part" },
      make("div", { class: "plot-head" }, this.#readout, this.#zoomButtons()),
      this.#host,
      make("p", { class: "x-label faint" }, this.#xLabel()),
      this.#resolution,
    );
    setAttributes(this.#host, {
      "aria-label": `Plot of ${channel.name}. Arrow keys move the read-out, plus and minus zoom, ` +
        "shift with arrows moves along, 0 shows all.",
    });
    this.#body.append(this.#plotPart, this.#tablePart);
    const name = make("h2", {}, oneLine(channel.name) || "(no name)");
    const unit = channel.unit ? make("span", { class: "unit" }, oneLine(channel.unit)) : undefined;
    pane.replaceChildren(
      button("‹ Channels", back, { class: "back" }),
      make("header", {}, name, unit),
      this.#facts,
      this.#controls,
      this.#body,
    );
    const reading = make("span", { class: "reading" }, this.#progress, this.#cancel);
    this.#controls.append(this.#tabs, reading, this.#elementInput() ?? "");
    this.#makeTabs();
    this.#tellFacts();
    this.#scheme.addEventListener("change", this.#recolour);
    this.#start();
  }

  /** Ends reading and takes the view away. */
  dispose(): void {
    this.#disposed = true;
    this.#abort.abort();
    this.#scheme.removeEventListener("change", this.#recolour);
    this.#plot?.dispose();
    this.#table?.dispose();
    this.#pane.replaceChildren();
  }

  readonly #recolour = () => this.#plot?.recolour();

  #zoomButtons(): HTMLElement {
    const zoom = (text: string, label: string, act: () => void) =>
      button(text, act, { "aria-label": label, title: label, class: "small" });
    return make(
      "span",
      { class: "zoom" },
      zoom("‹", "Earlier", () => this.#plot?.zoom(1, -0.5)),
      zoom("−", "Zoom out", () => this.#plot?.zoom(2)),
      zoom("+", "Zoom in", () => this.#plot?.zoom(0.5)),
      zoom("›", "Later", () => this.#plot?.zoom(1, 0.5)),
      zoom("All", "Show all", () => this.#zoomTo(undefined)),
    );
  }

  #makeTabs(): void {
    const tab = (text: string, table: boolean) =>
      button(text, () => this.#showTable(table), { role: "tab", "aria-selected": String(!table) });
    this.#tabs.replaceChildren(tab("Plot", false), tab("Values", true));
    this.#tabs.addEventListener("keydown", (event) => {
      if (event.key !== "ArrowLeft" && event.key !== "ArrowRight") return;
      const other = [...this.#tabs.children].find((each) => each !== document.activeElement);
      (other as HTMLElement | undefined)?.focus();
    });
  }

  /** Of an array, which element is drawn. */
  #elementInput(): HTMLElement | undefined {
    const dimensions = this.#channel.arrays.flatMap((array) =>
      array.dimensions.map(({ size }) => size)
    );
    const count = dimensions.reduce((product, size) => product * size, 1);
    if (dimensions.length === 0 || count < 2) return undefined;
    const input = make("input", { type: "number", min: 0, max: count - 1, value: 0 });
    input.addEventListener("change", () => {
      this.#element = Math.max(0, Math.min(count - 1, Math.trunc(Number(input.value)) || 0));
      input.value = String(this.#element);
      this.#start();
    });
    return make("label", { class: "element" }, `Element (of ${dimensions.join(" × ")}) `, input);
  }

  #xLabel(): string {
    const { master } = this.#channel.group;
    if (!master) return "record";
    const name = oneLine(master.name) || "time";
    return master.unit ? `${name} [${oneLine(master.unit)}]` : name;
  }

  #tellFacts(): void {
    const channel = this.#channel;
    const { group, conversion, source, model } = channel;
    describe(this.#facts, [
      ["type", [typeWords(model), ...roleWords(model, group.model.channels)].join(", ")],
      ["records", group.recordCount.toLocaleString("en")],
      ["group", oneLine(group.name) || `Group ${group.index}`],
      ["path", channel.path === channel.name ? "" : oneLine(channel.path)],
      ["conversion", conversion && wordFor(CONVERSION_TYPE_WORDS, conversion.type)],
      ["source", source && oneLine(source.name || source.path)],
      ...(this.#overview ? summaryFacts(this.#overview, channel.unit) : []),
      ["comment", oneLine(channel.comment, 400)],
    ]);
  }

  /** Reads all of the channel. */
  async #start(): Promise<void> {
    this.#abort.abort();
    this.#plot?.dispose();
    this.#plot =
      this.#view =
      this.#overview =
      this.#detailOf =
        undefined;
    this.#resolution.textContent = "";
    setAttributes(this.#plotPart, { "data-failed": false });
    for (const old of this.#plotPart.querySelectorAll(".error, .stopped")) old.remove();
    await this.#read(undefined, (bins) => {
      this.#overview = bins;
      this.#streamed();
    }, (found) => {
      if (typeof found === "string") this.#withoutPlot(NOT_DRAWN[found]);
      else this.#drawStreamed();
      this.#whole = true;
      this.#tellFacts();
      if (this.#view) this.#readDetail();
    });
  }

  async #read(
    records: View | undefined,
    onBatch: (bins: Bins) => void,
    onEnd: (found: Bins | NotDrawn) => void,
  ): Promise<void> {
    this.#abort.abort();
    const abort = this.#abort = new AbortController();
    const { group } = this.#channel;
    const total = records ? records[1] - records[0] : group.recordCount;
    this.#tellReading(true, 0);
    try {
      const found = await readChannel(this.#mdf, this.#channel, {
        capacity: this.#capacity,
        records,
        element: this.#element,
        like: this.#overview,
        signal: abort.signal,
        onBatch: (bins) => {
          this.#tellReading(true, bins.records / Math.max(1, total));
          onBatch(bins);
        },
      });
      this.#tellReading(false, 1);
      onEnd(found);
    } catch (error) {
      // Whoever aborted went on to something else, or said that reading was stopped.
      if (abort.signal.aborted) return;
      this.#tellReading(false, 0);
      this.#fail(error);
    }
  }

  get #capacity(): number {
    const pixels = Math.round(this.#host.clientWidth * Math.min(2, devicePixelRatio));
    return Math.max(LEAST_BINS, Math.min(MOST_BINS, pixels));
  }

  #tellReading(reading: boolean, part: number): void {
    this.#progress.value = part;
    setAttributes(this.#pane, { "data-reading": String(reading) });
  }

  /** Draws what has come so far. */
  #drawStreamed(): void {
    const bins = this.#overview;
    if (!bins || this.#disposed) return;
    if (!this.#plot) {
      const { unit, group } = this.#channel;
      const units = { x: oneLine(group.master?.unit ?? ""), y: oneLine(unit) };
      this.#plot = new ChannelPlot(this.#host, bins, units, {
        onZoom: (view) => this.#zoomTo(view),
        onReadout: (text) => this.#tellReadout(text),
      });
    } else this.#plot.update(bins, this.#view);
    this.#tellResolution(bins);
  }

  #tellReadout(text: string): void {
    const hint = matchMedia("(hover: none)").matches
      ? "Tap the plot to read values; + and − zoom."
      : "Point at the plot to read values; drag to zoom.";
    this.#readout.textContent = text || hint;
    this.#readout.classList.toggle("faint", !text);
  }

  #tellResolution(bins: Bins): void {
    this.#resolution.textContent = resolutionWords(bins);
    setAttributes(this.#plotPart, { "data-stride": bins.stride });
  }

  #zoomTo(view: View | undefined): void {
    this.#view = view;
    const overview = this.#overview;
    if (!overview) return;
    this.#plot?.update(this.#detailOf && view ? this.#detailOf : overview, view);
    if (this.#whole) this.#readDetail();
  }

  /** Reads the stretch that is seen, so that it shows more than the bins of all. */
  async #readDetail(): Promise<void> {
    const [overview, view] = [this.#overview, this.#view];
    if (!overview) return;
    if (!view || overview.stride === 1) {
      this.#abort.abort();
      this.#detailOf = undefined;
      this.#tellReading(false, 1);
      this.#plot?.update(overview, view);
      this.#tellResolution(overview);
      return;
    }
    this.#plot?.update(overview, view);
    const records = overview.recordsBetween(...view);
    await this.#read(records, () => {}, (detail) => {
      if (typeof detail === "string" || this.#view !== view) return;
      this.#detailOf = detail;
      this.#plot?.update(detail, view);
      this.#tellResolution(detail);
    });
  }

  #stop(): void {
    this.#abort.abort();
    this.#tellReading(false, 0);
    // Stopping to read a part leaves all of it on the plot.
    if (this.#whole) return;
    this.#whole = true;
    const read = this.#overview?.records ?? 0;
    const again = button("Read all", () => this.#start(), { class: "small" });
    const text = `Stopped after ${countOf(read, "record")}. `;
    this.#plotPart.append(make("p", { class: "stopped" }, text, again));
    this.#tellFacts();
  }

  #withoutPlot(why: string): void {
    this.#plot?.dispose();
    this.#plot = this.#overview = undefined;
    this.#host.hidden = true;
    this.#controls.hidden = true;
    this.#plotPart.replaceChildren(make("p", { class: "faint" }, why));
    if (this.#channel.group.recordCount > 0) this.#showTable(true, true);
  }

  #showTable(show: boolean, both = false): void {
    if (show && !this.#table) {
      const { recordCount } = this.#channel.group;
      this.#table = new ValueTable(this.#mdf, this.#channel, recordCount, (error) => {
        this.#tablePart.prepend(errorCard(explainError(error, this.#remote)));
      });
      this.#tablePart.replaceChildren(this.#table.element);
    }
    this.#plotPart.hidden = show && !both;
    this.#tablePart.hidden = !show;
    const [plot, values] = this.#tabs.children;
    plot.ariaSelected = String(!show);
    values.ariaSelected = String(show);
    if (show && this.#view && this.#overview) {
      this.#table?.reveal(this.#overview.recordsBetween(...this.#view)[0]);
    }
  }

  #fail(error: unknown): void {
    const card = errorCard(explainError(error, this.#remote), [
      button("Try again", () => this.#start(), { class: "small" }),
    ]);
    setAttributes(this.#plotPart, { "data-failed": this.#plot === undefined });
    this.#plotPart.append(card);
  }
}
