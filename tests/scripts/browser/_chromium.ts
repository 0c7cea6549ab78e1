/**
 * A browser without a window, where the machine has one, and the page in it.
 *
 * @module
 */
import puppeteer, { type CDPSession, type Page } from "puppeteer-core";
import { serveBrowser } from "../../../scripts/browser/serve_browser.ts";
import { sharedFolder } from "./_files.ts";

const NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"];
const FOLDERS = ["/usr/bin", "/usr/local/bin", "/snap/bin", "/opt/google/chrome"];
const OTHER_PLACES = [
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
];

let found: { path: string | undefined } | undefined;

/** Path of a browser: that of CHROME_PATH, else the first that runs; undefined for none. */
export function findChromium(): string | undefined {
  return (found ??= { path: look() }).path;
}

function look(): string | undefined {
  const given = Deno.env.get("CHROME_PATH");
  const folders = [...new Set([...Deno.env.get("PATH")?.split(":") ?? [], ...FOLDERS])];
  const places = given ? [given] : [
    ...NAMES.flatMap((name) => folders.filter(Boolean).map((folder) => `${folder}/${name}`)),
    ...OTHER_PLACES,
  ];
  return places.find(runs);
}

/** Some systems have a program of that name that only tells how to install a browser. */
function runs(path: string): boolean {
  try {
    const { success, stdout } = new Deno.Command(path, { args: ["--version"] }).outputSync();
    return success && /chrom/i.test(new TextDecoder().decode(stdout));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.PermissionDenied) {
      return false;
    }
    throw error;
  }
}

/** The page in a browser, with what a test does there. */
export interface OpenPage {
  page: Page;
  cdp: CDPSession;
  /** What the page complained of, or asked of other servers; tests take out what they provoke. */
  complaints: string[];
}

interface Session extends OpenPage, AsyncDisposable {}

/** All tests of a file use one page, as its users do; it takes a second to load. */
let session: Promise<Session> | undefined;

/** Ends the browser. */
export async function closeChromium(): Promise<void> {
  await (await session?.catch(() => undefined))?.[Symbol.asyncDispose]();
  session = undefined;
}

/**
 * A test that needs a browser; where there is none it is ignored, and its name says why. It fails
 * when the page complains, or asks anything of another server. The page may show what the test
 * before it left there; the server offers the shared folder.
 */
export function pageTest(name: string, test: (open: OpenPage) => Promise<void>): void {
  if (findChromium() === undefined) {
    const why = "(ignored: no Chromium or Chrome; CHROME_PATH can name one)";
    Deno.test.ignore(`browser page: ${name} ${why}`, () => {});
    return;
  }
  // The browser and its connection outlive the test.
  const sanitize = { sanitizeOps: false, sanitizeResources: false };
  Deno.test(`browser page: ${name}`, sanitize, async () => {
    const open = await (session ??= openPage());
    const { page, complaints } = open;
    try {
      complaints.length = 0;
      await page.setViewport({ width: 1280, height: 800 });
      await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: "light" }]);
      await test(open);
      if (complaints.length > 0) throw new Error(`the page complained: ${complaints.join("; ")}`);
    } catch (error) {
      await closeChromium();
      throw error;
    }
  });
}

async function openPage(): Promise<Session> {
  const server = await serveBrowser({ paths: [await sharedFolder()] });
  const browser = await puppeteer.launch({
    executablePath: findChromium(),
    args: ["--no-sandbox", "--disable-dev-shm-usage"],
  });
  const page = await browser.newPage();
  page.setDefaultTimeout(10_000);
  const complaints = listen(page, server.url);
  const cdp = await page.createCDPSession();
  await page.goto(server.url);
  return {
    page,
    cdp,
    complaints,
    async [Symbol.asyncDispose]() {
      await browser.close();
      await server[Symbol.asyncDispose]();
    },
  };
}

function listen(page: Page, url: string): string[] {
  const complaints: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warn") complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("request", (request) => {
    const own = request.url().startsWith(url) || /^(?:blob|data):/.test(request.url());
    if (!own) complaints.push(`request to ${request.url()}`);
  });
  return complaints;
}

/** Gives files to the page, as if chosen in its dialog. */
export async function chooseFiles({ page }: OpenPage, ...paths: string[]): Promise<void> {
  await forgetStatus(page);
  const input = await page.waitForSelector("input#files");
  await input!.uploadFile(...paths);
}

