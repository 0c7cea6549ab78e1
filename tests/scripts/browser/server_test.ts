import { assert, assertEquals, assertMatch, assertStringIncludes, assertThrows } from "@std/assert";
import { join } from "node:path";
import { BROWSER_HELP, parseBrowserArguments } from "../../../scripts/browser/browser_arguments.ts";
import { serveBrowser } from "../../../scripts/browser/serve_browser.ts";
import { ArgumentError } from "../../../scripts/generate/gen_arguments.ts";
import { patternBytes } from "../../_helpers.ts";
import { inFolder, ROOT, runScript } from "../_run_script.ts";

Deno.test("browser arguments: files, port and output are read, and all are in the help", () => {
  const defaults = { help: false, paths: [], port: 8440, json: false };
  assertEquals(parseBrowserArguments([]), defaults);
  assertEquals(parseBrowserArguments(["a.mf4", "folder", "--port", "0", "--json"]), {
    ...defaults,
    paths: ["a.mf4", "folder"],
    port: 0,
    json: true,
  });
  for (const option of ["--port", "--json", "--help"]) assertStringIncludes(BROWSER_HELP, option);
});

Deno.test("browser arguments: what cannot be meant is refused", () => {
  for (const args of [["--port", "x"], ["--port", "65536"], ["--port", "-1"], ["--open"], [""]]) {
    assertThrows(() => parseBrowserArguments(args), ArgumentError);
  }
});

Deno.test("browser server: modules are served without types and with their lines", async () => {
  await using server = await serveBrowser();
  const path = "scripts/browser/page/min_max_bins.ts";
  const response = await fetch(server.url + path);
  assertEquals(response.headers.get("content-type"), "text/javascript");
  const served = await response.text();
  const source = await Deno.readTextFile(ROOT + path);
  assertEquals(served.length, source.length);
  assertStringIncludes(source, "min = Infinity;");
  assertStringIncludes(served, "min = Infinity;");
  assertStringIncludes(source, "export interface NumberRun {");
  assert(!served.includes("interface NumberRun"));
});

Deno.test("browser server: every module that the page imports is served", async () => {
  await using server = await serveBrowser();
  const seen = new Set<string>();
  const waiting = [new URL("scripts/browser/page/main.ts", server.url)];
  for (const url of waiting) {
    if (seen.has(url.href)) continue;
    seen.add(url.href);
    const response = await fetch(url);
    const code = await response.text();
    assertEquals(response.status, 200, url.pathname);
    for (const [, target] of code.matchAll(/(?:from|import)\s*\(?"(\.{1,2}\/[^"]+)"/g)) {
      waiting.push(new URL(target, url));
    }
  }
  assert(seen.size > 100, `${seen.size} modules`);
});

Deno.test("browser server: nothing else of the checkout is served, however it is asked for", async () => {
  await using server = await serveBrowser({ paths: [join(ROOT, "lib")] });
  for (
    const path of [
      "deno.json",
      "README.md",
      "scripts/browser.ts",
      "scripts/browser/serve_browser.ts",
      "scripts/generate/gen_arguments.ts",
      "tests/_helpers.ts",
      "lib/../deno.json",
      "lib/%2e%2e/deno.json",
      "lib/..%2fdeno.json",
      "lib//errors.ts/../../deno.json",
      "scripts/browser/page/../serve_files.ts",
      "files/lib/../deno.json",
      "files/lib/..%2fdeno.json",
      "files/lib/%2e%2e%2fdeno.json",
      "files/..%2fdeno.json",
      "files/lib",
      "files/lib/",
      "files/lib/%00",
      "files/lib/%E0%A4%A",
      "files/%2fetc%2fpasswd",
    ]
  ) {
    assertEquals(await rawStatus(server.url, `/${path}`), 404, path);
  }
  assertEquals(await rawStatus(server.url, "/files/lib/errors.ts"), 200);
});

Deno.test("browser server: a link that leads out of a folder is not followed", async () => {
  await inFolder(async (folder) => {
    await Deno.mkdir(join(folder, "offered"));
    await Deno.writeTextFile(join(folder, "secret.mf4"), "secret");
    await Deno.symlink(join(folder, "secret.mf4"), join(folder, "offered", "link.mf4"));
    await Deno.writeTextFile(join(folder, "offered", "plain.mf4"), "plain");
    await using server = await serveBrowser({ paths: [join(folder, "offered")] });
    assertEquals(await rawStatus(server.url, "/files/offered/link.mf4"), 404);
    assertEquals(await rawStatus(server.url, "/files/offered/plain.mf4"), 200);
    assertEquals(server.files.map(({ name }) => name), ["offered/plain.mf4"]);
  });
});

Deno.test("browser server: other hosts and methods are refused", async () => {
  await using server = await serveBrowser();
  assertEquals(await rawStatus(server.url, "/", "GET", "evil.example"), 421);
  assertEquals(await rawStatus(server.url, "/", "POST"), 405);
  assertEquals(await rawStatus(server.url, "/", "HEAD"), 200);
});

