import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { readConfig } from "../../src/config/config-file.ts";
import { FAULT_CODES, formatFault, sortFaults } from "../../src/config/fault.ts";
import type { Fault } from "../../src/config/fault.ts";
import type { ReferenceColumn } from "../../src/reference/reference.ts";
import { checkAgainstColumns } from "../../src/rules/judged-columns.ts";
import { readModel } from "../../src/rules/model-file.ts";
import { MEASURES } from "../../src/statistics/measures.ts";

/*
 * Every file of test/golden/check is one mistake, and says itself what is to be printed: its lines that begin with `#> `.
 */
const DIRECTORY = new URL("../golden/check/", import.meta.url);
const FILES = readdirSync(DIRECTORY).filter((name) => name.endsWith(".yaml"));
const TEXTS = new Map(FILES.map((name) => [name, readFileSync(new URL(name, DIRECTORY), "utf8")]));

/** What the reference of `fraud` knows. */
const COLUMNS: readonly ReferenceColumn[] = [
  { name: "amount", type: "number", role: "feature", pii: false, categories: [] },
  { name: "card", type: "category", role: "feature", pii: true, categories: [] },
  { name: "region", type: "category", role: "segment", pii: false, categories: [] },
  { name: "device", type: "category", role: "segment", pii: false, categories: [] },
  { name: "prediction.score", type: "number", role: "output", pii: false, categories: [] },
];

function faultsOf(file: string, text: string): readonly Fault[] {
  if (file.startsWith("config-")) return readConfig({ text, file, env: { KAFKA: "kafka:9092" } }).faults;
  const { model, document, faults } = readModel({ text, file, extended: TEXTS, measures: MEASURES });
  if (model === undefined) return faults;
  return sortFaults([...faults, ...checkAgainstColumns({ document, columns: COLUMNS, measures: MEASURES })]);
}

describe("messages", () => {
  test.each(FILES)("%s", (file) => {
    const text = TEXTS.get(file) ?? "";
    const expected = text.split("\n").filter((line) => line.startsWith("#> "));
    expect(faultsOf(file, text).map((fault) => `#> ${formatFault(fault)}`)).toEqual(expected);
  });

  test("are of every kind that one file alone can earn", () => {
    const printed = [...TEXTS.values()].flatMap((text) => text.match(/(?<=^#> \S+ {2}\w+ {2})\w+/gm) ?? []);
    // These take a whole project: check.test.ts.
    const others = [
      "FILE_MISSING",
      "OTHER_FILE",
      "SCHEMA",
      "STATE_SIZE",
      "METRIC_LINES",
      "OUT_OF_DATE",
      "NOISE",
      "OVERLAP",
      "PROMISE",
    ];
    expect([...new Set([...printed, ...others])].sort()).toEqual(Object.keys(FAULT_CODES).sort());
    expect(printed.length).toBeGreaterThanOrEqual(40);
  });
});
