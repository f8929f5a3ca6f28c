import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { FAULT_CODES } from "../../src/config/fault.ts";
import { readSourceFiles } from "./source-files.ts";

const CATALOGUES = ["config/coded-error.ts", "config/fault.ts"];
const files = readSourceFiles();
const raised = files.filter(({ path }) => !CATALOGUES.includes(path));

function unusedOf(codes: readonly string[]): string[] {
  return codes.filter((code) => !raised.some(({ code: text }) => text.includes(`"${code}"`)));
}

test("every code of an error that people meet is raised somewhere", () => {
  const catalogue = readFileSync(new URL("../../src/config/coded-error.ts", import.meta.url), "utf8");
  const codes = Array.from(catalogue.matchAll(/^ {2}([A-Z_]+): \{ exit/gm), ([, code]) => code ?? "");
  expect(codes).toContain("STATE_DAMAGED");
  expect(unusedOf(codes)).toEqual([]);
});

test("every code of a fault in a file is raised somewhere", () => {
  expect(unusedOf(Object.keys(FAULT_CODES))).toEqual([]);
});
