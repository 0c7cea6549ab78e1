/**
 * Files of other shapes, as `Deno.bench` suite.
 *
 * @module
 */
import { defineSuite } from "./define_suite.ts";
import { SUITE } from "./suites/shapes.ts";

await defineSuite(SUITE);
