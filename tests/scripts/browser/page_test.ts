import { assert, assertEquals, assertGreater, assertLess, assertStringIncludes } from "@std/assert";
import { join } from "node:path";
import { Mdf, MdfWriter } from "../../../mod.ts";
import { generateFile } from "../../../scripts/generate/generate_file.ts";
import {
  chooseFiles,
  closeChromium,
  drawn,
  dropFiles,
  enterAddress,
  enterChannel,
  facts,
  findChromium,
  nextFrame,
  opened,
  pageTest,
  refused,
  rowNames,
  showChannel,
  textOf,
  traffic,
} from "./_chromium.ts";
import { rangeServer } from "../../_helpers.ts";
import { driveFile, removeSharedFolder, sharedFolder } from "./_files.ts";

let drive: string;
Deno.test.beforeAll(async () => {
  if (findChromium() !== undefined) drive = await driveFile();
});
Deno.test.afterAll(async () => {
  await closeChromium();
  await removeSharedFolder();
});

pageTest("a file that is dropped lists its channels, and one is drawn", async (open) => {
  const { page } = open;
  await dropFiles(open, drive);
  await opened(open);
  assertEquals(await rowNames(page), [
    ...["Time", "Ramp", "State", "Note", "<img src=x onerror=alert(1)>"],
    ...["Clock", "Door"],
  ]);
  assertEquals(await textOf(page, "#search-count"), "7 channels in 2 groups");
  assertStringIncludes(await textOf(page, "#file-facts"), "Finalizedyes");
  await showChannel(page, "ramp");
  const { smallest, largest, records, type } = await facts(page);
  assertEquals([smallest, largest], ["-50 km/h", "9,000 km/h"]);
  assertEquals([records, type], ["20,000", "float32"]);
  const { points, columns } = await drawn(page);
  assertGreater(points, 800);
  assertGreater(columns, 700);
  // Each point stands for many records, and yet the peak of a single one is among them.
  assertGreater(Number(await page.$eval("div.plot-part", ({ dataset }) => dataset.stride)), 10);
});

pageTest("a file of a page's own making can be dropped too", async (open) => {
  const { page } = open;
  const bytes = (await Deno.readFile(drive)).toBase64();
  await page.evaluate((bytes) => {
    document.querySelector("#status")!.textContent = "";
    const dataTransfer = new DataTransfer();
    const part = Uint8Array.from(atob(bytes), (char) => char.charCodeAt(0));
    dataTransfer.items.add(new File([part], "made.mf4"));
    document.body.dispatchEvent(new DragEvent("drop", { dataTransfer, bubbles: true }));
  }, bytes);
  await opened(open);
  assertEquals(await textOf(page, "#file-name"), "made.mf4");
  await showChannel(page, "door");
  assertEquals((await facts(page)).largest, "1");
});

pageTest("the keyboard reads values and zooms until every sample is shown", async (open) => {
  const { page } = open;
  await chooseFiles(open, drive);
  await opened(open);
  await showChannel(page, "ramp");
  await page.focus(".plot");
  await page.keyboard.press("Home");
  assertStringIncludes(await textOf(page, ".readout"), "0 s · -50 to ");
  for (let i = 0; i < 6; i++) await page.keyboard.press("+");
  await page.waitForSelector('.plot-part[data-stride="1"]');
  await nextFrame(page);
  await page.keyboard.press("Home");
  assertEquals(await textOf(page, ".readout"), "0 s · -50 km/h · record 0");
  await page.keyboard.press("ArrowRight");
  assertEquals(await textOf(page, ".readout"), "0.01 s · -49.9 km/h · record 1");
  await page.keyboard.press("0");
  await page.waitForSelector('.plot-part:not([data-stride="1"])');
});

