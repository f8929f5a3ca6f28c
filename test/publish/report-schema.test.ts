import { expect, test } from "vitest";
import { faultsOfReport, REPORT_SCHEMA } from "./report-schema.ts";

test("the example of schemas/report.json is a report", () => {
  expect(REPORT_SCHEMA.examples.map(faultsOfReport)).toEqual([[]]);
});

test("what is no report, and members that the schema does not name, are found", () => {
  const [example = {}] = REPORT_SCHEMA.examples;
  expect(faultsOfReport({ ...example, last: 0, novelty: 1 })).toEqual([
    " must NOT have additional properties",
    "/last must be > 0",
  ]);
});
