/**
 * Checks what callers ask the writer for, before the first byte is written.
 *
 * @module
 */
import { UsageError } from "../errors.ts";
import { STORAGE, SYNC_TYPE } from "./channel_types.ts";
import type {
  ChannelOptions,
  Comment,
  ConversionOptions,
  GroupOptions,
  SourceOptions,
  WriterOptions,
} from "./writer_options.ts";

/** Writer options with every default filled in. */
export type WriterSettings =
  & Required<Omit<WriterOptions, "comment">>
  & Pick<WriterOptions, "comment">;

const MAX_BLOCK_BYTES = 1024 * 1024 * 1024;
const MAX_TEXTS = 65534;
const U64_END = 1n << 64n;

/** Fills in defaults; throws UsageError for what cannot be written. */
export function checkWriterOptions(options: WriterOptions): WriterSettings {
  const now = BigInt(Date.now()) * 1_000_000n;
  const settings: WriterSettings = {
    compression: options.compression ?? "none",
    compressionLevel: options.compressionLevel ?? 1,
    startTimeNs: options.startTimeNs ?? now,
    historyTimeNs: options.historyTimeNs ?? now,
    program: options.program ?? "mf4deno",
    comment: options.comment,
    blockBytes: options.blockBytes ?? 4 * 1024 * 1024,
    bufferBytes: options.bufferBytes ?? 64 * 1024 * 1024,
    version: options.version ?? "4.10",
  };
  oneOf("compression", settings.compression, ["none", "deflate", "transpose"]);
  oneOf("version", settings.version, ["4.10", "4.11", "4.20"]);
  wholeNumber("compressionLevel", settings.compressionLevel, 0, 9);
  wholeNumber("blockBytes", settings.blockBytes, 1, MAX_BLOCK_BYTES);
  wholeNumber("bufferBytes", settings.bufferBytes, 0, Number.MAX_SAFE_INTEGER);
  for (const name of ["startTimeNs", "historyTimeNs"] as const) {
    const time: unknown = settings[name];
    if (typeof time !== "bigint" || time < 0n || time >= U64_END) {
      throw new UsageError(`${name} is ${time}; give nanoseconds since 1970 as a bigint`);
    }
  }
  if (typeof settings.program !== "string" || !/^[\x20-\x7e]{1,8}$/.test(settings.program)) {
    throw new UsageError(`program is "${settings.program}"; give 1 to 8 ASCII characters`);
  }
  checkComment("the file", settings.comment);
  return settings;
}

/** Throws UsageError for a group that cannot be written. */
export function checkGroupOptions(group: GroupOptions): void {
  checkText("the name of a group", group.name, true);
  const owner = `group "${group.name}"`;
  checkComment(owner, group.comment);
  checkSource(owner, group.source);
  if (!Array.isArray(group.channels) || group.channels.length === 0) {
    throw new UsageError(`${owner} has no channels; give at least one`);
  }
  const names = new Set<string>();
  const masters = new Set<string>();
  for (const channel of group.channels) {
    checkChannel(owner, channel);
    if (names.has(channel.name)) {
      throw new UsageError(
        `${owner} has two channels "${channel.name}"; columns are told apart by name`,
      );
    }
    names.add(channel.name);
    if (channel.master === undefined) continue;
    if (masters.has(channel.master)) {
      throw new UsageError(`${owner} has two ${channel.master} masters; it can have one`);
    }
    masters.add(channel.master);
  }
}

function checkChannel(group: string, channel: ChannelOptions): void {
  checkText(`the name of a channel of ${group}`, channel.name, true);
  const owner = `channel "${channel.name}" of ${group}`;
  oneOf(`the type of ${owner}`, channel.type, Object.keys(STORAGE));
  if (channel.unit !== undefined) checkText(`the unit of ${owner}`, channel.unit, false);
  checkComment(owner, channel.comment);
  checkSource(owner, channel.source);
  const numeric = !STORAGE[channel.type].variableLength;
  if (channel.master !== undefined) {
    oneOf(`the master of ${owner}`, channel.master, Object.keys(SYNC_TYPE));
    if (!numeric || channel.type === "bool") {
      throw new UsageError(`${owner} is a master and must hold numbers, not ${channel.type}`);
    }
    if (channel.conversion?.kind === "valueToText") {
      throw new UsageError(`${owner} is a master; its values must stay numbers`);
    }
  }
  if (channel.conversion === undefined) return;
  if (!numeric) {
    throw new UsageError(`${owner} holds ${channel.type}; conversions apply to numbers only`);
  }
  checkConversion(owner, channel.conversion);
}

