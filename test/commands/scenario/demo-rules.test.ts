import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { findScenarioFiles } from "../../../src/commands/rule-paths.ts";
import { runCommand } from "../command-io.ts";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));

test("the rules of the demo go as expected", async () => {
  const { status, out } = await runCommand(["test", "rules/demo"], { cwd: ROOT });
  expect(out).not.toContain("FAIL");
  expect(status).toBe(0);
});

test("a directory is searched for scenarios to its depth", async () => {
  const found = await findScenarioFiles(`${ROOT}rules`);
  const all = readdirSync(`${ROOT}rules`, { recursive: true, encoding: "utf8" });
  expect(found).toEqual(
    all
      .filter((name) => name.endsWith(".test.yaml"))
      .map((name) => `${ROOT}rules/${name}`)
      .toSorted(),
  );
  expect(found).toContain(`${ROOT}rules/demo/flight-delay.test.yaml`);
});
