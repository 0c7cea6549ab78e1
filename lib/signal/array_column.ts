/**
 * Channels of which a record holds several elements.
 *
 * @module
 */
import type { RecordRun } from "../decode/record_feed.ts";
import type { ElementOrder } from "../plan/array_layout.ts";
import type { Column } from "./column.ts";

/** The elements of a record are to an array what the records of a stretch are to a plain channel. */
export function arrayColumn(order: ElementOrder, elements: number, column: Column): Column {
  return {
    ...column.finish && { finish: (count) => column.finish!(count * elements) },
    dimensions: order.dimensions,
    room: column.room,
    take(run, at) {
      const part: RecordRun = { ...run };
      for (let i = 0, start = run.at; i < run.count; i++, start += run.stride) {
        let place = (at + i) * elements;
        for (const { offset, stride, count } of order.runs) {
          part.at = start + offset;
          part.stride = stride;
          part.count = count;
          column.take(part, place);
          place += count;
        }
      }
    },
    values: (count) => column.values(count * elements),
  };
}
