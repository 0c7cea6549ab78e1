/**
 * Reading against the bare read of the same file, as `Deno.bench` suite.
 *
 * @module
 */
import { defineSuite } from "./define_suite.ts";
import { SUITE } from "./suites/engine.ts";

await defineSuite(SUITE);
