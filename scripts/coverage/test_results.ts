/**
 * Runs tests and tells which of them passed.
 *
 * @module
 */
import { parseXml, type XmlElement } from "../../lib/signal/xml.ts";

/** A run of tests that did not succeed. */
export class TestRunError extends Error {
  override readonly name = "TestRunError";
}

/**
 * Runs test files and gives the names of the tests that passed; those that were skipped are not
 * among them.
 *
 * @throws {TestRunError} when any test fails
 */
export async function passedTests(paths: readonly string[]): Promise<Set<string>> {
  const report = await Deno.makeTempFile({ suffix: ".xml" });
  try {
    const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["test", "--allow-all", "--no-check", "--quiet", `--junit-path=${report}`, ...paths],
      stdout: "piped",
      stderr: "piped",
    }).output();
    if (!success) {
      const decoder = new TextDecoder();
      const text = `${decoder.decode(stdout)}\n${decoder.decode(stderr)}`.trim();
      throw new TestRunError(`the tests did not pass:\n${text.split("\n").slice(-20).join("\n")}`);
    }
    return passedOf(parseXml(await Deno.readTextFile(report)));
  } finally {
    await Deno.remove(report);
  }
}

/** Names of the tests of a JUnit report that have neither failed nor been skipped. */
export function passedOf(report: XmlElement): Set<string> {
  const passed = new Set<string>();
  const visit = (element: XmlElement) => {
    const name = element.attributes.name;
    if (element.name === "testcase" && name !== undefined) {
      const children = element.children.filter((child) => typeof child !== "string");
      const bad = children.some((child) => /^(failure|error|skipped)$/.test(child.name));
      if (!bad) passed.add(name);
      return;
    }
    for (const child of element.children) if (typeof child !== "string") visit(child);
  };
  visit(report);
  return passed;
}
