/**
 * WebAssembly code written as expressions: each function gives the bytes of an instruction behind
 * those of its operands.
 *
 * @module
 */
import {
  bytes,
  type Code,
  memory,
  NO_RESULT,
  OP,
  repeatUntil,
  signed,
  UNLIKELY,
  unsigned,
  VECTOR_OP,
  vectorInstruction,
} from "./wasm_code.ts";

export type { Code };
/** An expression; a number stands for a constant of 32 bits. */
export type Operand = Code | number;

/** A value of 32 bits. */
export function value(operand: Operand): Code {
  return typeof operand === "number" ? OP.i32Const + signed(operand) : operand;
}

/** A constant of 64 bits. */
export function wide(number: number | bigint): Code {
  return OP.i64Const + signed(number);
}

/** Instructions one after the other. */
export function code(...parts: readonly Code[]): Code {
  return parts.join("");
}

/** The value of a local. */
export function get(local: number): Code {
  return OP.localGet + unsigned(local);
}

/** Gives a local a value. */
export function set(local: number, to: Operand): Code {
  return value(to) + OP.localSet + unsigned(local);
}

/** Adds to a local. */
export function increase(local: number, by: Operand): Code {
  return set(local, add(get(local), by));
}

const binary = (instruction: Code) => (a: Operand, b: Operand): Code =>
  value(a) + value(b) + instruction;

/** Operations on two values of 32 bits. */
export const add: ReturnType<typeof binary> = binary(OP.i32Add);
export const subtract: ReturnType<typeof binary> = binary(OP.i32Subtract);
export const multiply: ReturnType<typeof binary> = binary(OP.i32Multiply);
export const remainder: ReturnType<typeof binary> = binary(OP.i32RemainderUnsigned);
export const and: ReturnType<typeof binary> = binary(OP.i32And);
export const or: ReturnType<typeof binary> = binary(OP.i32Or);
export const xor: ReturnType<typeof binary> = binary(OP.i32Xor);
export const shiftLeft: ReturnType<typeof binary> = binary(OP.i32ShiftLeft);
export const shiftRight: ReturnType<typeof binary> = binary(OP.i32ShiftRight);
export const equal: ReturnType<typeof binary> = binary(OP.i32Equal);
export const unequal: ReturnType<typeof binary> = binary(OP.i32Unequal);
export const below: ReturnType<typeof binary> = binary(OP.i32LessUnsigned);
export const above: ReturnType<typeof binary> = binary(OP.i32GreaterUnsigned);
export const atLeast: ReturnType<typeof binary> = binary(OP.i32AtLeastUnsigned);
/** Less, where the values may be negative. */
export const less: ReturnType<typeof binary> = binary(OP.i32LessSigned);

/** Operations on two values of 64 bits. */
export const wideAnd: ReturnType<typeof binary> = binary(OP.i64And);
export const wideAdd: ReturnType<typeof binary> = binary(OP.i64Add);
export const wideMultiply: ReturnType<typeof binary> = binary(OP.i64Multiply);
export const wideSubtract: ReturnType<typeof binary> = binary(OP.i64Subtract);
export const wideShiftLeft: ReturnType<typeof binary> = binary(OP.i64ShiftLeft);
export const wideShiftRight: ReturnType<typeof binary> = binary(OP.i64ShiftRight);

/** 64 bits of 32. */
export function widen(operand: Operand): Code {
  return value(operand) + OP.i64FromU32;
}

/** The low 32 of 64 bits. */
export function narrow(operand: Code): Code {
  return operand + OP.i32FromI64;
}

const loading = (instruction: Code) => (address: Operand, offset = 0): Code =>
  value(address) + memory(instruction, offset);

/** Values from memory, `offset` bytes behind an address. */
export const load8: ReturnType<typeof loading> = loading(OP.i32Load8);
export const load16: ReturnType<typeof loading> = loading(OP.i32Load16);
export const load32: ReturnType<typeof loading> = loading(OP.i32Load);
export const load64: ReturnType<typeof loading> = loading(OP.i64Load);
/** 64 bits of 32. */
export const load32Widened: ReturnType<typeof loading> = loading(OP.i64Load32);

const storing = (instruction: Code) => (address: Operand, what: Operand, offset = 0): Code =>
  value(address) + value(what) + memory(instruction, offset);

