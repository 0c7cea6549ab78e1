/**
 * From the options of a file to its channel groups and signals: names, rates, places in time and
 * streams of random numbers. Everything that decides a value is decided here.
 *
 * @module
 */
import { checkPattern } from "./check_pattern.ts";
import { isPatternName, PATTERNS } from "./load_pattern.ts";
import type { Pattern, Signal } from "./pattern.ts";

/** What decides the values of a file. */
export interface DataOptions {
  /** A pattern, or the name of one that comes with the project; `automotive` when absent. */
  pattern?: Pattern | string;
  /** Chooses the random numbers; 1 when absent. */
  seed?: number;
  /** Data channels in each group besides the master; as many as the pattern has when absent. */
  channels?: number;
  /** Channel groups, each with a master and a sample rate of its own; 1 when absent. */
  groups?: number;
}

/** One data channel. */
export interface PlannedSignal {
  /** Name in the file: that of the signal, with a number from its second use on. */
  name: string;
  signal: Signal;
  /** Seconds by which it is ahead of its shape, so that repeated signals differ. */
  shift: number;
  /** Position among all data channels of the file. */
  number: number;
}

/** One channel group. */
export interface PlannedGroup {
  name: string;
  /** Records per second. */
  sampleRate: number;
  signals: PlannedSignal[];
}

/** The channel groups of a file. */
export interface DataPlan {
  pattern: Pattern;
  seed: number;
  groups: PlannedGroup[];
}

/** Name of the master channel of every group. */
export const MASTER_NAME = "Time";

// Rates relative to the first group, for the first groups and then over again.
const RATE_DIVISORS = [1, 2, 5, 10, 20, 50, 100];
const SECONDS_BETWEEN_USES = 7.31;

/**
 * Lays out the channel groups.
 *
 * @throws {RangeError} If a number is out of range or the pattern's name unknown.
 * @throws {PatternError} If the pattern is not valid.
 */
export function planData(options: DataOptions): DataPlan {
  const pattern = findPattern(options.pattern ?? "automotive");
  const seed = whole(options.seed ?? 1, "seed", 0, Number.MAX_SAFE_INTEGER);
  const channels = whole(options.channels ?? pattern.signals.length, "channels", 1, 100_000);
  const groupCount = whole(options.groups ?? 1, "groups", 1, 10_000);
  const groups: PlannedGroup[] = [];
  const uses = new Map<Signal, number>();
  const names = new Set(pattern.signals.map((signal) => signal.name));
  for (let g = 0; g < groupCount; g++) {
    const signals: PlannedSignal[] = [];
    for (let c = 0; c < channels; c++) {
      const signal = pattern.signals[c % pattern.signals.length];
      const use = (uses.get(signal) ?? 0) + 1;
      uses.set(signal, use);
      const name = use === 1 ? signal.name : freeName(`${signal.name}_${use}`, names);
      const shift = (use - 1) * SECONDS_BETWEEN_USES;
      signals.push({ name, signal, shift, number: g * channels + c });
    }
    groups.push({
      name: g === 0 ? pattern.title : `${pattern.title} ${g + 1}`,
      sampleRate: pattern.sampleRate / RATE_DIVISORS[g % RATE_DIVISORS.length],
      signals,
    });
  }
  return { pattern, seed, groups };
}

/** Records a group has by the time that the first group has `records`. */
export function recordsOf(plan: DataPlan, group: PlannedGroup, records: number): number {
  return Math.ceil((records * group.sampleRate) / plan.pattern.sampleRate);
}

function findPattern(pattern: Pattern | string): Pattern {
  if (typeof pattern !== "string") return checkPattern(pattern, "the pattern");
  if (!isPatternName(pattern)) {
    throw new RangeError(
      `there is no pattern "${pattern}": use ${Object.keys(PATTERNS).join(" or ")}, ` +
        "or pass the pattern itself",
    );
  }
  return PATTERNS[pattern];
}

function freeName(name: string, taken: Set<string>): string {
  while (taken.has(name)) name += "_";
  taken.add(name);
  return name;
}

function whole(value: number, name: string, min: number, max: number): number {
  if (!Number.isInteger(value) || value < min || value > max) {
    throw new RangeError(`${name} must be a whole number from ${min} to ${max}, not ${value}`);
  }
  return value;
}
