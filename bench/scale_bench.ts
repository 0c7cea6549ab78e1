/**
 * Cost against size, as `Deno.bench` suite.
 *
 * @module
 */
import { defineSuite } from "./define_suite.ts";
import { SUITE } from "./suites/scale.ts";

// Operations bring sizes of their own, which are full with the large file.
await defineSuite(SUITE, ["large"]);
