/**
 * Every operation that is measured, each written down once: for the `Deno.bench` suites and for the
 * table of `deno task bench`.
 *
 * @module
 */
import { INDEX_OPERATIONS } from "./index_operations.ts";
import type { Operation } from "./operation.ts";
import { PERFORMANCE_OPERATIONS } from "./performance_operations.ts";

export { INDEX_OPERATIONS } from "./index_operations.ts";
export { BARE_READ, PERFORMANCE_OPERATIONS, STREAM_ALL } from "./performance_operations.ts";

/** All operations in the order of the table. */
export const OPERATIONS: readonly Operation[] = [...PERFORMANCE_OPERATIONS, ...INDEX_OPERATIONS];
