/**
 * Opening, reading, streaming, writing, and making an index, as `Deno.bench` suite.
 *
 * @module
 */
import { defineSuite } from "./define_suite.ts";
import { PERFORMANCE_OPERATIONS } from "./operations.ts";

await defineSuite(PERFORMANCE_OPERATIONS);
