import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "node:path";
import { checkFile, checkImports, MAY_IMPORT } from "../scripts/check_imports.ts";
import { maskCode } from "../scripts/mask_code.ts";

const root = join(import.meta.dirname!, "..");

/** Lines of the violations in a file. */
const lines = (file: string, text: string) => checkFile(file, text).map(({ line }) => line);

Deno.test("the library keeps to the direction of imports", async () => {
  const { files, violations } = await checkImports(root);
  assertEquals(violations, []);
  assert(files > 50, `${files} files`);
});

Deno.test("every folder of the library has a rule, and every rule a folder", async () => {
  const folders: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(join(root, "lib"))) {
    if (isDirectory) folders.push(name);
    else assertEquals(name, "errors.ts");
  }
  assertEquals(folders.toSorted(), Object.keys(MAY_IMPORT).toSorted());
});

/** Which folder may import which: rows import columns. */
const FOLDERS = [
  "source",
  "blocks",
  "structure",
  "plan",
  "decode",
  "conversion",
  "index",
  "signal",
  "writer",
];
const ALLOWED: Record<string, string> = {
  source: "source",
  blocks: "source blocks",
  structure: "source blocks structure",
  plan: "plan",
  decode: "source blocks structure plan decode",
  conversion: "structure conversion",
  index: "source structure plan index",
  signal: "source blocks structure plan decode conversion index signal",
  writer: "blocks writer",
};

for (const from of FOLDERS) {
  Deno.test(`a file of ${from}/ may import ${ALLOWED[from]} and no other folder`, () => {
    for (const to of FOLDERS) {
      const found = checkFile(`lib/${from}/a.ts`, `\nimport { x } from "../${to}/walk_b.ts";\n`);
      if (ALLOWED[from].split(" ").includes(to)) assertEquals(found, [], to);
      else {
        assertEquals(found.map(({ file, line }) => [file, line]), [[`lib/${from}/a.ts`, 2]], to);
        assertStringIncludes(found[0].problem, `imports "../${to}/walk_b.ts"`);
        assertStringIncludes(found[0].problem, `${from}/ may import only errors.ts, ${from}/`);
      }
    }
    assertEquals(lines(`lib/${from}/a.ts`, 'import { MdfError } from "../errors.ts";'), []);
    assertEquals(lines(`lib/${from}/a.ts`, 'import { x } from "./b.ts";'), []);
    assertEquals(lines(`lib/${from}/a.ts`, 'import { Mdf } from "../../mod.ts";'), [1]);
  });
}

Deno.test("some folders may import single files of others", () => {
  const model = ["measurement", "format_codes", "problem"].map((name) =>
    `import type { x } from "../structure/${name}.ts";`
  );
  for (const folder of ["plan", "writer"]) {
    assertEquals(lines(`lib/${folder}/a.ts`, model.join("\n")), []);
  }
  const ranges = 'import { mergeRanges } from "../source/byte_ranges.ts";';
  assertEquals(lines("lib/plan/a.ts", ranges), []);
  assertEquals(lines("lib/writer/a.ts", ranges), [1]);
  const builtin = 'import { builtinModule } from "../source/node_modules.ts";';
  assertEquals(lines("lib/writer/a.ts", builtin), []);
  assertEquals(lines("lib/plan/a.ts", builtin), [1]);
});

Deno.test("a folder without a rule and a file at the top may not import others", () => {
  const [missing] = checkFile("lib/edit/a.ts", 'import { x } from "../blocks/b.ts";');
  assertStringIncludes(missing.problem, "has no rule for edit/");
  const [top] = checkFile("lib/errors.ts", 'import { x } from "./blocks/b.ts";');
  assertStringIncludes(top.problem, "lib/errors.ts imports nothing");
});

