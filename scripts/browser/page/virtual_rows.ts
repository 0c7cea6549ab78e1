/**
 * Rows of a long list, of which only the visible ones exist.
 *
 * @module
 */
import { make, oncePerFrame } from "./dom.ts";

/** Browsers cannot make elements higher than some tens of millions of pixels. */
const MOST_PIXELS = 8_000_000;

/** What rows look like. */
export interface VirtualRowsOptions {
  /** Height of a row in CSS pixels. */
  rowHeight: number;
  /** Fills an element, which may have shown another row before. */
  render(index: number, row: HTMLElement): void;
}

/** A scrolling list of rows of equal height. */
export class VirtualRows {
  readonly #scroller: HTMLElement;
  readonly #options: VirtualRowsOptions;
  readonly #room = make("div", { class: "rows", role: "presentation" });
  readonly #observer: ResizeObserver;
  readonly #draw = oncePerFrame(() => this.#place());
  #rows: { element: HTMLElement; shown: number }[] = [];
  #count = 0;
  /** The row at the upper edge, with its hidden part as a fraction. */
  #top = 0;
  #scrolledTo = 0;

  /** Puts the rows into an element, which has to scroll. */
  constructor(scroller: HTMLElement, options: VirtualRowsOptions) {
    this.#scroller = scroller;
    this.#options = options;
    scroller.replaceChildren(this.#room);
    scroller.addEventListener("scroll", this.#onScroll, { passive: true });
    scroller.addEventListener("wheel", this.#onWheel, { passive: false });
    this.#observer = new ResizeObserver(() => this.#resize());
    this.#observer.observe(scroller);
  }

  /** Takes the rows away. */
  dispose(): void {
    this.#observer.disconnect();
    this.#scroller.removeEventListener("scroll", this.#onScroll);
    this.#scroller.removeEventListener("wheel", this.#onWheel);
    this.#room.remove();
  }

  /** How many rows fit. */
  get visible(): number {
    return Math.max(1, Math.floor(this.#scroller.clientHeight / this.#options.rowHeight));
  }

  /** Number of rows. */
  get count(): number {
    return this.#count;
  }

  /** Rows `[from, to)` that can be seen. */
  get seen(): [from: number, to: number] {
    const from = Math.floor(this.#top);
    return [from, Math.min(this.#count, from + this.visible + 2)];
  }

  /** Shows another list; its start, unless the place is to be kept. */
  setCount(count: number, keepPlace = false): void {
    this.#count = count;
    if (!keepPlace) this.#top = 0;
    this.#resize();
  }

  /** Renders all visible rows anew. */
  refresh(): void {
    for (const row of this.#rows) row.shown = -1;
    this.#draw();
  }

  /** Scrolls as little as needed for a row to be seen, or brings it to the upper edge. */
  reveal(index: number, toTop = false): void {
    const fit = this.#scroller.clientHeight / this.#options.rowHeight;
    if (toTop || index < this.#top) this.#scrollTo(index);
    else if (index + 1 > this.#top + fit) this.#scrollTo(index + 1 - fit);
  }

  get #height(): number {
    return Math.min(MOST_PIXELS, this.#count * this.#options.rowHeight);
  }

  get #mostTop(): number {
    return Math.max(0, this.#count - this.#scroller.clientHeight / this.#options.rowHeight);
  }

  #scrollTo(top: number): void {
    this.#top = Math.max(0, Math.min(top, this.#mostTop));
    const pixels = Math.max(0, this.#height - this.#scroller.clientHeight);
    this.#scroller.scrollTop = this.#mostTop > 0 ? (this.#top / this.#mostTop) * pixels : 0;
    this.#scrolledTo = this.#scroller.scrollTop;
    this.#draw();
  }

  readonly #onScroll = () => {
    const { scrollTop } = this.#scroller;
    // In a very long list a pixel is many rows; where these rows are was decided already.
    if (Math.abs(scrollTop - this.#scrolledTo) < 1) return;
    this.#scrolledTo = scrollTop;
    const pixels = this.#height - this.#scroller.clientHeight;
    this.#top = pixels > 0 ? Math.min(1, scrollTop / pixels) * this.#mostTop : 0;
    this.#draw();
  };

  readonly #onWheel = (event: WheelEvent) => {
    const scaled = this.#count * this.#options.rowHeight > MOST_PIXELS;
    if (!scaled || event.ctrlKey) return;
    event.preventDefault();
    const rows = event.deltaMode === WheelEvent.DOM_DELTA_PIXEL
      ? event.deltaY / this.#options.rowHeight
      : event.deltaY;
    this.#scrollTo(this.#top + rows);
  };

  #resize(): void {
    this.#room.style.height = `${this.#height}px`;
    const wanted = Math.min(this.#count, this.visible + 3);
    if (this.#rows.length !== wanted) {
      this.#rows = Array.from({ length: wanted }, () => ({
        element: make("div", { class: "row" }),
        shown: -1,
      }));
      this.#room.replaceChildren(...this.#rows.map(({ element }) => element));
    }
    for (const row of this.#rows) row.shown = -1;
    this.#scrollTo(this.#top);
  }

  #place(): void {
    const { rowHeight, render } = this.#options;
    const { length } = this.#rows;
    if (length === 0) return;
    const first = Math.max(0, Math.min(Math.floor(this.#top), this.#count - length));
    const { scrollTop } = this.#scroller;
    for (let index = first; index < first + length; index++) {
      const row = this.#rows[index % length];
      if (row.shown !== index) {
        row.shown = index;
        render(index, row.element);
      }
      const y = scrollTop + (index - this.#top) * rowHeight;
      row.element.style.transform = `translateY(${Math.round(y)}px)`;
    }
  }
}
