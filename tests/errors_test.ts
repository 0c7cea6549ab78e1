import { assert, assertEquals, assertInstanceOf, assertStrictEquals } from "@std/assert";
import { isMdfError } from "../lib/errors.ts";
import * as mod from "../mod.ts";

const {
  AmbiguousChannelError,
  ChannelNotFoundError,
  CorruptFileError,
  MdfError,
  TruncatedFileError,
} = mod;

Deno.test("the message starts with file, block, offset, path and program, as far as known", () => {
  const place = {
    file: "drive.mf4",
    block: "CN",
    offset: 4660,
    path: "HD>DG[2]>CG[0]>CN[14]",
    program: "logger 1.0",
  };
  const cases: [mod.MdfErrorPlace, string][] = [
    [
      place,
      "drive.mf4: CN block at offset 4660 (0x1234), HD>DG[2]>CG[0]>CN[14]: " +
      'written by "logger 1.0": bad',
    ],
    [{}, "bad"],
    [{ file: "drive.mf4" }, "drive.mf4: bad"],
    [{ block: "CN" }, "CN block: bad"],
    [{ offset: 0 }, "at offset 0 (0x0): bad"],
    [{ path: "HD>DG[2]" }, "HD>DG[2]: bad"],
    [{ file: "drive.mf4", offset: 255 }, "drive.mf4: at offset 255 (0xff): bad"],
    [{ block: "HD", path: "HD" }, "HD block, HD: bad"],
    [{ program: "" }, "bad"],
  ];
  for (const [where, message] of cases) {
    const error = new CorruptFileError("bad", where);
    assertEquals(error.message, message);
    assertEquals(error.reason, "bad");
    assertEquals(
      [error.file, error.block, error.offset, error.path],
      [where.file, where.block, where.offset, where.path],
    );
  }
});

/** Every error class with the tag that programs may rely on. */
const CODES: Record<string, mod.MdfErrorCode> = {
  NotMdfError: "not-mdf",
  CorruptFileError: "corrupt",
  TruncatedFileError: "truncated",
  UnsupportedFeatureError: "unsupported",
  LimitExceededError: "limit",
  SourceError: "source",
  SourceChangedError: "source-changed",
  StaleIndexError: "stale-index",
  ChannelNotFoundError: "channel-not-found",
  AmbiguousChannelError: "ambiguous-channel",
  UsageError: "usage",
};

Deno.test("every error class is exported, named after itself and tagged", () => {
  const classes = Object.entries(mod).filter(([name]) =>
    name.endsWith("Error") && name !== "MdfError" && name !== "isMdfError"
  ) as [string, new (reason: string, ...rest: unknown[]) => mod.MdfError][];
  assertEquals(classes.map(([name]) => name).toSorted(), Object.keys(CODES).toSorted());
  for (const [name, Class] of classes) {
    const needsList = name === "ChannelNotFoundError" || name === "AmbiguousChannelError";
    const error = needsList
      ? new Class("bad", [], { file: "drive.mf4" })
      : new Class("bad", { file: "drive.mf4" });
    assertInstanceOf(error, MdfError);
    assertInstanceOf(error, Error);
    assertEquals([error.name, error.code, error.message], [name, CODES[name], "drive.mf4: bad"]);
    assert(error.stack!.startsWith(`${name}: drive.mf4: bad`), error.stack);
  }
});

Deno.test("a cause is kept, and there is none when none is given", () => {
  const cause = new Error("below");
  assertStrictEquals(new CorruptFileError("bad", {}, cause).cause, cause);
  assertStrictEquals(new mod.SourceError("bad", {}, cause).cause, cause);
  assert(!("cause" in new TruncatedFileError("bad")));
});

Deno.test("errors about names carry what was found", () => {
  const missing = new ChannelNotFoundError("no", ["RPM", "rpm2"]);
  assertEquals(missing.near, ["RPM", "rpm2"]);
  const several = new AmbiguousChannelError("several", [0, 3], { file: "drive.mf4" });
  assertEquals([several.groups, several.file], [[0, 3], "drive.mf4"]);
});

Deno.test("isMdfError knows errors of another copy of the module, and no others", async () => {
  const source = await Deno.readTextFile(new URL("../lib/errors.ts", import.meta.url));
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(`${folder}/errors.ts`, source);
    const copy = await import(`file://${folder}/errors.ts`);
    const foreign = new copy.CorruptFileError("bad", { offset: 8 });
    assert(!(foreign instanceof MdfError));
    assert(isMdfError(foreign));
    assertEquals(foreign.code, "corrupt");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
  assert(isMdfError(new CorruptFileError("bad")));
  const others = [
    new Error("bad"),
    Object.assign(new Error("no such file"), { code: "ENOENT" }),
    { code: "corrupt", reason: "bad" },
    "corrupt",
    null,
    undefined,
  ];
  for (const other of others) assert(!isMdfError(other), String(other));
});