pageTest("a stretch that is dragged over is read again in full", async (open) => {
  const { page } = open;
  await chooseFiles(open, drive);
  await opened(open);
  await showChannel(page, "ramp");
  const plot = await page.$eval(".u-over", (each) => {
    const { left, top, width } = each.getBoundingClientRect();
    return { left, top, width };
  });
  // The peak is at 123.45 of 199.99 seconds.
  const x = plot.left + (plot.width * 123.45) / 199.99;
  await page.mouse.move(x - 2, plot.top + 50);
  await page.mouse.down();
  await page.mouse.move(x + 3, plot.top + 60, { steps: 3 });
  await page.mouse.up();
  await page.waitForSelector('.plot-part[data-stride="1"]');
  const words = new Set<string>();
  const peak = "123.45 s · 9,000 km/h · record 12,345";
  await nextFrame(page);
  await page.focus(".plot");
  await page.keyboard.press("Home");
  for (let i = 0; i < 150 && !words.has(peak); i++) {
    await page.keyboard.press("ArrowRight");
    words.add(await textOf(page, ".readout"));
  }
  assert(words.has(peak), `not among ${words.size} read-outs, of which one is ${[...words][0]}`);
});

pageTest("an address is read by ranges, and only what is needed is fetched", async (open) => {
  const { page } = open;
  const path = join(await sharedFolder(), "wide.mf4");
  await generateFile({ path, bytes: 20_000_000, groups: 10 });
  const statuses: number[] = [];
  page.on("response", (response) => {
    if (response.url().includes("/wide.mf4")) statuses.push(response.status());
  });
  const folder = (await sharedFolder()).split("/").at(-1);
  await enterAddress(open, `/files/${folder}/wide.mf4`);
  await opened(open);
  assertLess((await traffic(page)).bytes, 500_000);
  await showChannel(page, "rpm");
  const { bytes, requests } = await traffic(page);
  await using mdf = await Mdf.open(path);
  const { values } = await mdf.read("RPM", { group: 0 });
  const shown = (value: number) => `${value.toLocaleString("en")} rpm`;
  const { smallest, largest } = await facts(page);
  assertEquals(smallest, shown((values as Float64Array).reduce((a, b) => Math.min(a, b))));
  assertEquals(largest, shown((values as Float64Array).reduce((a, b) => Math.max(a, b))));
  // The first group has the most records; the other nine were not read.
  assertLess(bytes, mdf.size * 0.6);
  assertGreater((await drawn(page)).columns, 700);
  assertEquals([...new Set(statuses)], [206]);
  assertEquals(statuses.length, requests);
});

pageTest("200 MB are streamed in bounded memory, and reading can be cancelled", async (open) => {
  const { page, cdp } = open;
  const path = join(await sharedFolder(), "big.mf4");
  await generateFile({ path, bytes: 200_000_000 });
  await chooseFiles(open, path);
  await opened(open);
  const heap = async () => {
    const usage: { usedSize: number; backingStorageSize?: number } = await cdp.send(
      "Runtime.getHeapUsage",
    );
    return usage.usedSize + (usage.backingStorageSize ?? 0);
  };
  await cdp.send("HeapProfiler.collectGarbage");
  const before = await heap();
  await enterChannel(page, "rpm");
  let most = 0;
  let samples = 0;
  let drawnBefore = 0;
  const progress = () =>
    page.$eval("article#channel", (pane) => ({
      reading: pane.dataset.reading !== "false",
      canvas: pane.querySelector("canvas") !== null,
    }));
  for (let now = await progress(); now.reading; now = await progress()) {
    most = Math.max(most, await heap());
    samples++;
    if (now.canvas) drawnBefore++;
  }
  assertGreater(samples, 3);
  assertGreater(drawnBefore, 0);
  assertGreater((await traffic(page)).bytes, 199_000_000);
  assertLess(most - before, 100_000_000);
  assertGreater((await drawn(page)).columns, 700);
  await cdp.send("HeapProfiler.collectGarbage");
  assertLess(await heap() - before, 20_000_000);
  await page.$eval("#channel", (pane) => {
    // Clicked as soon as something was read, which no key could be sure of.
    new MutationObserver((_, observer) => {
      const [progress, cancel] = pane.querySelector(".reading")?.children ?? [];
      if (!((progress as HTMLProgressElement)?.value > 0)) return;
      observer.disconnect();
      (cancel as HTMLElement).click();
    }).observe(pane, { attributes: true, subtree: true });
  });
  await enterChannel(page, "speed");
  await page.waitForSelector(".stopped");
  const [, read] = /^Stopped after ([\d,]+) records\. /.exec(await textOf(page, ".stopped")) ?? [];
  const total = Number((await facts(page)).records.replaceAll(",", ""));
  assertGreater(Number(read.replaceAll(",", "")), 0);
  assertLess(Number(read.replaceAll(",", "")), total / 2);
});

