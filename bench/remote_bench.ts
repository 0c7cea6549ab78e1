/**
 * Reading over HTTP from this machine, as `Deno.bench` suite.
 *
 * @module
 */
import { defineSuite } from "./define_suite.ts";
import { SUITE } from "./suites/remote.ts";

await defineSuite(SUITE);
