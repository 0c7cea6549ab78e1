/**
 * The values of a channel, record by record; what is scrolled to is read then.
 *
 * @module
 */
import type { Channel, Mdf } from "../../../mod.ts";
import { oneLine } from "../../inspect/plain_text.ts";
import { valueAt } from "../../inspect/read_values.ts";
import { valueText } from "../../inspect/value_text.ts";
import { make } from "./dom.ts";
import { VirtualRows } from "./virtual_rows.ts";

const ROW_HEIGHT = 28;
/** Records that are read at a time. */
const PAGE_RECORDS = 128;
/** Pages that are kept. */
const MOST_PAGES = 16;
const MOST_CHARACTERS = 160;

interface TextRow {
  time: string;
  value: string;
}

/** A table of values. */
export class ValueTable {
  /** The table. */
  readonly element: HTMLElement;
  readonly #mdf: Mdf;
  readonly #channel: Channel;
  readonly #onError: (error: unknown) => void;
  readonly #rows: VirtualRows;
  readonly #pages = new Map<number, TextRow[]>();
  /** Whether times stand beside the values; those of a master are its values. */
  readonly #timed: boolean;
  readonly #abort = new AbortController();
  #loading = false;

  /** Shows `records` records; an error ends the table. */
  constructor(mdf: Mdf, channel: Channel, records: number, onError: (error: unknown) => void) {
    this.#mdf = mdf;
    this.#channel = channel;
    this.#onError = onError;
    const { master } = channel.group;
    this.#timed = master !== undefined && master.model !== channel.model;
    const timeHead = master && this.#timed ? named(master.name || "time", master.unit) : "";
    const body = make("div", { class: "table-body", tabindex: 0, role: "rowgroup" });
    const goTo = make("input", {
      type: "number",
      min: 0,
      max: Math.max(0, records - 1),
      placeholder: "record",
      "aria-label": "Go to record",
    });
    goTo.addEventListener("change", () => this.#rows.reveal(Number(goTo.value) || 0, true));
    this.element = make(
      "div",
      { class: "values" },
      make("p", { class: "go-to" }, make("label", {}, "Go to record ", goTo)),
      make(
        "div",
        {
          class: this.#timed ? "table" : "table untimed",
          role: "table",
          "aria-label": "Values",
          "aria-rowcount": records + 1,
        },
        make(
          "div",
          { class: "table-head", role: "row", "aria-rowindex": 1 },
          make("span", { role: "columnheader" }, "record"),
          make("span", { role: "columnheader" }, timeHead),
          make("span", { role: "columnheader" }, named(channel.name, channel.unit)),
        ),
        body,
      ),
    );
    this.#rows = new VirtualRows(body, {
      rowHeight: ROW_HEIGHT,
      render: (index, row) => this.#render(index, row),
    });
    this.#rows.setCount(records);
  }

  /** Scrolls to a record. */
  reveal(record: number): void {
    this.#rows.reveal(record, true);
  }

  /** Ends reading. */
  dispose(): void {
    this.#abort.abort();
    this.#rows.dispose();
  }

  #render(index: number, row: HTMLElement): void {
    const page = this.#pages.get(Math.floor(index / PAGE_RECORDS));
    if (!page) this.#load();
    const { time = "", value = "…" } = page?.[index % PAGE_RECORDS] ?? {};
    row.role = "row";
    row.ariaRowIndex = String(index + 2);
    row.replaceChildren(
      make("span", { role: "cell" }, index.toLocaleString("en")),
      make("span", { role: "cell" }, time),
      make("span", { role: "cell" }, value),
    );
  }

  /** Reads the pages that are seen, one after the other, for as long as some are missing. */
  async #load(): Promise<void> {
    if (this.#loading) return;
    this.#loading = true;
    try {
      for (let page = this.#missing(); page !== undefined; page = this.#missing()) {
        this.#pages.set(page, await this.#read(page));
        for (const old of this.#pages.keys()) {
          if (this.#pages.size <= MOST_PAGES) break;
          this.#pages.delete(old);
        }
        this.#rows.refresh();
      }
    } catch (error) {
      if (!this.#abort.signal.aborted) this.#onError(error);
    } finally {
      this.#loading = false;
    }
  }

  #missing(): number | undefined {
    const [from, to] = this.#rows.seen;
    const last = Math.floor(Math.max(from, to - 1) / PAGE_RECORDS);
    for (let page = Math.floor(from / PAGE_RECORDS); page <= last; page++) {
      if (!this.#pages.has(page)) return page;
    }
    return undefined;
  }

  async #read(page: number): Promise<TextRow[]> {
    const first = page * PAGE_RECORDS;
    const signal = await this.#mdf.read(this.#channel, {
      records: [first, first + PAGE_RECORDS],
      signal: this.#abort.signal,
    });
    return Array.from({ length: signal.shape[0] }, (_, i) => ({
      time: this.#timed ? String(signal.timestamps?.[i] ?? "") : "",
      value: valueText(valueAt(signal, i), MOST_CHARACTERS),
    }));
  }
}

function named(name: string, unit: string): string {
  return oneLine(unit ? `${name} [${unit}]` : name);
}
