// deno-lint-ignore-file no-explicit-any

/*
 * Types of the standard library modules this project uses. The npm build named in deno.json ships
 * none, and without them an assertion narrows nothing and a misspelt option goes unseen. Once the
 * import map points at JSR, this file can go.
 */

declare module "@std/assert" {
  type AnyConstructor = abstract new (...args: any[]) => any;
  type ErrorConstructorOf<E extends Error> = abstract new (...args: any[]) => E;
  type Falsy = false | 0 | 0n | "" | null | undefined;

  /** What every failed assertion throws. */
  export class AssertionError extends Error {
    constructor(message: string, options?: ErrorOptions);
  }

  /** Deep equality as `assertEquals` sees it. */
  export function equal(a: unknown, b: unknown): boolean;
  export function assert(expr: unknown, msg?: string): asserts expr;
  export function assertFalse(expr: unknown, msg?: string): asserts expr is Falsy;
  export function assertEquals<T>(actual: T, expected: T, msg?: string): void;
  export function assertNotEquals<T>(actual: T, expected: T, msg?: string): void;
  export function assertStrictEquals<T>(
    actual: unknown,
    expected: T,
    msg?: string,
  ): asserts actual is T;
  export function assertNotStrictEquals<T>(actual: T, expected: T, msg?: string): void;
  /** The default tolerance is 1e-7 times `expected`. */
  export function assertAlmostEquals(
    actual: number,
    expected: number,
    tolerance?: number,
    msg?: string,
  ): void;
  export function assertExists<T>(actual: T, msg?: string): asserts actual is NonNullable<T>;
  export function assertInstanceOf<T extends AnyConstructor>(
    actual: unknown,
    expectedType: T,
    msg?: string,
  ): asserts actual is InstanceType<T>;
  export function assertNotInstanceOf<A, T>(
    actual: A,
    unexpectedType: abstract new (...args: any[]) => T,
    msg?: string,
  ): asserts actual is Exclude<A, T>;
  export function assertIsError<E extends Error = Error>(
    error: unknown,
    ErrorClass?: ErrorConstructorOf<E>,
    msgMatches?: string | RegExp,
    msg?: string,
  ): asserts error is E;
  export function assertGreater<T>(actual: T, expected: T, msg?: string): void;
  export function assertGreaterOrEqual<T>(actual: T, expected: T, msg?: string): void;
  export function assertLess<T>(actual: T, expected: T, msg?: string): void;
  export function assertLessOrEqual<T>(actual: T, expected: T, msg?: string): void;
  export function assertMatch(actual: string, expected: RegExp, msg?: string): void;
  export function assertNotMatch(actual: string, expected: RegExp, msg?: string): void;
  export function assertStringIncludes(actual: string, expected: string, msg?: string): void;
  export function assertArrayIncludes<T>(
    actual: ArrayLike<T>,
    expected: ArrayLike<T>,
    msg?: string,
  ): void;
  export function assertObjectMatch(
    actual: Record<PropertyKey, any>,
    expected: Record<PropertyKey, unknown>,
    msg?: string,
  ): void;
  export function assertThrows(fn: () => unknown, msg?: string): unknown;
  export function assertThrows<E extends Error = Error>(
    fn: () => unknown,
    ErrorClass: ErrorConstructorOf<E>,
    msgIncludes?: string | RegExp,
    msg?: string,
  ): E;
  export function assertRejects(fn: () => PromiseLike<unknown>, msg?: string): Promise<unknown>;
  export function assertRejects<E extends Error = Error>(
    fn: () => PromiseLike<unknown>,
    ErrorClass: ErrorConstructorOf<E>,
    msgIncludes?: string | RegExp,
    msg?: string,
  ): Promise<E>;
  export function fail(msg?: string): never;
  export function unreachable(msg?: string): never;
  export function unimplemented(msg?: string): never;
}

declare module "@std/cli/parse-args" {
  /** How arguments are to be understood. */
  export interface ParseOptions {
    /** Give what follows `--` in a `"--"` property instead of in `_`. */
    "--"?: boolean;
    /** Other names of an option. */
    alias?: Readonly<Record<string, string | readonly string[]>>;
    /** Options without a value; `true` for every double-dash option without a value. */
    boolean?: boolean | string | readonly string[];
    /** Values of options that were not given. */
    default?: Readonly<Record<string, unknown>>;
    /** Put everything after the first positional argument into `_`. */
    stopEarly?: boolean;
    /** Options whose value stays text; `"_"` keeps positional arguments text. */
    string?: string | readonly string[];
    /** Options that may be repeated and give an array. */
    collect?: string | readonly string[];
    /** Options that `--no-<name>` sets to `false`. */
    negatable?: string | readonly string[];
    /** Called for each argument no option declares; `false` keeps it out of the result. */
    unknown?: (arg: string, key?: string, value?: unknown) => unknown;
  }

