/**
 * Checks a pattern that came from outside the type checker, such as a module given on the command line.
 *
 * @module
 */
import { NUMBER_TYPES, type Pattern } from "./pattern.ts";

/** A pattern that cannot be generated; the message says which part of it and why. */
export class PatternError extends Error {
  override name = "PatternError";
}

type Fields = Record<string, unknown>;

const MAX_SHAPES_PER_SIGNAL = 16;
const SHAPE_FIELDS: Record<string, { needed: string[]; optional: string[] }> = {
  sine: { needed: ["min", "max", "period"], optional: ["phase"] },
  cosine: { needed: ["min", "max", "period"], optional: ["phase"] },
  ramp: { needed: ["from", "to", "period"], optional: ["phase"] },
  triangle: { needed: ["min", "max", "period"], optional: ["phase"] },
  square: { needed: ["min", "max", "period"], optional: ["duty", "phase"] },
  step: { needed: ["seconds"], optional: [] },
  noise: { needed: ["deviation"], optional: ["mean"] },
  randomWalk: { needed: ["start", "step", "min", "max"], optional: [] },
  toggle: { needed: ["seconds"], optional: ["low", "high"] },
};

/**
 * Gives `value` back as a pattern.
 *
 * @param origin What to call it in a message, such as the module it came from.
 * @throws {PatternError} If it is not one.
 */
export function checkPattern(value: unknown, origin: string): Pattern {
  const pattern = fieldsOf(value, origin);
  text(pattern, "name", origin);
  if (!/^[a-z0-9][a-z0-9_-]*$/.test(pattern.name as string)) {
    throw new PatternError(`${origin}: name must be lower case letters, digits, "-" or "_"`);
  }
  text(pattern, "title", origin);
  positive(pattern, "sampleRate", origin);
  if (!Array.isArray(pattern.signals) || pattern.signals.length === 0) {
    throw new PatternError(`${origin}: signals must be an array with at least one signal`);
  }
  const names = new Set<unknown>(["Time"]);
  pattern.signals.forEach((signal, i) => {
    const where = `${origin}: signals[${i}]`;
    checkSignal(signal, where);
    if (names.has(signal.name)) throw new PatternError(`${where}: name "${signal.name}" is taken`);
    names.add(signal.name);
  });
  return value as Pattern;
}

function checkSignal(value: unknown, where: string): void {
  const signal = fieldsOf(value, where);
  text(signal, "name", where);
  if (signal.type === "string") {
    texts(signal, "texts", where);
    if (signal.conversion !== undefined) {
      throw new PatternError(`${where}: a string signal takes no conversion`);
    }
  } else if (!(NUMBER_TYPES as readonly unknown[]).includes(signal.type)) {
    throw new PatternError(
      `${where}: type ${show(signal.type)} is none of ${NUMBER_TYPES.join(", ")}, string`,
    );
  } else if (signal.conversion !== undefined) checkConversion(signal.conversion, where);
  const shapes: unknown[] = Array.isArray(signal.shape) ? signal.shape : [signal.shape];
  if (shapes.length === 0 || shapes.length > MAX_SHAPES_PER_SIGNAL) {
    throw new PatternError(`${where}: needs 1 to ${MAX_SHAPES_PER_SIGNAL} shapes`);
  }
  shapes.forEach((shape, i) => checkShape(shape, `${where}.shape[${i}]`));
}

function checkConversion(value: unknown, where: string): void {
  const conversion = fieldsOf(value, `${where}.conversion`);
  if (conversion.kind === "linear") {
    number(conversion, "offset", `${where}.conversion`);
    number(conversion, "factor", `${where}.conversion`);
    if (conversion.factor === 0) {
      throw new PatternError(`${where}.conversion: factor must not be 0`);
    }
  } else if (conversion.kind === "valueToText") {
    numbers(conversion, "keys", `${where}.conversion`);
    texts(conversion, "texts", `${where}.conversion`);
    if ((conversion.keys as unknown[]).length !== (conversion.texts as unknown[]).length) {
      throw new PatternError(`${where}.conversion: needs as many keys as texts`);
    }
  } else {
    throw new PatternError(
      `${where}.conversion: kind ${show(conversion.kind)} is neither linear nor valueToText`,
    );
  }
}

function checkShape(value: unknown, where: string): void {
  const shape = fieldsOf(value, where);
  const fields = Object.hasOwn(SHAPE_FIELDS, String(shape.kind)) &&
    SHAPE_FIELDS[String(shape.kind)];
  if (!fields) {
    throw new PatternError(
      `${where}: kind ${show(shape.kind)} is none of ${Object.keys(SHAPE_FIELDS).join(", ")}`,
    );
  }
  for (const name of fields.needed) number(shape, name, where);
  for (const name of fields.optional) if (shape[name] !== undefined) number(shape, name, where);
  for (const name of ["period", "seconds"]) if (name in shape) positive(shape, name, where);
  if (shape.kind === "step") numbers(shape, "levels", where);
  if (
    shape.kind === "noise" &&
    ![undefined, "normal", "uniform"].includes(shape.distribution as string)
  ) {
    throw new PatternError(`${where}: distribution must be normal or uniform`);
  }
  if (shape.kind === "randomWalk") {
    const { start, step, min, max } = shape as Record<string, number>;
    if (!(min <= start && start <= max && step >= 0 && 2 * step <= max - min)) {
      throw new PatternError(
        `${where}: start must lie between min and max, and step be at most half their distance`,
      );
    }
  }
}

function fieldsOf(value: unknown, where: string): Fields {
  if (typeof value !== "object" || value === null) {
    throw new PatternError(`${where}: expected an object, found ${show(value)}`);
  }
  return value as Fields;
}

function text(fields: Fields, name: string, where: string): void {
  if (typeof fields[name] !== "string" || fields[name] === "") {
    throw new PatternError(`${where}: ${name} must be a text that is not empty`);
  }
}

function number(fields: Fields, name: string, where: string): void {
  if (!Number.isFinite(fields[name])) {
    throw new PatternError(
      `${where}: ${name} must be a finite number, found ${show(fields[name])}`,
    );
  }
}

function positive(fields: Fields, name: string, where: string): void {
  number(fields, name, where);
  if ((fields[name] as number) <= 0) throw new PatternError(`${where}: ${name} must be above 0`);
}

function list(
  fields: Fields,
  name: string,
  where: string,
  what: string,
  ok: (x: unknown) => boolean,
): void {
  const value = fields[name];
  if (!Array.isArray(value) || value.length === 0 || !value.every(ok)) {
    throw new PatternError(`${where}: ${name} must be an array of ${what} that is not empty`);
  }
}

function numbers(fields: Fields, name: string, where: string): void {
  list(fields, name, where, "numbers", Number.isFinite);
}

function texts(fields: Fields, name: string, where: string): void {
  list(fields, name, where, "texts", (x) => typeof x === "string");
}

function show(value: unknown): string {
  return typeof value === "string" ? `"${value}"` : String(value);
}
