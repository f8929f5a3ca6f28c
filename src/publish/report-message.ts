import type { Report } from "./report.ts";
import { renderReport } from "./report-text.ts";

/** A report as it is sent: what it is known by where it comes again, and JSON with the Markdown under `text`. */
export interface ReportMessage {
  /** Name of the report. */
  readonly report: string;
  readonly id: string;
  readonly body: string;
}

/** One id for the report of one minute, whoever makes it: a schedule has no two of them. */
export function writeMessage(report: Report): ReportMessage {
  const id = `report-${report.report}-${report.at.slice(0, 16)}Z`;
  return { report: report.report, id, body: JSON.stringify({ ...report, text: renderReport(report) }) };
}