Deno.test("browser server: every answer forbids what the page does not need", async () => {
  await using server = await serveBrowser();
  for (const path of ["", "mod.ts", "files/", "nothing"]) {
    const response = await fetch(server.url + path);
    await response.body?.cancel();
    const policy = response.headers.get("content-security-policy") ?? "";
    assertMatch(policy, /^default-src 'none'; script-src 'self' 'wasm-unsafe-eval' 'sha256-/);
    assertStringIncludes(policy, "require-trusted-types-for 'script'");
    assertEquals(/unsafe-inline|unsafe-eval'? 'unsafe|\*/.test(policy), false);
    assertEquals(response.headers.get("x-content-type-options"), "nosniff");
  }
});

Deno.test("browser server: a file is served whole and by ranges", async () => {
  await inFolder(async (folder) => {
    const path = join(folder, "a b.mf4");
    const bytes = patternBytes(300_000);
    await Deno.writeFile(path, bytes);
    await using server = await serveBrowser({ paths: [path] });
    assertEquals(server.files, [{ name: "a b.mf4", url: "/files/a%20b.mf4", bytes: 300_000 }]);
    assertEquals(await (await fetch(`${server.url}files/`)).json(), server.files);
    const url = `${server.url}files/a%20b.mf4`;
    const whole = await fetch(url);
    assertEquals(whole.status, 200);
    assertEquals(new Uint8Array(await whole.arrayBuffer()), bytes);
    const etag = whole.headers.get("etag") ?? "";
    const cases: [range: string, from: number, to: number][] = [
      ["bytes=0-0", 0, 1],
      ["bytes=65536-131071", 65536, 131072],
      ["bytes=299999-", 299_999, 300_000],
      ["bytes=-7", 299_993, 300_000],
      ["bytes=250000-999999", 250_000, 300_000],
      ["bytes=-999999", 0, 300_000],
    ];
    for (const [range, from, to] of cases) {
      const response = await fetch(url, { headers: { range, "if-range": etag } });
      assertEquals(response.status, 206, range);
      assertEquals(response.headers.get("content-range"), `bytes ${from}-${to - 1}/300000`);
      assertEquals(new Uint8Array(await response.arrayBuffer()), bytes.slice(from, to), range);
    }
    const past = await fetch(url, { headers: { range: "bytes=300000-300001" } });
    assertEquals([past.status, past.headers.get("content-range")], [416, "bytes */300000"]);
    const changed = await fetch(url, { headers: { range: "bytes=0-9", "if-range": '"other"' } });
    assertEquals([changed.status, (await changed.arrayBuffer()).byteLength], [200, 300_000]);
    const head = await fetch(url, { method: "HEAD" });
    assertEquals([head.status, head.headers.get("content-length")], [200, "300000"]);
  });
});

Deno.test("browser command: bad arguments end with 2, files that do not exist with 1", async () => {
  const bad = await runScript("scripts/browser.ts", ["--port", "many"]);
  assertEquals(bad.code, 2);
  assertStringIncludes(bad.err, "--port needs a number");
  const missing = await runScript("scripts/browser.ts", ["/no/such/file.mf4", "--port", "0"]);
  assertEquals(missing.code, 1);
  assertStringIncludes(missing.err, 'error: there is no file or folder "/no/such/file.mf4"');
});

Deno.test("browser command: with a file it names the address that opens it, and ends when told", async () => {
  await inFolder(async (folder) => {
    const path = join(folder, "drive.mf4");
    await Deno.writeTextFile(path, "not much of a file");
    await using process = new Deno.Command(Deno.execPath(), {
      args: [
        ...["run", "--no-check", "--quiet", "--allow-read", "--allow-net=127.0.0.1"],
        ...[`${ROOT}scripts/browser.ts`, path, "--port", "0", "--json"],
      ],
      cwd: ROOT,
      stdout: "piped",
    }).spawn();
    const reader = process.stdout.pipeThrough(new TextDecoderStream()).getReader();
    let line = "";
    while (!line.includes("\n")) {
      const { value, done } = await reader.read();
      if (done) break;
      line += value;
    }
    const { url, files } = JSON.parse(line);
    assertEquals(new URL(url).searchParams.get("open"), "/files/drive.mf4");
    assertEquals(files, [{ name: "drive.mf4", url: "/files/drive.mf4", bytes: 18 }]);
    const page = await fetch(url);
    assertStringIncludes(await page.text(), "<title>MF4</title>");
    process.kill("SIGINT");
    assertEquals((await process.status).code, 0);
    await reader.cancel();
  });
});

/** The status of a request whose path is sent as it is, which fetch does not do. */
async function rawStatus(
  url: string,
  path: string,
  method = "GET",
  host = "127.0.0.1",
): Promise<number> {
  using connection = await Deno.connect({ hostname: "127.0.0.1", port: Number(new URL(url).port) });
  const request = `${method} ${path} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`;
  await connection.write(new TextEncoder().encode(request));
  const buffer = new Uint8Array(64);
  const count = await connection.read(buffer) ?? 0;
  return Number(new TextDecoder().decode(buffer.subarray(0, count)).split(" ")[1]);
}
