/**
 * Reading by an index, cold and warm, and without one for comparison, as `Deno.bench` suite.
 *
 * @module
 */
import { defineSuite } from "./define_suite.ts";
import { INDEX_OPERATIONS } from "./operations.ts";

await defineSuite(INDEX_OPERATIONS);
