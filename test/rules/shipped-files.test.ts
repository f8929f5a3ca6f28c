import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { runCommand } from "../commands/command-io.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const FILES = readdirSync(new URL("../../rules", import.meta.url)).filter((name) => name.endsWith(".yaml"));
const TESTS = FILES.filter((name) => name.endsWith(".test.yaml"));

test("every rule file that is shipped has scenarios beside it", () => {
  const tested = TESTS.map((name) => name.replace(".test.yaml", ".yaml"));
  expect(FILES.filter((name) => !TESTS.includes(name))).toEqual(tested);
  expect(tested).toHaveLength(5);
});

test.each(TESTS)("rules/%s goes as expected", async (name) => {
  const { status, out } = await runCommand(["test", `rules/${name}`], { cwd: ROOT });
  expect(out).not.toContain("FAIL");
  expect(status).toBe(0);
});
