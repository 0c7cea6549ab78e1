import { assertEquals } from "@std/assert";
import { checkFeature } from "./features/_feature.ts";
import { FEATURES } from "./features/all_features.ts";

Deno.test("every feature has a name of its own, fit for a file", () => {
  const names = FEATURES.map(({ name }) => name);
  assertEquals(names.filter((name, i) => names.indexOf(name) !== i), []);
  assertEquals(names.filter((name) => !/^[a-z0-9]+(-[a-z0-9]+)*$/.test(name)), []);
});

for (const feature of FEATURES) {
  Deno.test(`feature: ${feature.name}`, () => checkFeature(feature));
}