  type NamesIn<V> = V extends readonly string[] ? V[number] : V extends string ? V : never;
  type Get<O, K extends PropertyKey> = K extends keyof O ? O[K] : never;
  type AliasTable<O> = O extends { alias: infer A } ? A : Record<never, never>;
  type DefaultTable<O> = O extends { default: infer D } ? D : Record<never, never>;

  /** A name together with everything the alias table ties to it. */
  type NameGroup<A, K> = K extends string ?
      | K
      | {
        [P in keyof A & string]: K extends P | NamesIn<A[P]> ? P | NamesIn<A[P]> : never;
      }[keyof A & string]
    : never;
  type Declared<O, Kind extends PropertyKey> = NameGroup<AliasTable<O>, NamesIn<Get<O, Kind>>>;

  /** The default of a name, also when it is written under another of its names. */
  type DefaultOf<O, K> = Get<DefaultTable<O>, NameGroup<AliasTable<O>, K>>;

  type Widen<T> = T extends string ? string
    : T extends number ? number
    : T extends boolean ? boolean
    : T extends bigint ? bigint
    : T extends readonly (infer E)[] ? Widen<E>[]
    : T;

  type Given<O, K> = K extends Declared<O, "string"> ? string
    : K extends Declared<O, "boolean"> ? boolean
    : string | number | boolean;
  type Collected<O, K> = K extends Declared<O, "collect"> ? Given<O, K>[] : Given<O, K>;
  type Negated<O, K> = K extends Declared<O, "negatable"> ? false : never;
  type Missing<O, K> = [DefaultOf<O, K>] extends [never] ? K extends Declared<O, "boolean"> ? never
    : K extends Declared<O, "string"> ? (K extends Declared<O, "collect"> ? never : undefined)
    : undefined
    : Widen<DefaultOf<O, K>>;

  type OptionName<O> = Exclude<
    | Declared<O, "string" | "boolean" | "collect" | "negatable">
    | NameGroup<AliasTable<O>, keyof DefaultTable<O> | keyof AliasTable<O>>,
    "_"
  >;
  /** A name with dots becomes nested objects, which are not typed further. */
  type Property<K> = K extends `${infer Head}.${string}` ? Head : K;
  type Valued<O, K> = K extends `${string}.${string}` ? any
    : Collected<O, K> | Negated<O, K> | Missing<O, K>;

  /** What `parseArgs` gives for the options `O`. */
  export type Args<O = ParseOptions> =
    & { [K in OptionName<O> as Property<K> & string]: Valued<O, K> }
    & { _: "_" extends NamesIn<Get<O, "string">> ? string[] : (string | number)[] }
    & (Get<O, "--"> extends true ? [Get<O, "--">] extends [never] ? unknown : { "--": string[] }
      : unknown)
    & (Get<O, "boolean"> extends true
      ? [Get<O, "boolean">] extends [never] ? unknown : { [name: string]: any }
      : unknown);

  export function parseArgs(args: readonly string[]): Record<string, any> & {
    _: (string | number)[];
  };
  export function parseArgs<const O extends ParseOptions>(
    args: readonly string[],
    options: O,
  ): Args<O>;
}

declare module "@std/fmt/bytes" {
  export interface FormatOptions {
    /** Bits instead of bytes. */
    bits?: boolean;
    /** Powers of 1024 (`KiB`) instead of 1000 (`kB`). */
    binary?: boolean;
    /** A plus sign before positive sizes. */
    signed?: boolean;
    locale?: boolean | string | string[];
    minimumFractionDigits?: number;
    maximumFractionDigits?: number;
  }
  /** `1337` becomes `1.34 kB`. Throws a `TypeError` for a number that is not finite. */
  export function format(num: number, options?: FormatOptions): string;
}

declare module "@std/fmt/duration" {
  export interface FormatOptions {
    /** `1h 2m`, `1 hour, 2 minutes` or `00:01:02:…`; `narrow` when absent. */
    style?: "narrow" | "full" | "digital";
    ignoreZero?: boolean;
  }
  /** Formats a duration in milliseconds. */
  export function format(ms: number, options?: FormatOptions): string;
}

