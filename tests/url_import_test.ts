import { assert, assertEquals } from "@std/assert";
import { toText } from "@std/streams";
import { join } from "node:path";
import { MdfWriter } from "../mod.ts";

const root = join(import.meta.dirname!, "..");

/** Serves the library's files as a web server would. */
function serveCheckout() {
  return Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, async (request) => {
    const path = new URL(request.url).pathname;
    if (path !== "/mod.ts" && !/^\/lib\/[\w/]+\.ts$/.test(path)) {
      return new Response("not here", { status: 404 });
    }
    try {
      const text = await Deno.readTextFile(join(root, path));
      return new Response(text, { headers: { "content-type": "application/typescript" } });
    } catch {
      return new Response("not found", { status: 404 });
    }
  });
}

async function runDeno(
  args: string[],
  cwd: string,
): Promise<[code: number, out: string, err: string]> {
  const child = new Deno.Command(Deno.execPath(), {
    args,
    cwd,
    env: { DENO_DIR: join(cwd, "cache"), NO_COLOR: "1", DENO_NO_UPDATE_CHECK: "1" },
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const [out, err, { code }] = await Promise.all([
    toText(child.stdout),
    toText(child.stderr),
    child.status,
  ]);
  return [code, out, err];
}

Deno.test("mod.ts works imported by URL, with --allow-read and --allow-import alone", async () => {
  const folder = await Deno.makeTempDir();
  await using server = serveCheckout();
  try {
    const file = join(folder, "drive.mf4");
    const writer = await MdfWriter.create(file, { compression: "transpose" });
    const engine = writer.addGroup({
      name: "Engine",
      channels: [
        { name: "Time", type: "float64", unit: "s", master: "time" },
        {
          name: "RPM",
          type: "uint16",
          unit: "rpm",
          conversion: { kind: "linear", offset: 0, factor: 0.25 },
        },
        { name: "Note", type: "string" },
      ],
    });
    await engine.append({
      Time: Float64Array.of(0, 0.5, 1),
      RPM: Uint16Array.of(3200, 3202, 3207),
      Note: ["cold", "", "warm µ"],
    });
    await writer.close();
    const address = `http://127.0.0.1:${server.addr.port}/mod.ts`;
    await Deno.writeTextFile(
      join(folder, "main.ts"),
      `import { Mdf } from "${address}";
await using mdf = await Mdf.open("drive.mf4");
await using again = await Mdf.fromIndex(JSON.parse(JSON.stringify(mdf.toIndex())), "drive.mf4");
const [rpm, note] = await again.readAll(["RPM", "Note"]);
console.log(JSON.stringify([Array.from(rpm.values), rpm.unit, Array.from(rpm.timestamps!), note.values]));
`,
    );
    const [code, out, err] = await runDeno(
      [
        "run",
        "--no-config",
        "--no-lock",
        "--no-prompt",
        "--allow-read",
        `--allow-import=127.0.0.1:${server.addr.port}`,
        "main.ts",
      ],
      folder,
    );
    assertEquals(code, 0, err);
    assertEquals(JSON.parse(out), [[800, 800.5, 801.75], "rpm", [0, 0.5, 1], [
      "cold",
      "",
      "warm µ",
    ]]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("everything that mod.ts reaches is a file of the library or built in", async () => {
  const [code, out, err] = await runDeno(
    ["info", "--json", "--no-config", "--no-lock", join(root, "mod.ts")],
    await Deno.makeTempDir(),
  );
  assertEquals(code, 0, err);
  const modules: { specifier: string }[] = JSON.parse(out).modules;
  assert(modules.length > 30, `${modules.length} modules`);
  const foreign = modules.map(({ specifier }) => specifier).filter((specifier) =>
    !specifier.startsWith("node:") &&
    !specifier.startsWith(new URL("../lib/", import.meta.url).href) &&
    specifier !== new URL("../mod.ts", import.meta.url).href
  );
  assertEquals(foreign, []);
});

Deno.test("importing the library and reading a file has no use for node's modules", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const writer = await MdfWriter.create(join(folder, "drive.mf4"));
    const group = writer.addGroup({ name: "G", channels: [{ name: "x", type: "float64" }] });
    await group.append({ x: Float64Array.of(1, 2, 3) });
    await writer.close();
    await Deno.writeTextFile(
      join(folder, "main.ts"),
      `Object.defineProperty(globalThis, "process", {
  get() { throw new Error("it was asked for"); },
});
const { Mdf } = await import(${JSON.stringify(new URL("../mod.ts", import.meta.url).href)});
await using mdf = await Mdf.open("drive.mf4");
console.log((await mdf.read("x")).values.join());
`,
    );
    const [code, out, err] = await runDeno(
      ["run", "--no-config", "--no-lock", "--no-prompt", "--allow-read", "main.ts"],
      folder,
    );
    assertEquals([code, out], [0, "1,2,3\n"], err);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
