/**
 * A WebAssembly module put together from bytes: just the parts that the library's loops need.
 *
 * @module
 * @see {@link https://webassembly.github.io/spec/core/binary/} for the binary format
 */

/** Instructions, one byte each. */
export const OP = {
  block: 0x02,
  loop: 0x03,
  when: 0x04,
  otherwise: 0x05,
  end: 0x0b,
  branch: 0x0c,
  branchIf: 0x0d,
  giveBack: 0x0f,
  call: 0x10,
  localGet: 0x20,
  localSet: 0x21,
  localTee: 0x22,
  globalGet: 0x23,
  i32Const: 0x41,
  i64Const: 0x42,
  f64Const: 0x44,
  i32IsZero: 0x45,
  i32Equal: 0x46,
  i32Unequal: 0x47,
  i32LessSigned: 0x48,
  i32LessUnsigned: 0x49,
  i32GreaterUnsigned: 0x4b,
  i32AtLeastUnsigned: 0x4f,
  i32Add: 0x6a,
  i32Subtract: 0x6b,
  i32Multiply: 0x6c,
  i32RemainderUnsigned: 0x70,
  i32And: 0x71,
  i32Or: 0x72,
  i32Xor: 0x73,
  i32ShiftLeft: 0x74,
  i32ShiftRightSigned: 0x75,
  i32ShiftRight: 0x76,
  i32RotateLeft: 0x77,
  i64Add: 0x7c,
  i64Subtract: 0x7d,
  i64Multiply: 0x7e,
  i64And: 0x83,
  i64Or: 0x84,
  i64ShiftLeft: 0x86,
  i64ShiftRightSigned: 0x87,
  i64ShiftRight: 0x88,
  i64RotateLeft: 0x89,
  f64Add: 0xa0,
  f64Multiply: 0xa2,
  i32FromI64: 0xa7,
  i64FromU32: 0xad,
  f64FromI32: 0xb7,
  f64FromU32: 0xb8,
  f64FromI64: 0xb9,
  f64FromU64: 0xba,
  f64FromF32: 0xbb,
  f32FromBits: 0xbe,
  f64FromBits: 0xbf,
  i32Load: 0x28,
  i64Load: 0x29,
  i64Load32: 0x35,
  i32Load8Signed: 0x2c,
  i32Load8: 0x2d,
  i32Load16Signed: 0x2e,
  i32Load16: 0x2f,
  i32Store: 0x36,
  i64Store: 0x37,
  f64Store: 0x39,
  i32Store8: 0x3a,
  i32Store16: 0x3b,
  i64Store8: 0x3c,
  i64Store16: 0x3d,
  i64Store32: 0x3e,
} as const;

/** Instructions on 16 bytes at once, behind a prefix. */
export const VECTOR_OP = {
  load: 0x00,
  load8AsU16: 0x02,
  store: 0x0b,
  constant: 0x0c,
  shuffle: 0x0d,
  f64Splat: 0x14,
  extractLane16: 0x19,
  extractLane: 0x1b,
  load8Lane: 0x54,
  load16Lane: 0x55,
  load32Lane: 0x56,
  load64Lane: 0x57,
  load32Zero: 0x5c,
  load64Zero: 0x5d,
  f64FromF32: 0x5f,
  addPairs32: 0x7f,
  /** Widens the first numbers with their signs; 1 more the last ones, 2 more without signs. */
  widen8: 0x87,
  widen16: 0xa7,
  add16: 0x8e,
  add32: 0xae,
  f64Add: 0xf0,
  f64Multiply: 0xf2,
  f64FromI32: 0xfe,
  f64FromU32: 0xff,
} as const;

const I32 = 0x7f;
const I64 = 0x7e;
const F64 = 0x7c;
const V128 = 0x7b;
const MUTABLE = 1;
const NO_RESULT = 0x40;

/** Instructions as bytes, in lists within lists, so that putting code together copies none of it. */
export type Code = readonly (number | Code)[];

/**
 * Stands in code before a condition's instruction, and is no byte of it: the condition will hardly hold.
 * Engines keep what is behind it out of the way of the rest, and its needs for registers too.
 *
 * @see {@link https://webassembly.github.io/branch-hinting/} for the section that says so
 */
export const UNLIKELY = 0x100;

/** An unsigned number in as many bytes as it needs. */
export function unsigned(value: number): number[] {
  const bytes: number[] = [];
  do {
    const byte = value % 128;
    value = Math.floor(value / 128);
    bytes.push(value > 0 ? byte | 128 : byte);
  } while (value > 0);
  return bytes;
}

/** A signed number in as many bytes as it needs. */
export function signed(value: number | bigint): number[] {
  const bytes: number[] = [];
  if (typeof value === "number" && value === (value | 0)) {
    for (;;) {
      const byte = value & 127;
      value >>= 7;
      if ((value === 0 && byte < 64) || (value === -1 && byte >= 64)) return [...bytes, byte];
      bytes.push(byte | 128);
    }
  }
  for (let rest = BigInt(value);;) {
    const byte = Number(rest & 127n);
    rest >>= 7n;
    if ((rest === 0n && byte < 64) || (rest === -1n && byte >= 64)) return [...bytes, byte];
    bytes.push(byte | 128);
  }
}

