import { expect, test } from "vitest";
import { renderReport } from "../../src/publish/report-text.ts";
import { exampleReport } from "./reports.ts";

test("a report reads as a short text, what needs a look first", async () => {
  await expect(renderReport(exampleReport())).toMatchFileSnapshot("../golden/report.md");
});

test("where all is well little is said", () => {
  const [fraud] = exampleReport().models;
  if (fraud === undefined) throw new Error("no model");
  const { cohort: _cohort, ...rest } = fraud;
  const calm = { ...rest, alerts: [], changes: [], unmeasured: 0 };
  const text = renderReport(exampleReport({ models: [calm], streams: {} }));
  expect(text).toMatch(/^# weekly: nothing fired, 1 model\n/);
  expect(text).toContain("## fraud: no alerts\n");
  expect(text).not.toContain("###");
  expect(text).not.toContain("Streams");
});

test("what ended is told as such, and more alerts than are read are counted", () => {
  const [fraud] = exampleReport().models;
  const alert = fraud?.alerts[1];
  if (fraud === undefined || alert === undefined) throw new Error("no alert");
  const alerts = Array.from({ length: 30 }, (_, position) => ({ ...alert, id: String(position) }));
  const text = renderReport(exampleReport({ models: [{ ...fraud, alerts, alertsLeftOut: 1_000 }] }));
  expect(text).toMatch(/^# weekly: nothing fires, 1 of 1 model did\n/);
  expect(text).toContain("## fraud: 1,030 alerts, none fires now\n");
  expect(text).toContain("- and 1,020 more: driftd alerts list --all\n");
});

test("a name of the data cannot pass for Markdown or begin a line", () => {
  const [fraud] = exampleReport().models;
  if (fraud === undefined) throw new Error("no model");
  const versions = [...fraud.versions, { version: "x\n# [a](b) <b>", measured: 1, invalid: 0 }];
  const text = renderReport(exampleReport({ models: [{ ...fraud, versions }] }));
  expect(text).toContain(String.raw`x # \[a\](b) \<b> 1.`);
});
