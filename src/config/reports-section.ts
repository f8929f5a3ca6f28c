import type { ReportConfig } from "./config.ts";
import { cronFault, isOnceADay } from "./cron.ts";
import { isMapData } from "./document.ts";
import type { Document, Path } from "./document.ts";
import type { Fault } from "./fault.ts";
import type { DriftdFile, ReportSection } from "./generated/driftd.ts";
import { faultAt } from "./location.ts";
import type { FaultAt } from "./location.ts";
import { suggestWord } from "./nearest-word.ts";
import { DAY, HOUR, milliseconds } from "./quantity.ts";

/** Of a longer period the first day may be gone (window/roll-up.ts), ms. */
export const LONGEST_REPORT = 399 * DAY;

const PLACES = ["file", "webhook", "topic"] as const;

/** Whether reports can be told apart, come at times that there are, and go somewhere. */
export function checkReports(document: Document, sound: (path: Path) => boolean): readonly Fault[] {
  // Read as it may be: only sections that the schema finds sound are looked at below.
  const file = document.data as Partial<DriftdFile>;
  if (!Array.isArray(file.reports)) return [];
  const publish = isMapData(file.publish) && sound(["publish"]) ? file.publish : {};
  const known = new Set<string>();
  const faults: FaultAt[] = [];
  for (const [position, report] of file.reports.entries()) {
    const path = ["reports", position];
    if (!sound(path)) continue;
    if (known.has(report.name)) faults.push(sameName([...path, "name"]));
    known.add(report.name);
    faults.push(...checkReport(report, path), ...checkPlace(report, { path, publish }));
  }
  return faults.map((fault) => faultAt(document, fault));
}

function sameName(path: Path): FaultAt {
  const message = "is the name of a report above; choose another name";
  return { path, code: "DUPLICATE", message };
}

function checkReport({ schedule, last }: ReportSection, path: Path): FaultAt[] {
  const faults: FaultAt[] = [];
  const fault = cronFault(schedule);
  if (fault !== undefined) faults.push({ path: [...path, "schedule"], code: "WRONG_VALUE", message: fault });
  const length = milliseconds(last, 0);
  const place = { path: [...path, "last"], code: "WRONG_VALUE" } as const;
  if (length < HOUR) faults.push({ ...place, message: "is too short for a report; write 1h or more" });
  if (length > LONGEST_REPORT)
    faults.push({
      ...place,
      message: `reaches back beyond what is kept; write ${LONGEST_REPORT / DAY}d or less`,
    });
  return faults;
}

function checkPlace(
  report: ReportSection,
  { path, publish }: { readonly path: Path; readonly publish: NonNullable<DriftdFile["publish"]> },
): FaultAt[] {
  const [first, second] = PLACES.filter((place) => report[place] !== undefined);
  if (first === undefined) {
    const message = "goes nowhere; write file: DIRECTORY, webhook: NAME or topic: NAME";
    return [{ path: [...path, "name"], code: "MISSING_KEY", message }];
  }
  if (second !== undefined) {
    const message =
      "a report goes to one place: a file, a webhook or a topic; write a second report for another";
    return [{ path: [...path, second], which: "key", code: "CONFLICT", message }];
  }
  const name = report[first];
  if (first === "file" || name === undefined) return [];
  const names = Object.keys(publish[first] ?? {});
  if (names.includes(name)) return [];
  const hint = names.length === 0 ? `add publish: { ${first}: { ${name}: ... } }` : suggestWord(name, names);
  const message = `there is no such ${first} under publish; ${hint}`;
  return [{ path: [...path, first], code: "UNKNOWN_NAME", message }];
}

/** Sections that have been checked. */
export function completeReports(
  { reports = [] }: Pick<DriftdFile, "reports">,
  resolve: (path: string) => string,
): readonly ReportConfig[] {
  return reports.map(({ name, schedule, last, file, webhook, topic }) => ({
    name,
    schedule,
    isOnceADay: isOnceADay(schedule),
    last: milliseconds(last, 0),
    ...(file !== undefined && { directory: resolve(file) }),
    ...(webhook !== undefined && { webhook }),
    ...(topic !== undefined && { topic }),
  }));
}