pageTest("texts are shown as lanes, and as a table where they are too many", async (open) => {
  const { page } = open;
  await chooseFiles(open, drive);
  await opened(open);
  await showChannel(page, "state");
  assertEquals((await facts(page))["different texts"], "3");
  assertGreater((await drawn(page)).points, 3000);
  await page.focus(".plot");
  await page.keyboard.press("Home");
  assertStringIncludes(await textOf(page, ".readout"), "0 s · idle");
  await showChannel(page, "note");
  assertStringIncludes(await textOf(page, ".plot-part"), "More than 32 different texts");
  await page.type(".go-to input", "19876");
  await page.keyboard.press("Enter");
  await page.waitForFunction(hasRow, {}, "19,876|198.76|note 19876");
});

pageTest(
  "numbers that lie too close, or too far apart, for an axis are drawn all the same",
  async (open) => {
    const { page } = open;
    const path = join(await sharedFolder(), "extreme.mf4");
    const times = [2 ** 53, 2 ** 53 + 2, 2 ** 53 + 4];
    await using writer = await MdfWriter.create(path);
    const group = writer.addGroup({
      name: "Extreme",
      channels: [
        { name: "t", type: "float64", master: "time" },
        { name: "wide", type: "float64" },
        { name: "text", type: "string" },
      ],
    });
    const wide = [-Number.MAX_VALUE, 0, Number.MAX_VALUE];
    await group.append({ t: times, wide, text: ["a", "b", "c"] });
    await writer.close();
    await chooseFiles(open, path);
    await opened(open);
    for (const name of ["t", "wide", "text"]) {
      await showChannel(page, name);
      await drawn(page);
      assertEquals(await page.$$eval("#channel .error", (cards) => cards.length), 0, name);
    }
    // What a master holds stands in its table once.
    await showChannel(page, "t");
    await page.click(".tabs button:last-child");
    await page.waitForFunction(hasRow, {}, `2||${times[2]}`);
  },
);

pageTest("values are read as the table is scrolled", async (open) => {
  const { page } = open;
  await chooseFiles(open, drive);
  await opened(open);
  await showChannel(page, "ramp");
  await page.click(".tabs button:last-child");
  await page.waitForFunction(hasRow, {}, "0|0|-50");
  await page.$eval(".table-body", (body) => body.scrollTop = body.scrollHeight);
  await page.waitForFunction(hasRow, {}, `19,999|199.99|${Math.fround(19_999 / 10 - 50)}`);
  assertLess(await page.$$eval(".table-body .row", (rows) => rows.length), 60);
});

pageTest("names in a file are text and never become elements", async (open) => {
  const { page } = open;
  await chooseFiles(open, drive);
  await opened(open);
  await showChannel(page, "<img");
  assertEquals(await textOf(page, "#channel h2"), "<img src=x onerror=alert(1)>");
  assertEquals(await textOf(page, "#channel header .unit"), "<b>%</b>");
  assertEquals(await page.$$eval("#viewer img, #viewer b", (found) => found.length), 0);
});

pageTest("40,000 channels are searched and walked through by keys", async (open) => {
  const { page } = open;
  const path = join(await sharedFolder(), "many.mf4");
  await generateFile({ path, records: 10, groups: 40, channels: 999 });
  await chooseFiles(open, path);
  await opened(open);
  assertEquals(await textOf(page, "#search-count"), "40,000 channels in 40 groups");
  assertLess(await page.$$eval("#tree .row", (rows) => rows.length), 60);
  await page.focus("#tree");
  await page.keyboard.press("End");
  await page.waitForSelector("#row-40039.active");
  const last = await textOf(page, "#row-40039 .name");
  await page.keyboard.press("Enter");
  await page.waitForSelector('#channel[data-reading="false"]');
  assertEquals(await textOf(page, "#channel h2"), last);
  await page.focus("#tree");
  await page.keyboard.press("ArrowLeft");
  await page.keyboard.press("ArrowLeft");
  await page.waitForSelector('.row.active[aria-expanded="false"]');
  await page.keyboard.press("/");
  await page.keyboard.type("rpm no-such-word");
  assertEquals(await textOf(page, "#search-count"), "No channel has all of these words.");
});

