/**
 * Elements of the page. Texts of a file only ever become text nodes.
 *
 * @module
 */

type Child = Node | string | false | undefined;

/** Attributes; `false` and undefined leave one out. */
type Attributes = Readonly<Record<string, string | number | boolean | undefined>>;

/** Makes an element. */
export function make<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Attributes = {},
  ...children: Child[]
): HTMLElementTagNameMap[Tag] {
  const element = document.createElement(tag);
  setAttributes(element, attributes);
  element.append(...children.filter((child) => child !== false && child !== undefined));
  return element;
}

/** Sets attributes, or removes those that are `false` or undefined. */
export function setAttributes(element: Element, attributes: Attributes): void {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === false || value === undefined) element.removeAttribute(name);
    else element.setAttribute(name, value === true ? "" : String(value));
  }
}

/** A button with a text. */
export function button(text: string, onClick: () => void, attributes: Attributes = {}) {
  const element = make("button", { type: "button", ...attributes }, text);
  element.addEventListener("click", onClick);
  return element;
}

/** The element of `index.html` with an id. */
export function byId<T extends HTMLElement = HTMLElement>(id: string): T {
  const element = document.getElementById(id);
  if (!element) throw new Error(`the page has no element #${id}`);
  return element as T;
}

/** Terms and what they mean, in a description list; entries without a text are left out. */
export function describe(
  list: HTMLElement,
  entries: readonly (readonly [term: string, text: string | undefined])[],
): void {
  list.replaceChildren(...entries.flatMap(([term, text]) => {
    if (text === undefined || text === "") return [];
    return [make("div", {}, make("dt", {}, term), make("dd", {}, text))];
  }));
}

/**
 * Runs a function in a frame to come, once, however often it is asked for; `restMs` is the least
 * time between two runs.
 */
export function oncePerFrame(run: () => void, restMs = 0): () => void {
  let asked = false;
  let last = -Infinity;
  const frame = (now: number) => {
    if (now - last < restMs) return void requestAnimationFrame(frame);
    asked = false;
    last = now;
    run();
  };
  return () => {
    if (asked) return;
    asked = true;
    requestAnimationFrame(frame);
  };
}