/** Drops files onto the page, as if dragged from a folder. */
export async function dropFiles({ page, cdp }: OpenPage, ...files: string[]): Promise<void> {
  await forgetStatus(page);
  const data = { items: [], files, dragOperationsMask: 1 };
  for (const type of ["dragEnter", "dragOver", "drop"] as const) {
    await cdp.send("Input.dispatchDragEvent", { type, x: 400, y: 400, data });
  }
}

/** Types an address and enters it. */
export async function enterAddress({ page }: OpenPage, address: string): Promise<void> {
  await forgetStatus(page);
  await page.$eval("input#address", (input) => input.select());
  await page.type("#address", address);
  await page.keyboard.press("Enter");
}

/** So that what is waited for cannot be of the file before. */
async function forgetStatus(page: Page): Promise<void> {
  await page.$eval("#status", (status) => status.textContent = "");
}

/** Waits until the file that was given is open. */
export async function opened({ page }: OpenPage): Promise<void> {
  await page.waitForFunction(() =>
    / (?:is open|was not opened)\.$/.test(document.querySelector("#status")?.textContent ?? "")
  );
  const failure = await page.$eval("section#failed", (each) => each.hidden ? "" : each.textContent);
  if (failure) throw new Error(`the file was not opened: ${failure}`);
}

/** Waits until the page says that the file was not opened; gives the type of the error. */
export async function refused({ page }: OpenPage): Promise<string> {
  await page.waitForFunction(() =>
    document.querySelector("#status")?.textContent?.endsWith(" was not opened.")
  );
  return await page.$eval("#failed div.error", ({ dataset }) => dataset.type ?? "");
}

/** Searches for a channel and opens the first that is found; waits until it is read. */
export async function showChannel(page: Page, name: string): Promise<void> {
  await enterChannel(page, name);
  await page.waitForSelector('#channel[data-reading="false"]');
}

/** Searches for a channel and opens the first that is found. */
export async function enterChannel(page: Page, name: string): Promise<void> {
  await page.$eval("input#search", (input) => input.select());
  await page.type("#search", name);
  await page.keyboard.press("Enter");
}

/** Text of the first element, once the page has shown what it was told. */
export async function textOf(page: Page, selector: string): Promise<string> {
  await nextFrame(page);
  return await page.$eval(selector, (each) => each.textContent ?? "");
}

/** Waits until the page has shown what it was told: what changes is drawn in a frame to come. */
export function nextFrame(page: Page): Promise<void> {
  return page.evaluate(() =>
    new Promise<void>((done) => requestAnimationFrame(() => requestAnimationFrame(() => done())))
  );
}

/** Names of the rows that exist. */
export async function rowNames(page: Page): Promise<string[]> {
  await nextFrame(page);
  return await page.$$eval(
    "#tree .channel-row .name",
    (rows) => rows.map((row) => row.textContent ?? ""),
  );
}

/** The facts of the channel by their terms. */
export async function facts(page: Page): Promise<Record<string, string>> {
  return await page.$$eval(".facts > div", (entries) =>
    Object.fromEntries(
      entries.map((each) => [
        each.querySelector("dt")?.textContent ?? "",
        each.querySelector("dd")?.textContent ?? "",
      ]),
    ));
}

/** How many points of the plot have the colour of its line, and in how many of its columns. */
export async function drawn(page: Page): Promise<{ points: number; columns: number }> {
  // What was asked for is drawn in the next frame.
  await page.evaluate(() =>
    new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))
  );
  return await page.$eval("canvas", (canvas) => {
    const style = getComputedStyle(canvas);
    const hues = [1, 2, 3, 4, 5].map((i) => {
      const text = style.getPropertyValue(`--hue-${i}`).trim();
      return [1, 3, 5].map((at) => parseInt(text.slice(at, at + 2), 16));
    });
    const { width, height } = canvas;
    const { data } = canvas.getContext("2d")!.getImageData(0, 0, width, height);
    const columns = new Set<number>();
    let points = 0;
    for (let at = 0; at < data.length; at += 4) {
      const near = data[at + 3] > 200 &&
        hues.some((hue) => hue.every((part, i) => Math.abs(data[at + i] - part) < 40));
      if (!near) continue;
      points++;
      columns.add((at / 4) % width);
    }
    return { points, columns: columns.size };
  });
}

/** Bytes and requests that the page counted; it shows them once a frame. */
export async function traffic(page: Page): Promise<{ bytes: number; requests: number }> {
  await page.evaluate(() =>
    new Promise((shown) => requestAnimationFrame(() => requestAnimationFrame(shown)))
  );
  return await page.$eval("div#traffic", ({ dataset }) => ({
    bytes: Number(dataset.bytes),
    requests: Number(dataset.requests),
  }));
}