Deno.test("every way to write an import is seen", () => {
  const ways = [
    'import { x } from "../signal/a.ts";',
    "import { x } from '../signal/a.ts';",
    'import x from "../signal/a.ts";',
    'import * as x from "../signal/a.ts";',
    'import x, { type y as z } from "../signal/a.ts";',
    'import type { x } from "../signal/a.ts";',
    'import{x}from"../signal/a.ts";',
    'import{x}from "../signal/a.ts";',
    'import {\n  x,\n  y, // why\n} from "../signal/a.ts";',
    'import "../signal/a.ts";',
    'export * from "../signal/a.ts";',
    'export * as x from "../signal/a.ts";',
    'export { x } from "../signal/a.ts";',
    'export type { x } from "../signal/a.ts";',
    'const { x } = await import("../signal/a.ts");',
    "const { x } = await import(`../signal/a.ts`);",
    'const { x } = await import(\n  // why\n  "../signal/a.ts",\n);',
    'type X = import("../signal/a.ts").X;',
    'const a = 1 / 2; import { x } from "../signal/a.ts"; const b = 1 / 2;',
    'const a = `${`${{ b: 1 }.b}`}`; import { x } from "../signal/a.ts";',
    'const a = /["\'`/*]/; import { x } from "../signal/a.ts";',
  ];
  for (const way of ways) {
    assertEquals(lines("lib/decode/a.ts", `// first\n${way}\n`), [2], way);
    assertEquals(lines("lib/signal/a.ts", way.replaceAll("../signal/", "./")), [], way);
  }
  const [computed] = checkFile("lib/decode/a.ts", "await import(name);");
  assertStringIncludes(computed.problem, "computed");
  assertEquals(lines("lib/decode/a.ts", "await import(`./${name}.ts`);"), [1]);
});

Deno.test("what only looks like an import is passed over", () => {
  const text = [
    '// import { x } from "../signal/a.ts";',
    '/* import { x } from "npm:y"; */',
    "const a = 'import { x } from \"npm:y\";';",
    'const b = `import { x } from "npm:y"; Deno eval`;',
    'const c = "\\"import \'npm:y\'";',
    'const d = /import "npm:y"/.test(Array.from("npm:y").join(""));',
    'const url = import.meta.url + from("npm:y");',
    "const important = 1, isDeno = 2, Denominator = 3, evaluate = 4, $Function = 5;",
    'export const from = "npm:y";',
    'label.import("npm:y");',
    "/** Runs in Deno; never eval. */",
  ].join("\n");
  assertEquals(checkFile("lib/decode/a.ts", text), []);
});

Deno.test("imports are relative, end in .ts and stay in the library", () => {
  const bad = [
    '"@std/assert"',
    '"npm:fast-check"',
    '"node:fs"',
    '"jsr:@std/assert"',
    '"https://example.com/a.ts"',
    '"/lib/errors.ts"',
    '"lib/errors.ts"',
    '"../errors"',
    '"../errors.js"',
    '"../data.json"',
    '"../../mod.ts"',
    '"../../scripts/gen.ts"',
  ];
  for (const specifier of bad) {
    const text = `import x from ${specifier};`;
    const found = checkFile("lib/decode/a.ts", text);
    assertEquals(found.length, 1, text);
    assertStringIncludes(found[0].problem, `imports ${specifier}`);
  }
  assertEquals(lines("mod.ts", 'export * from "./lib/writer/a.ts";'), []);
  assertEquals(lines("mod.ts", 'export * from "./scripts/a.ts";\nimport "node:fs";'), [1, 2]);
});

Deno.test("only the file adapters name Deno, and nothing makes code out of text", () => {
  const named =
    "const open = Deno.open;\nconst same = globalThis.Deno;\nconst text = `${Deno.cwd()}`;";
  assertEquals(lines("lib/decode/a.ts", named), [1, 2, 3]);
  assertEquals(lines("mod.ts", named), [1, 2, 3]);
  for (const file of ["lib/source/file_source.ts", "lib/writer/file_sink.ts"]) {
    assertEquals(lines(file, named), []);
    const code = 'eval("1");\nnew Function("return 1");\nglobalThis.eval("1");\nFunction("1")();';
    assertEquals(lines(file, code), [1, 2, 3, 4]);
  }
});

