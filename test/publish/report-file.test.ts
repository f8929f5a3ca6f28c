import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { writeReport } from "../../src/publish/report-file.ts";
import { faultsOfReport } from "./report-schema.ts";
import { exampleReport } from "./reports.ts";

function directoryOfTest(): string {
  const directory = mkdtempSync(join(tmpdir(), "driftd-report-"));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

test("a report is a text and its JSON, named by its date", async () => {
  const directory = directoryOfTest();
  const files = await writeReport(exampleReport(), { directory, isOnceADay: true });
  expect(files).toEqual(["md", "json"].map((end) => join(directory, `weekly-2026-01-19.${end}`)));
  expect(readdirSync(directory).toSorted()).toEqual(["weekly-2026-01-19.json", "weekly-2026-01-19.md"]);
  const [text = "", json = ""] = files.map((file) => readFileSync(file, "utf8"));
  expect(text).toBe(readFileSync(new URL("../golden/report.md", import.meta.url), "utf8"));
  expect(JSON.parse(json)).toEqual(exampleReport());
  expect(faultsOfReport(JSON.parse(json))).toEqual([]);
});

test("reports of one day are told apart by their time", async () => {
  const directory = directoryOfTest();
  for (const at of ["2026-01-19T07:00:00.400Z", "2026-01-19T08:00:00.010Z"])
    await writeReport(exampleReport({ at }), { directory, isOnceADay: false });
  expect(readdirSync(directory).filter((name) => name.endsWith(".md"))).toEqual([
    "weekly-2026-01-19T0700Z.md",
    "weekly-2026-01-19T0800Z.md",
  ]);
});

test("a directory that is not there is told, and not made", async () => {
  const directory = join(directoryOfTest(), "gone");
  await expect(writeReport(exampleReport(), { directory, isOnceADay: true })).rejects.toMatchObject({
    code: "REPORT_FAILED",
    message: expect.stringMatching(
      /^The report .*gone\/weekly-2026-01-19\.json cannot be written\. Its directory does not exist/,
    ),
  });
});
