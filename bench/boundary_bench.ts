/**
 * What it costs to cross a boundary, as `Deno.bench` suite.
 *
 * @module
 */
import { defineSuite } from "./define_suite.ts";
import { SUITE } from "./suites/boundary.ts";

await defineSuite(SUITE);