function checkConversion(owner: string, conversion: ConversionOptions): void {
  const of = `the conversion of ${owner}`;
  switch (conversion.kind) {
    case "identity":
      return;
    case "linear":
      return checkNumbers(of, [conversion.offset, conversion.factor], 2);
    case "rational":
      return checkNumbers(of, conversion.parameters, 6);
    case "valueToText": {
      const { keys, texts } = conversion;
      checkNumbers(of, keys, keys?.length);
      if (!Array.isArray(texts) || texts.length !== keys.length || keys.length > MAX_TEXTS) {
        throw new UsageError(
          `${of} has ${keys.length} keys and ${texts?.length} texts; give one text for each key, ` +
            `at most ${MAX_TEXTS}`,
        );
      }
      if (new Set(keys).size !== keys.length) {
        throw new UsageError(`${of} has a key twice; only one of its texts could ever be found`);
      }
      texts.forEach((text) => checkText(`a text of ${of}`, text, false));
      if (conversion.default !== undefined) {
        checkText(`the default of ${of}`, conversion.default, false);
      }
      return;
    }
    default:
      oneOf(`the kind of ${of}`, (conversion as { kind: unknown }).kind, [
        "identity",
        "linear",
        "rational",
        "valueToText",
      ]);
  }
}

function checkNumbers(owner: string, values: readonly number[], count: number): void {
  const numbers = Array.from(values ?? [], (value: unknown) => value);
  if (numbers.length !== count || !numbers.every(Number.isFinite)) {
    throw new UsageError(
      `${owner} has parameters [${numbers.map(String).join(", ")}]; ` +
        (count === undefined ? "give finite numbers" : `give ${count} finite numbers`),
    );
  }
}

function checkSource(owner: string, source: SourceOptions | undefined): void {
  if (source === undefined) return;
  const of = `the source of ${owner}`;
  for (const part of ["name", "path"] as const) {
    if (source[part] !== undefined) checkText(`the ${part} of ${of}`, source[part], false);
  }
  for (const part of ["type", "busType", "flags"] as const) {
    if (source[part] !== undefined) wholeNumber(`${part} of ${of}`, source[part], 0, 255);
  }
  checkComment(of, source.comment);
}

function checkComment(owner: string, comment: Comment | undefined): void {
  if (comment === undefined) return;
  const text = typeof comment === "string" ? comment : comment?.xml;
  const of = `the comment of ${owner}`;
  checkText(of, text, false);
  // XML has no way to write these, not even as character references.
  // deno-lint-ignore no-control-regex
  const at = text.search(/[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/);
  if (at >= 0) {
    throw new UsageError(
      `${of} has character ${text.charCodeAt(at)} at position ${at}, which XML cannot hold`,
    );
  }
}

function checkText(what: string, text: unknown, needed: boolean): asserts text is string {
  if (typeof text !== "string") throw new UsageError(`${what} is ${typeof text}, not a string`);
  if (needed && text === "") throw new UsageError(`${what} is empty`);
  if (text.includes("\0") || !text.isWellFormed()) {
    throw new UsageError(`${what} has a zero character or half a surrogate pair; remove it`);
  }
}

function oneOf(what: string, value: unknown, allowed: readonly string[]): void {
  if (!allowed.includes(value as string)) {
    throw new UsageError(`${what} is "${value}"; it can be ${allowed.join(", ")}`);
  }
}

function wholeNumber(what: string, value: unknown, least: number, most: number): void {
  if (!Number.isSafeInteger(value) || (value as number) < least || (value as number) > most) {
    throw new UsageError(`${what} is ${value}; give a whole number from ${least} to ${most}`);
  }
}