declare module "@std/fmt/colors" {
  /** Turns escape codes on or off; `NO_COLOR` turns them off from the start. */
  export function setColorEnabled(value: boolean): void;
  export function getColorEnabled(): boolean;
  export function stripAnsiCode(string: string): string;
  export function reset(str: string): string;
  export function bold(str: string): string;
  export function dim(str: string): string;
  export function italic(str: string): string;
  export function underline(str: string): string;
  export function inverse(str: string): string;
  export function strikethrough(str: string): string;
  export function black(str: string): string;
  export function red(str: string): string;
  export function green(str: string): string;
  export function yellow(str: string): string;
  export function blue(str: string): string;
  export function magenta(str: string): string;
  export function cyan(str: string): string;
  export function white(str: string): string;
  export function gray(str: string): string;
  export function brightRed(str: string): string;
  export function brightGreen(str: string): string;
  export function brightYellow(str: string): string;
  export function brightBlue(str: string): string;
  export function brightCyan(str: string): string;
}

declare module "@std/streams" {
  type Bytes = Uint8Array<ArrayBuffer>;

  export function toArrayBuffer(readableStream: ReadableStream<Uint8Array>): Promise<ArrayBuffer>;
  export function toBytes(stream: ReadableStream<Uint8Array>): Promise<Bytes>;
  export function toBlob(stream: ReadableStream<Uint8Array>): Promise<Blob>;
  /** Chunks are text, or bytes of UTF-8. */
  export function toText(stream: ReadableStream<string | Uint8Array>): Promise<string>;
  export function toJson(stream: ReadableStream<string | Uint8Array>): Promise<unknown>;

  export function toTransformStream<I, O>(
    transformer: (src: ReadableStream<I>) => Iterable<O> | AsyncIterable<O>,
    writableStrategy?: QueuingStrategy<I>,
    readableStrategy?: QueuingStrategy<O>,
  ): TransformStream<I, O>;

  /** Everything of the first stream, then everything of the next. */
  export function concatReadableStreams<T>(...streams: ReadableStream<T>[]): ReadableStream<T>;
  /** Chunks in the order they arrive from any of the streams. */
  export function mergeReadableStreams<T>(...streams: ReadableStream<T>[]): ReadableStream<T>;
  /** One chunk of each in turn, until all have ended. */
  export function zipReadableStreams<T>(...streams: ReadableStream<T>[]): ReadableStream<T>;
  /** One chunk of each in turn, until the first has ended. */
  export function earlyZipReadableStreams<T>(...streams: ReadableStream<T>[]): ReadableStream<T>;

  /** Passes on the bytes from `start` to `end`, both included. */
  export class ByteSliceStream extends TransformStream<Uint8Array, Bytes> {
    constructor(start?: number, end?: number);
  }
  /** Stops before the chunk that would exceed `size` bytes, with `error` by a `RangeError`. */
  export class LimitedBytesTransformStream extends TransformStream<Uint8Array, Bytes> {
    constructor(size: number, options?: { error?: boolean });
  }
  /** Stops after `size` chunks, with `error` by a `RangeError`. */
  export class LimitedTransformStream<T> extends TransformStream<T, T> {
    constructor(size: number, options?: { error?: boolean });
  }
  export class TextLineStream extends TransformStream<string, string> {
    constructor(options?: { allowCR?: boolean });
  }
  export class DelimiterStream extends TransformStream<Uint8Array, Bytes> {
    constructor(
      delimiter: Uint8Array,
      options?: { disposition?: "suffix" | "prefix" | "discard" },
    );
  }
  export class TextDelimiterStream extends TransformStream<string, string> {
    constructor(
      delimiter: string,
      options?: { disposition?: "suffix" | "prefix" | "discard" },
    );
  }

  /** A growing byte buffer with both ends of a stream. */
  export class Buffer {
    constructor(ab?: ArrayBufferLike | ArrayLike<number>);
    /** Closes once the buffer has been read empty. */
    readonly readable: ReadableStream<Bytes>;
    readonly writable: WritableStream<Uint8Array>;
    /** Unread bytes. */
    readonly length: number;
    readonly capacity: number;
    /** The unread bytes, copied unless `copy` is `false`. */
    bytes(options?: { copy?: boolean }): Bytes;
    empty(): boolean;
    truncate(n: number): void;
    reset(): void;
    grow(n: number): void;
  }
}

declare module "@std/toml" {
  /** Reads TOML. Throws a `SyntaxError` when it is none. */
  export function parse(tomlString: string): Record<string, unknown>;
}