pageTest("an index is downloaded, and opens its file but no other", async (open) => {
  const { page, cdp } = open;
  const folder = await sharedFolder();
  await cdp.send("Browser.setDownloadBehavior", { behavior: "allow", downloadPath: folder });
  await chooseFiles(open, drive);
  await opened(open);
  await page.$eval("button#download-index", (each) => each.click());
  const index = join(folder, "drive.mf4.index.json");
  await waitFor(async () => (await Deno.stat(index)).size > 0);
  // Alone, it waits for its file.
  await dropFiles(open, index);
  await page.waitForSelector("#notice:not([hidden])");
  assertStringIncludes(await textOf(page, "#notice"), "drive.mf4.index.json is an index.");
  await dropFiles(open, drive);
  await opened(open);
  assertStringIncludes(await textOf(page, "#file-line"), "opened by index");
  await showChannel(page, "ramp");
  assertEquals((await facts(page)).largest, "9,000 km/h");
  // Beside another file, it is refused, and the file opens without it.
  const other = join(folder, "other.mf4");
  await generateFile({ path: other, records: 100 });
  await dropFiles(open, other, index);
  assertEquals(await refused(open), "StaleIndexError");
  await page.click(".actions .primary");
  await page.waitForSelector("#viewer:not([hidden])");
  assertEquals(await textOf(page, "#file-name"), "other.mf4");
});

pageTest("what is broken is told with its place and what to do", async (open) => {
  const { page } = open;
  const folder = await sharedFolder();
  const letter = join(folder, "letter.mf4");
  await Deno.writeTextFile(letter, "this is a letter, not a measurement ".repeat(20));
  await chooseFiles(open, letter);
  assertEquals(await refused(open), "NotMdfError");
  assertStringIncludes(await textOf(page, ".error"), "Choose a file that ends in .mf4.");
  // The link from the first data group to the second leads outside the file.
  const bytes = await Deno.readFile(drive);
  const view = new DataView(bytes.buffer);
  const firstGroup = Number(view.getBigUint64(88, true));
  view.setBigUint64(firstGroup + 24, 0x12345678n, true);
  const broken = join(folder, "broken.mf4");
  await Deno.writeFile(broken, bytes);
  await chooseFiles(open, broken);
  assert(["CorruptFileError", "TruncatedFileError"].includes(await refused(open)));
  assertStringIncludes(await textOf(page, ".error"), "offset 305,419,896 (0x12345678)");
  await page.click(".actions .primary");
  await page.waitForSelector("#viewer:not([hidden])");
  assertStringIncludes(await textOf(page, "#file-line"), "1 problem");
  assertEquals(await page.$$eval("#file-problems li", (items) => items.length), 1);
  assertEquals(await textOf(page, "#search-count"), "5 channels in 1 group");
});

pageTest("a channel whose data is missing says so, and the others stay", async (open) => {
  const { page } = open;
  const bytes = await Deno.readFile(drive);
  const cut = join(await sharedFolder(), "cut.mf4");
  await Deno.writeFile(cut, bytes.subarray(0, bytes.length - 20_000));
  await chooseFiles(open, cut);
  await opened(open);
  await enterChannel(page, "note");
  const card = await page.waitForSelector("#channel div.error");
  assertEquals(await card!.evaluate(({ dataset }) => dataset.type), "TruncatedFileError");
  assertStringIncludes(await textOf(page, "#channel .error .place"), "offset ");
});

pageTest(
  "a file that changes on disk while it is open is not mixed with its old self",
  async (open) => {
    const { page } = open;
    const path = join(await sharedFolder(), "changing.mf4");
    await Deno.copyFile(drive, path);
    await chooseFiles(open, path);
    await opened(open);
    await Deno.writeFile(path, (await Deno.readFile(drive)).fill(0, 5000));
    await enterChannel(page, "note");
    const card = await page.waitForSelector("#channel div.error");
    assertEquals(await card!.evaluate(({ dataset }) => dataset.type), "SourceChangedError");
  },
);

