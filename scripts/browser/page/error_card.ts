/**
 * An error as it stands on the page.
 *
 * @module
 */
import { visible } from "../../inspect/plain_text.ts";
import { make } from "./dom.ts";
import type { Explanation } from "./explain_error.ts";

/** The card, with buttons for what can be tried next. */
export function errorCard(explanation: Explanation, actions: readonly Node[] = []): HTMLElement {
  const { title, reason, place, advice, type } = explanation;
  return make(
    "div",
    { class: "error", role: "alert", "data-type": type },
    make("h3", {}, title),
    make("p", {}, visible(reason)),
    make("p", { class: "advice" }, advice),
    place !== "" && make("p", { class: "place" }, visible(place)),
    actions.length > 0 && (() => {
      const row = make("p", { class: "actions" });
      row.append(...actions);
      return row;
    })(),
  );
}
