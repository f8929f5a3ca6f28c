import { join } from "node:path";
import { writeAtomically } from "../runtime/files.ts";
import type { Report } from "./report.ts";
import { renderReport } from "./report-text.ts";

const ROLE = { what: "report", code: "REPORT_FAILED" } as const;

/**
 * Writes a report as NAME-DATE.md and NAME-DATE.json into a directory that is there, with the time in the name where it comes
 * more than once a day; each is there whole or not at all. Answers both paths; rejects with REPORT_FAILED.
 */
export async function writeReport(
  report: Report,
  { directory, isOnceADay }: { readonly directory: string; readonly isOnceADay: boolean },
): Promise<readonly string[]> {
  const [date = "", time = ""] = report.at.split("T");
  const moment = isOnceADay ? date : `${date}T${time.slice(0, 5).replace(":", "")}Z`;
  const path = join(directory, `${report.report}-${moment}`);
  await writeAtomically(`${path}.json`, `${JSON.stringify(report, null, 2)}\n`, ROLE);
  await writeAtomically(`${path}.md`, renderReport(report), ROLE);
  return [`${path}.md`, `${path}.json`];
}
