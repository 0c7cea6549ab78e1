/**
 * What is told of the open file.
 *
 * @module
 */
import type { Mdf, Problem } from "../../../mod.ts";
import { timeText, zoneWords } from "../../inspect/describe_time.ts";
import { countOf, firstOf, oneLine, visible } from "../../inspect/plain_text.ts";
import { byId, describe, make, setAttributes } from "./dom.ts";
import { byteText, shareText } from "./number_text.ts";
import type { Traffic } from "./open_input.ts";

const MOST_PROBLEMS = 50;

/** Fills the facts of a file. */
export function showFile(mdf: Mdf, name: string, byIndex: boolean): void {
  const { groups, problems, startTime } = mdf;
  document.title = `${name} – MF4`;
  byId("file-name").textContent = name;
  const line = [`MDF ${visible(mdf.version)}`, byteText(mdf.size), dateText(mdf)];
  if (!mdf.finalized) line.push("not finalized");
  if (byIndex) line.push("opened by index");
  if (problems.length > 0) line.push(countOf(problems.length, "problem"));
  byId("file-line").textContent = line.filter(Boolean).join(" · ");
  const channels = groups.reduce((sum, group) => sum + group.channels.length, 0);
  const records = groups.reduce((sum, group) => sum + group.recordCount, 0);
  describe(byId("file-facts"), [
    ["Version", visible(mdf.version)],
    ["Start", timeText(startTime)],
    ["Zone", zoneWords(startTime)],
    ["Program", oneLine(mdf.program)],
    ["Finalized", mdf.finalized ? "yes" : "no: its logger never closed it"],
    ["Size", `${byteText(mdf.size)} (${countOf(mdf.size, "byte")})`],
    ["Content", `${countOf(groups.length, "group")}, ${countOf(channels, "channel")}`],
    ["Records", records.toLocaleString("en")],
    ["Attachments", countUnlessNone(() => mdf.attachments.length)],
    ["Events", countUnlessNone(() => mdf.events.length)],
    ["Comment", oneLine(mdf.comment, 600)],
    ["Problems", problems.length === 0 ? "none" : undefined],
  ]);
  showProblems(problems);
  const details = byId<HTMLDetailsElement>("file-details");
  details.open = problems.length > 0;
}

function dateText(mdf: Mdf): string {
  const text = timeText(mdf.startTime);
  return /^\d{4}-\d{2}-\d{2}/.exec(text)?.[0] ?? "";
}

/** The number, nothing for none, and no more than a word where the details are broken. */
function countUnlessNone(count: () => number): string {
  try {
    return String(count() || "");
  } catch {
    return "cannot be read";
  }
}

function showProblems(problems: readonly Problem[]): void {
  const { shown, left } = firstOf(problems, MOST_PROBLEMS);
  const items = shown.map(({ code, reason, block, offset, path }) => {
    const at = offset === undefined ? "" : `offset ${offset.toLocaleString("en")}`;
    const place = [block && `${block} block`, at, path].filter(Boolean).join(" · ");
    return make(
      "li",
      {},
      make("strong", {}, `${code}: `),
      visible(reason),
      place !== "" && make("span", { class: "place" }, place),
    );
  });
  if (left > 0) items.push(make("li", {}, `and ${countOf(left, "more problem")}`));
  byId("file-problems").replaceChildren(...items);
}

interface HeapInfo {
  memory?: { usedJSHeapSize: number };
}

/** Shows how much of the file was fetched. */
export function showTraffic({ bytes, requests }: Traffic, size: number, remote: boolean): void {
  const share = size > 0 ? Math.min(1, bytes / size) : 0;
  byId("traffic-bar").style.transform = `scaleX(${share})`;
  // Only some browsers tell it, and only roughly.
  const heap = (performance as HeapInfo).memory?.usedJSHeapSize;
  byId("traffic-text").textContent = [
    `${byteText(bytes)} fetched`,
    size > 0 && `${shareText(bytes, size)} of ${byteText(size)}`,
    countOf(requests, remote ? "request" : "read"),
    heap === undefined ? "" : `${byteText(heap)} heap`,
  ].filter(Boolean).join(" · ");
  setAttributes(byId("traffic"), { "data-bytes": bytes, "data-requests": requests });
}