pageTest("a file of another server is read where that server allows it", async (open) => {
  const { page, complaints } = open;
  const bytes = await Deno.readFile(drive);
  const headers = {
    "access-control-allow-origin": "*",
    "access-control-expose-headers": "content-range",
  };
  await using server = rangeServer(bytes, {
    onRequest(request) {
      const [, from, to] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.get("range") ?? "") ?? [];
      const part = bytes.slice(Number(from), Number(to) + 1);
      const range = `bytes ${from}-${Number(from) + part.length - 1}/${bytes.length}`;
      return new Response(part, { status: 206, headers: { ...headers, "content-range": range } });
    },
  });
  await enterAddress(open, server.url);
  await opened(open);
  await showChannel(page, "ramp");
  assertEquals((await facts(page)).largest, "9,000 km/h");
  assertGreater(server.ranges.length, 1);
  await using silent = rangeServer(bytes);
  await enterAddress(open, silent.url);
  assertEquals(await refused(open), "SourceError");
  assertStringIncludes(await textOf(page, ".error .advice"), "Access-Control-Allow-Origin");
  // The page went to both servers, and the browser told that one of them does not allow it.
  const own = [server.url, silent.url, "ERR_FAILED"];
  assertEquals(complaints.splice(0).filter((each) => !own.some((one) => each.includes(one))), []);
});

pageTest("opening a file can be cancelled", async (open) => {
  const { page, complaints } = open;
  await using server = rangeServer(new Uint8Array(9), { mode: "silent" });
  await enterAddress(open, server.url);
  await page.waitForSelector("#opening:not([hidden])");
  assertEquals(await textOf(page, "#opening-name"), "Opening drive.mf4");
  await page.click("#opening-cancel");
  await page.waitForSelector("#empty:not([hidden])");
  assertEquals(complaints.splice(0), [`request to ${server.url}`]);
});

pageTest("an address that leads nowhere is told", async (open) => {
  await enterAddress(open, "/files/nothing.mf4");
  assertEquals(await refused(open), "SourceError");
  assertStringIncludes(await textOf(open.page, ".error"), "404");
  // The browser itself reports the status.
  assertEquals(open.complaints.splice(0).filter((each) => !each.includes("404")), []);
});

for (const [width, scheme] of [[420, "light"], [420, "dark"], [1280, "dark"]] as const) {
  pageTest(`at ${width} pixels, ${scheme}, nothing is wider than the page`, async (open) => {
    const { page } = open;
    await page.setViewport({ width, height: 820 });
    await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]);
    const fits = async (where: string) => {
      const widths = await page.evaluate(() => {
        const pane = document.querySelector("#channel")!;
        return [document.documentElement.scrollWidth, pane.scrollWidth - pane.clientWidth];
      });
      assertEquals(widths, [width, 0], where);
    };
    await chooseFiles(open, drive);
    await opened(open);
    await fits("list");
    await showChannel(page, "ramp");
    await fits("plot");
    // The keyboard goes on in the pane where the list is hidden.
    const focus = await page.evaluate(() => document.activeElement?.id);
    assertEquals(focus, width > 760 ? "search" : "channel");
    assertGreater((await drawn(page)).points, 250);
    await page.click(".tabs button:last-child");
    await fits("values");
    const ground = await page.$eval("body", (each) => getComputedStyle(each).backgroundColor);
    assertEquals(ground, scheme === "dark" ? "rgb(20, 24, 31)" : "rgb(255, 255, 255)");
    if (width > 760) return;
    await page.click(".back");
    await page.waitForSelector("#tree .channel-row", { visible: true });
  });
}

/** In the page: whether the table shows a row with these cells. */
function hasRow(cells: string): boolean {
  return [...document.querySelectorAll(".table-body .row")].some((row) =>
    [...row.children].map((cell) => cell.textContent).join("|") === cells
  );
}

async function waitFor(holds: () => Promise<boolean>): Promise<void> {
  for (let i = 0; i < 100; i++) {
    if (await holds().catch(() => false)) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error("waited in vain");
}
