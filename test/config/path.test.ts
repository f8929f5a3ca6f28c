import { expect, test } from "vitest";
import { directoryOf, relativePath, resolvePath } from "../../src/config/path.ts";

test.each([
  ["/etc/driftd", "rules/*.yaml", "/etc/driftd/rules/*.yaml"],
  ["/etc/driftd/rules", "../reference/a.arrow", "/etc/driftd/reference/a.arrow"],
  ["/etc", "/run/key", "/run/key"],
  ["/etc", "../../..", "/"],
  [".", "./state", "state"],
  ["rules", "../../up.yaml", "../up.yaml"],
  ["rules", "..", "."],
])("%s + %s is %s", (directory, path, expected) => {
  expect(resolvePath(directory, path)).toBe(expected);
});

test("the directory of a path is what stands before its last slash", () => {
  expect(directoryOf("/a/b.yaml")).toBe("/a");
  expect(directoryOf("/b.yaml")).toBe("/");
  expect(directoryOf("b.yaml")).toBe(".");
});

test("only what is below a directory is seen from it", () => {
  expect(relativePath("/work", "/work/rules/a.yaml")).toBe("rules/a.yaml");
  expect(relativePath("/work", "/worker/a.yaml")).toBe("/worker/a.yaml");
  expect(relativePath("/", "/a.yaml")).toBe("a.yaml");
});