/** An instruction that reads or writes memory `offset` bytes behind the address on the stack. */
export function memory(instruction: number, offset: number): number[] {
  return [instruction, 0, ...unsigned(offset)];
}

/** The constant as a 64-bit float. */
export function f64Constant(value: number): number[] {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setFloat64(0, value, true);
  return [OP.f64Const, ...bytes];
}

/** Repeats `body` while `condition` (which leaves an i32 that is 1 to stop) does not hold. */
export function repeatUntil(condition: Code, body: Code): Code {
  return [
    ...[OP.block, NO_RESULT, OP.loop, NO_RESULT, condition, OP.branchIf, 1],
    ...[body, OP.branch, 0, OP.end, OP.end],
  ];
}

/** A function of 32-bit integers. */
export interface WasmFunction {
  /** Name by which the module gives it away. */
  readonly name?: string;
  /** Number of its parameters, which are its first locals. */
  readonly parameters: number;
  /** Whether it gives a 32-bit integer back. */
  readonly result?: boolean;
  /** 32-bit locals behind the parameters. */
  readonly i32Locals: number;
  /** 64-bit locals behind those. */
  readonly i64Locals: number;
  /** Vectors as locals behind those. */
  readonly vectorLocals?: number;
  /** 64-bit floats that the function starts with, as locals behind those. */
  readonly constants?: readonly number[];
  /** Instructions. */
  readonly code: Code;
}

/** Bytes of a page of memory. */
export const PAGE_BYTES = 65536;
/** Most pages that a memory can have. */
const MOST_PAGES = 65536;

/** Bytes of the pages of a memory that so many bytes need. */
export function wholePages(bytes: number): number {
  return Math.ceil(bytes / PAGE_BYTES) * PAGE_BYTES;
}

/** The memory that a module is for. */
export interface ModuleMemory {
  /** Whether threads share it. */
  readonly shared?: boolean;
  /**
   * Bytes that it has at least; 64 KiB when absent. Engines look at each access to constant places
   * behind these once more.
   */
  readonly bytes?: number;
}

/** The module of these functions. It imports a memory as `host.memory`. */
export function wasmModule(
  functions: readonly WasmFunction[],
  { shared = false, bytes = PAGE_BYTES }: ModuleMemory = {},
): Uint8Array<ArrayBuffer> {
  const types = vector(functions.map(({ parameters, result }) => [
    ...[0x60, vector(Array(parameters).fill(I32))],
    vector(result ? [I32] : []),
  ]));
  const pages = unsigned(Math.floor(bytes / PAGE_BYTES));
  const limits = shared ? [3, ...pages, ...unsigned(MOST_PAGES)] : [0, ...pages];
  const imports = vector([[...text("host"), ...text("memory"), 2, ...limits]]);
  const declarations = vector(functions.map((_, i) => unsigned(i)));
  const exports = vector(functions.flatMap(({ name }, i) => {
    return name === undefined ? [] : [[...text(name), 0, ...unsigned(i)]];
  }));
  const globals: number[][] = [];
  const hints: Code[] = [];
  const bodies = vector(functions.map((one, index) => {
    const { parameters, i32Locals, i64Locals, constants = [], vectorLocals = 0, code } = one;
    const locals = vector([
      ...[[...unsigned(i32Locals), I32], [...unsigned(i64Locals), I64]],
      ...[[...unsigned(vectorLocals), V128], [...unsigned(constants.length), F64]],
    ]);
    // Engines would put what they know to be constant into every instruction again.
    const loads = constants.flatMap((value, i) => {
      const global = globals.push([F64, MUTABLE, ...f64Constant(value), OP.end]) - 1;
      const local = parameters + i32Locals + i64Locals + vectorLocals + i;
      return [OP.globalGet, ...unsigned(global), OP.localSet, ...unsigned(local)];
    });
    const found: Code[] = [];
    // A hint has one byte, which is 0 for what is unlikely.
    const body = flat([locals, loads, code, OP.end], (at) => found.push([...unsigned(at), 1, 0]));
    if (found.length > 0) hints.push([unsigned(index), vector(found)]);
    return [unsigned(body.length), body];
  }));
  const sections = [
    ...[[1, types], [2, imports], [3, declarations], [6, vector(globals)], [7, exports]] as const,
    // Must come before the code; engines that do not know it pass over it.
    [0, [text("metadata.code.branch_hint"), vector(hints)]] as const,
    [10, bodies] as const,
  ];
  return Uint8Array.from(flat([
    ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...sections.map(([id, content]) => [id, sized(content)]),
  ]));
}

/** The bytes of code; tells of each hint, and before which byte it stands. */
function flat(
  code: Code,
  onHint?: (at: number) => void,
  into: number[] = [],
): number[] {
  for (const part of code) {
    if (typeof part !== "number") flat(part, onHint, into);
    else if (part === UNLIKELY) onHint?.(into.length);
    else into.push(part);
  }
  return into;
}

function vector(items: Code): Code {
  return [unsigned(items.length), ...items];
}

function sized(content: Code): Code {
  const bytes = flat(content);
  return [unsigned(bytes.length), bytes];
}

function text(ascii: string): number[] {
  return [ascii.length, ...Array.from(ascii, (char) => char.charCodeAt(0))];
}
