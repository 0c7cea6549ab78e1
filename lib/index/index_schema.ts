/**
 * The JSON Schema of an index, put together from the tables that write and read it.
 *
 * @module
 */
import { LAYOUT_SCHEMA } from "./channel_tables.ts";
import type { Schema } from "./coder.ts";
import { IDENTITY } from "./file_identity.ts";
import { INDEX_SCHEMA, PARTS } from "./file_index.ts";
import { CONVERSION_REFERENCE, CONVERSION_VALUE } from "./model_tables.ts";
import { COLUMN_SCHEMA } from "./number_column.ts";
import { joinedSchema } from "./text_pool.ts";

const parts = Object.entries(PARTS).map(([name, { schema }]) => [name, schema]);

/**
 * JSON Schema (draft 2020-12) of what `toIndex()` gives, for checking an index that comes from
 * elsewhere or reading one in another language. Columns of tables stand under `$defs/column`.
 *
 * ```ts
 * const isIndex = new Ajv2020().compile(INDEX_JSON_SCHEMA);
 * ```
 */
export const INDEX_JSON_SCHEMA: Readonly<Record<string, unknown>> = {
  $schema: "https://json-schema.org/draft/2020-12/schema",
  title: "Index of an ASAM MDF 4 file",
  type: "object",
  properties: {
    format: { const: "mf4-index" },
    schema: { const: INDEX_SCHEMA },
    identity: IDENTITY.schema,
    strings: joinedSchema("Texts, to which others refer by their position"),
    rules: joinedSchema(
      "Parameters and references of conversions, each as the JSON of a list without its brackets, of " +
        "what stands under $defs/rule",
    ),
    layouts: {
      description: "Columns that the channels of several groups have in common",
      type: "array",
      items: LAYOUT_SCHEMA,
    },
    ...Object.fromEntries(parts),
  },
  required: [
    ...["format", "schema", "identity", "strings", "rules", "layouts"],
    ...Object.keys(PARTS).filter((name) => name !== "eventTemplates"),
  ],
  additionalProperties: false,
  $defs: {
    column: {
      description:
        "The numbers of a column: one for all rows, or a text of entries with blanks between them, each " +
        "a number or _ for none; 5*3 stands for three equal ones. Columns of offsets, names and indexes " +
        "hold the differences from one row to the next, beginning with 0.",
      ...COLUMN_SCHEMA,
    },
    rule: {
      type: "array",
      items: { anyOf: [CONVERSION_VALUE.schema, CONVERSION_REFERENCE.schema] },
    },
  } satisfies Schema,
};