Deno.test("a checkout with planted violations is reported by file and line; long files are noted", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.mkdir(join(folder, "lib", "plan"), { recursive: true });
    await Deno.writeTextFile(join(folder, "mod.ts"), 'export * from "./lib/plan/a.ts";\n');
    await Deno.writeTextFile(
      join(folder, "lib", "plan", "a.ts"),
      '\nimport "../signal/b.ts";\n\nDeno.exit();\n',
    );
    await Deno.writeTextFile(join(folder, "lib", "plan", "long.ts"), "\n".repeat(400) + "1;\n");
    await Deno.writeTextFile(join(folder, "lib", "plan", "just.ts"), "\n".repeat(399) + "1;\n");
    const { files, violations, notes } = await checkImports(folder);
    assertEquals(files, 4);
    assertEquals(violations.map(({ file, line }) => [file, line]), [
      ["lib/plan/a.ts", 2],
      ["lib/plan/a.ts", 4],
    ]);
    assertEquals(notes, ["lib/plan/long.ts has 401 lines; is it still one thing?"]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("the command ends with 1 when a rule is broken, with 0 when none is", async () => {
  const folder = await Deno.makeTempDir();
  const run = async () => {
    const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: [
        ...["run", "--allow-read", "--allow-env=NO_COLOR", "--no-prompt"],
        join(folder, "scripts", "check_imports.ts"),
      ],
      cwd: folder,
      env: { NO_COLOR: "1", DENO_NO_UPDATE_CHECK: "1" },
    }).output();
    const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
    return { code, out: decode(stdout), err: decode(stderr) };
  };
  try {
    for (const part of ["scripts", "lib/source"]) {
      await Deno.mkdir(join(folder, part), { recursive: true });
    }
    for (const file of ["deno.json", "scripts/check_imports.ts", "scripts/mask_code.ts"]) {
      await Deno.copyFile(join(root, file), join(folder, file));
    }
    await Deno.writeTextFile(join(folder, "mod.ts"), "");
    await Deno.writeTextFile(join(folder, "lib", "source", "a.ts"), 'import "./b.ts";\n');
    const good = await run();
    assertEquals([good.code, good.out], [0, "2 files, 0 forbidden imports or names\n"], good.err);
    await Deno.writeTextFile(join(folder, "lib", "source", "b.ts"), '\nimport "node:fs";\n');
    const bad = await run();
    assertEquals([bad.code, bad.out], [1, "3 files, 1 forbidden imports or names\n"], bad.err);
    assertStringIncludes(bad.err, 'error: lib/source/b.ts:2: imports "node:fs"');
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("masking keeps code, length and lines, and blanks the rest", () => {
  const cases: [text: string, code: string][] = [
    ["a /* b\n c */ d", "a     \n      d"],
    ["a // b\nc", "a     \nc"],
    ['f("a\\"b", \'c\')', "f(\"    \", ' ')"],
    ["`a${b}c${`d${e}`}`", "` ${b} ${` ${e}`}`"],
    ["`a$b{c}` + {d: 1}", "`      ` + {d: 1}"],
    ["x = /a[/]b\\/c/g; y", "x =            ; y"],
    ["a / b / c", "a / b / c"],
    ["f(1) / 2 / g", "f(1) / 2 / g"],
    ["return /a'b/;", "return      ;"],
    ["ab.of / 2 / 'x'", "ab.of / 2 / ' '"],
    ["`${{ a: { b: 1 } }}c` d", "`${{ a: { b: 1 } }} ` d"],
  ];
  for (const [text, code] of cases) assertEquals(maskCode(text).code, code, text);
  assertEquals([...maskCode("f('a', `b`, `${c}`)").strings], [[2, "a"], [7, "b"]]);
});
