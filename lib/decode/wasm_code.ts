/**
 * A WebAssembly module put together from bytes: just the parts that the library's loops need.
 *
 * @module
 * @see {@link https://webassembly.github.io/spec/core/binary/} for the binary format
 */

/** Instructions, of one byte each. */
export const OP = {
  block: "\x02",
  loop: "\x03",
  when: "\x04",
  otherwise: "\x05",
  end: "\x0b",
  branch: "\x0c",
  branchIf: "\x0d",
  giveBack: "\x0f",
  call: "\x10",
  localGet: "\x20",
  localSet: "\x21",
  localTee: "\x22",
  globalGet: "\x23",
  i32Const: "\x41",
  i64Const: "\x42",
  f64Const: "\x44",
  i32IsZero: "\x45",
  i32Equal: "\x46",
  i32Unequal: "\x47",
  i32LessSigned: "\x48",
  i32LessUnsigned: "\x49",
  i32GreaterUnsigned: "\x4b",
  i32AtLeastUnsigned: "\x4f",
  i32Add: "\x6a",
  i32Subtract: "\x6b",
  i32Multiply: "\x6c",
  i32RemainderUnsigned: "\x70",
  i32And: "\x71",
  i32Or: "\x72",
  i32Xor: "\x73",
  i32ShiftLeft: "\x74",
  i32ShiftRightSigned: "\x75",
  i32ShiftRight: "\x76",
  i32RotateLeft: "\x77",
  i64Add: "\x7c",
  i64Subtract: "\x7d",
  i64Multiply: "\x7e",
  i64And: "\x83",
  i64Or: "\x84",
  i64ShiftLeft: "\x86",
  i64ShiftRightSigned: "\x87",
  i64ShiftRight: "\x88",
  i64RotateLeft: "\x89",
  f64Add: "\xa0",
  f64Multiply: "\xa2",
  i32FromI64: "\xa7",
  i64FromU32: "\xad",
  f64FromI32: "\xb7",
  f64FromU32: "\xb8",
  f64FromI64: "\xb9",
  f64FromU64: "\xba",
  f64FromF32: "\xbb",
  f32FromBits: "\xbe",
  f64FromBits: "\xbf",
  i32Load: "\x28",
  i64Load: "\x29",
  i64Load32: "\x35",
  i32Load8Signed: "\x2c",
  i32Load8: "\x2d",
  i32Load16Signed: "\x2e",
  i32Load16: "\x2f",
  i32Store: "\x36",
  i64Store: "\x37",
  f64Store: "\x39",
  i32Store8: "\x3a",
  i32Store16: "\x3b",
  i64Store8: "\x3c",
  i64Store16: "\x3d",
  i64Store32: "\x3e",
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

const I32 = "\x7f";
const I64 = "\x7e";
const F64 = "\x7c";
const V128 = "\x7b";
const MUTABLE = "\x01";
/** Type of a block that leaves nothing on the stack. */
export const NO_RESULT = "\x40";

/**
 * Bytes, as the characters of a string: engines put strings together without copying them, and before
 * they have made any code faster.
 */
export type Code = string;

/**
 * Stands in code before a condition's instruction, and is no byte of it: the condition will hardly hold.
 * Engines keep what is behind it out of the way of the rest, and its needs for registers too.
 *
 * @see {@link https://webassembly.github.io/branch-hinting/} for the section that says so
 */
export const UNLIKELY = "\u0100";

/** So many bytes. */
export function bytes(...values: readonly number[]): Code {
  return String.fromCharCode(...values);
}

/** An unsigned number in as many bytes as it needs. */
export function unsigned(value: number): Code {
  let code = "";
  for (; value > 127; value = Math.floor(value / 128)) {
    code += String.fromCharCode(value % 128 | 128);
  }
  return code + String.fromCharCode(value);
}

/** A signed number in as many bytes as it needs. */
export function signed(value: number | bigint): Code {
  return typeof value === "number" && value === (value | 0)
    ? signedOf32(value)
    : signedOf64(BigInt(value));
}

function signedOf32(value: number): Code {
  let code = "";
  for (; value < -64 || value > 63; value >>= 7) code += String.fromCharCode(value & 127 | 128);
  return code + String.fromCharCode(value & 127);
}

function signedOf64(value: bigint): Code {
  let code = "";
  for (; value < -64n || value > 63n; value >>= 7n) {
    code += String.fromCharCode(Number(value & 127n) | 128);
  }
  return code + String.fromCharCode(Number(value & 127n));
}

/** An instruction that reads or writes memory `offset` bytes behind the address on the stack. */
export function memory(instruction: Code, offset: number): Code {
  return instruction + "\0" + unsigned(offset);
}

/** One of {@link VECTOR_OP}. */
export function vectorInstruction(number: number): Code {
  return "\xfd" + unsigned(number);
}

/** The constant as a 64-bit float. */
export function f64Constant(value: number): Code {
  const encoded = new Uint8Array(8);
  new DataView(encoded.buffer).setFloat64(0, value, true);
  return OP.f64Const + bytes(...encoded);
}

/** Repeats `body` while `condition` (which leaves an i32 that is 1 to stop) does not hold. */
export function repeatUntil(condition: Code, body: Code): Code {
  return OP.block + NO_RESULT + OP.loop + NO_RESULT + condition + OP.branchIf + "\x01" +
    body + OP.branch + "\0" + OP.end + OP.end;
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
  const types = vector(
    functions.map(({ parameters, result }) =>
      "\x60" + vector(Array<Code>(parameters).fill(I32)) + vector(result ? [I32] : [])
    ),
  );
  const pages = unsigned(Math.floor(bytes / PAGE_BYTES));
  const limits = shared ? "\x03" + pages + unsigned(MOST_PAGES) : "\0" + pages;
  const imports = vector([sized("host") + sized("memory") + "\x02" + limits]);
  const declarations = vector(functions.map((_, i) => unsigned(i)));
  const exports = vector(functions.flatMap(({ name }, i) => {
    return name === undefined ? [] : [sized(name) + "\0" + unsigned(i)];
  }));
  const globals: Code[] = [];
  const hints: Code[] = [];
  const bodies = vector(functions.map((one, index) => {
    const { parameters, i32Locals, i64Locals, constants = [], vectorLocals = 0, code } = one;
    const locals = vector([
      ...[unsigned(i32Locals) + I32, unsigned(i64Locals) + I64],
      ...[unsigned(vectorLocals) + V128, unsigned(constants.length) + F64],
    ]);
    // Engines would put what they know to be constant into every instruction again.
    const loads = constants.map((value, i) => {
      const global = globals.push(F64 + MUTABLE + f64Constant(value) + OP.end) - 1;
      const local = parameters + i32Locals + i64Locals + vectorLocals + i;
      return OP.globalGet + unsigned(global) + OP.localSet + unsigned(local);
    });
    const parts = (locals + loads.join("") + code + OP.end).split(UNLIKELY);
    const found = hintsBetween(parts);
    if (found.length > 0) hints.push(unsigned(index) + vector(found));
    return sized(parts.join(""));
  }));
  return bytesOf(
    "\0asm\x01\0\0\0" +
      "\x01" + sized(types) +
      "\x02" + sized(imports) +
      "\x03" + sized(declarations) +
      "\x06" + sized(vector(globals)) +
      "\x07" + sized(exports) +
      // Must come before the code; engines that do not know it pass over it.
      "\0" + sized(sized("metadata.code.branch_hint") + vector(hints)) +
      "\x0a" + sized(bodies),
  );
}

/** The hints of a body, one between each two of its parts: where it is, and a byte, 0 for unlikely. */
function hintsBetween(parts: readonly Code[]): Code[] {
  let at = 0;
  return parts.slice(0, -1).map(({ length }) => unsigned(at += length) + "\x01\0");
}

function vector(items: readonly Code[]): Code {
  return unsigned(items.length) + items.join("");
}

function sized(content: Code): Code {
  return unsigned(content.length) + content;
}

function bytesOf(code: Code): Uint8Array<ArrayBuffer> {
  const encoded = new Uint8Array(code.length);
  for (let i = 0; i < encoded.length; i++) encoded[i] = code.charCodeAt(i);
  return encoded;
}
