/**
 * Arrays as users see them: dimensions, axes, and the channels that belong to them.
 *
 * @module
 */
import { compileConversion } from "../conversion/compile_conversion.ts";
import type { Converted } from "../conversion/rules.ts";
import { UsageError } from "../errors.ts";
import { ARRAY_FLAG } from "../structure/format_codes.ts";
import type { ArrayModel, BlockTriple, ConversionModel } from "../structure/measurement.ts";
import type { Channel } from "./channel.ts";
import { type ArrayStorage, arrayStorage, type ArrayType, arrayType } from "./code_names.ts";
import { plainComment } from "./comment.ts";
import type { OpenFile } from "./open_file.ts";

/** An array: what the values of a channel are, or the elements of another array. */
export class ChannelArray {
  /** The array as the format describes it. */
  readonly model: ArrayModel;
  /** Dimensions in the order of the signal's `shape`. */
  readonly dimensions: readonly ArrayDimension[];
  readonly #file: OpenFile;

  /** Made by `Channel`. */
  constructor(file: OpenFile, model: ArrayModel) {
    this.#file = file;
    this.model = model;
    this.dimensions = model.dimensions.map((_, d) => new ArrayDimension(file, model, d));
  }

  /** What the array is for. */
  get type(): ArrayType {
    return arrayType(this.model.type);
  }

  /** Where the elements lie; those with records of their own are read by `Mdf.readElements` too. */
  get storage(): ArrayStorage {
    return arrayStorage(this.model.storage);
  }

  /** Number of elements of each dimension. */
  get shape(): readonly number[] {
    return this.model.dimensions;
  }

  /**
   * Whether the used number of elements varies; the dimensions' `sizeChannel` tells it. Values are
   * given in full size all the same, and what lies past the used size has no meaning.
   */
  get dynamicSize(): boolean {
    return this.#has(ARRAY_FLAG.dynamicSize);
  }

  /** Whether records hold the elements column by column; values are given row by row all the same. */
  get inverseLayout(): boolean {
    return this.#has(ARRAY_FLAG.inverseLayout);
  }

  /** Whether the intervals of an interval axis leave out their lower and include their upper end. */
  get leftOpen(): boolean {
    return this.#has(ARRAY_FLAG.leftOpenInterval);
  }

  /** Whether the axis channels are standard axes, shared by several look-up tables. */
  get standardAxis(): boolean {
    return this.#has(ARRAY_FLAG.standardAxis);
  }

  /** The result of a look-up. */
  get outputQuantity(): Channel | undefined {
    return channelOf(this.#file, this.model.outputChannel);
  }

  /** A quantity to compare the result with. */
  get comparisonQuantity(): Channel | undefined {
    return channelOf(this.#file, this.model.comparisonChannel);
  }

  #has(flag: number): boolean {
    return (this.model.flags & flag) !== 0;
  }
}

/** One dimension of an array. */
export class ArrayDimension {
  /** Number of elements; of a dynamic array, the largest one. */
  readonly size: number;
  /** The axis, where there is one. */
  readonly axis: ArrayAxis | undefined;
  readonly #file: OpenFile;
  readonly #model: ArrayModel;
  readonly #index: number;

  /** Made by {@link ChannelArray}. */
  constructor(file: OpenFile, model: ArrayModel, index: number) {
    this.#file = file;
    this.#model = model;
    this.#index = index;
    this.size = model.dimensions[index];
    const { axisValues, axisChannels, axisConversions } = model;
    if (axisValues || axisChannels || axisConversions) {
      this.axis = new ArrayAxis(file, model, index);
    }
  }

  /** Of a dynamic array: the channel that tells how many elements are used, 0 before its first value. */
  get sizeChannel(): Channel | undefined {
    return channelOf(this.#file, this.#model.sizeChannels?.[this.#index]);
  }

  /** The quantity that is looked up on the axis. */
  get inputQuantity(): Channel | undefined {
    return channelOf(this.#file, this.#model.inputChannels?.[this.#index]);
  }
}

/** The axis of one dimension: fixed points, or a channel whose values are the points. */
export class ArrayAxis {
  readonly #file: OpenFile;
  readonly #model: ArrayModel;
  readonly #index: number;
  #rule?: (raw: number) => Converted;

  /** Made by {@link ArrayDimension}. */
  constructor(file: OpenFile, model: ArrayModel, index: number) {
    this.#file = file;
    this.#model = model;
    this.#index = index;
  }

  /** Points of a fixed axis as stored; a classification result has one more than elements. */
  get rawPoints(): readonly number[] | undefined {
    return this.#model.axisValues?.[this.#index].map(Number);
  }

  /** Points of a fixed axis, converted; undefined where a channel holds them. */
  get points(): readonly Converted[] | undefined {
    return this.rawPoints?.map((raw) => this.convert(raw));
  }

  /**
   * The channel that holds the points of an axis that can change. The conversion of the axis overrules
   * that of the channel, also where it is none: read the channel with `raw` and use `convert`.
   */
  get channel(): Channel | undefined {
    return channelOf(this.#file, this.#model.axisChannels?.[this.#index]);
  }

  /** The conversion of the points as the format describes it. */
  get conversion(): ConversionModel | undefined {
    const index = this.#model.axisConversions?.[this.#index];
    return index === undefined || index === null
      ? undefined
      : this.#file.measurement.conversions[index];
  }

  /** Unit of the converted points. */
  get unit(): string {
    return plainComment(this.channel?.model.unit ?? this.conversion?.unit).trim();
  }

  /**
   * Converts a raw point.
   *
   * @throws {CorruptFileError} when the conversion is damaged
   */
  convert(raw: number): Converted {
    return (this.#rule ??= this.#compile())(raw);
  }

  #compile(): (raw: number) => Converted {
    const { conversion } = this;
    if (!conversion) return (raw) => raw;
    const { conversions } = this.#file.measurement;
    const file = this.#file.source.name;
    const compiled = compileConversion(
      conversions,
      conversions.indexOf(conversion),
      "float",
      { file, plainText: plainComment },
    );
    switch (compiled.kind) {
      case "none":
        return (raw) => raw;
      case "linear":
        return (raw) => raw * compiled.factor + compiled.offset;
      case "numeric":
      case "mixed":
        return compiled.convert;
      default:
        throw new UsageError("the conversion of the axis takes texts, and its points are numbers", {
          file,
          block: "CC",
          offset: conversion.offset,
        });
    }
  }
}

function channelOf(file: OpenFile, triple: BlockTriple | undefined): Channel | undefined {
  return triple && file.channelAt(triple.channel);
}