/** Values to memory, `offset` bytes behind an address. */
export const store8: ReturnType<typeof storing> = storing(OP.i32Store8);
export const store16: ReturnType<typeof storing> = storing(OP.i32Store16);
export const store32: ReturnType<typeof storing> = storing(OP.i32Store);
export const store64: ReturnType<typeof storing> = storing(OP.i64Store);

/** Copies bytes from one place to another. */
export function copyBytes(to: Operand, from: Operand, length: Operand): Code {
  return value(to) + value(from) + value(length) + "\xfc\x0a\0\0";
}

/** A condition, for `when` and `branchIf`, that hardly ever holds. */
export function unlikely(condition: Operand): Code {
  return value(condition) + UNLIKELY;
}

/** Does something where a condition holds, and else something else. */
export function when(condition: Operand, then: Code, otherwise: Code = ""): Code {
  const rest = otherwise.length > 0 ? OP.otherwise + otherwise : "";
  return value(condition) + OP.when + NO_RESULT + then + rest + OP.end;
}

/** Repeats while a condition holds. Inside, `branch(0)` goes on and `branch(1)` ends it. */
export function whilst(condition: Operand, body: Code): Code {
  return repeatUntil(value(condition) + OP.i32IsZero, body);
}

/** Repeats, at least once, while a condition holds. */
export function repeatWhile(body: Code, condition: Operand): Code {
  return OP.loop + NO_RESULT + body + value(condition) + OP.branchIf + "\0" + OP.end;
}

/** A block of instructions, which `branch(0)` inside ends. */
export function within(body: Code): Code {
  return OP.block + NO_RESULT + body + OP.end;
}

/** Repeats until something inside branches out of it. */
export function loopForever(body: Code): Code {
  return OP.loop + NO_RESULT + body + OP.branch + "\0" + OP.end;
}

/** Goes to the end of the block, or the start of the loop, so many levels out. */
export function branch(levels: number): Code {
  return OP.branch + unsigned(levels);
}

/** The same where a condition holds. */
export function branchIf(levels: number, condition: Operand): Code {
  return value(condition) + OP.branchIf + unsigned(levels);
}

/** Ends the function with a result. */
export function giveBack(result: Operand): Code {
  return value(result) + OP.giveBack;
}

/** Calls a function of the module. */
export function call(index: number, ...parameters: readonly Operand[]): Code {
  return parameters.map(value).join("") + OP.call + unsigned(index);
}

const vectorMemory = (instruction: number, offset: number): Code =>
  memory(vectorInstruction(instruction), offset);

/** Operations on 16 bytes at once. */
export const vector = {
  load: (address: Operand, offset = 0): Code =>
    value(address) + vectorMemory(VECTOR_OP.load, offset),
  /** So many bytes, 4 or 8, at the start of a vector that is zero behind them. */
  loadFirst: (count: number, address: Operand, offset = 0): Code =>
    value(address) +
    vectorMemory(count === 8 ? VECTOR_OP.load64Zero : VECTOR_OP.load32Zero, offset),
  /** So many bytes, 1, 2, 4 or 8, put into one lane of a vector. */
  loadLane: (count: number, address: Operand, to: Code, offset: number, lane: number): Code =>
    value(address) + to + vectorMemory(VECTOR_OP.load8Lane + Math.log2(count), offset) +
    bytes(lane),
  store: (address: Operand, what: Code, offset = 0): Code =>
    value(address) + what + vectorMemory(VECTOR_OP.store, offset),
  constant: (values: readonly number[]): Code =>
    vectorInstruction(VECTOR_OP.constant) + bytes(...values),
  /** Bytes of two vectors, by their numbers among the 32. */
  shuffle: (a: Code, b: Code, lanes: readonly number[]): Code =>
    a + b + vectorInstruction(VECTOR_OP.shuffle) + bytes(...lanes),
  apply: (instruction: number, ...operands: readonly Code[]): Code =>
    operands.join("") + vectorInstruction(instruction),
  /** Eight bytes as numbers of 16 bits. */
  loadWide8: (address: Operand, offset: number): Code =>
    value(address) + vectorMemory(VECTOR_OP.load8AsU16, offset),
  /** One of four numbers of 32 bits. */
  lane: (operand: Code, index: number): Code =>
    operand + vectorInstruction(VECTOR_OP.extractLane) + bytes(index),
  /** One of eight numbers of 16 bits. */
  lane16: (operand: Code, index: number): Code =>
    operand + vectorInstruction(VECTOR_OP.extractLane16) + bytes(index),
};
