import { DAY, formatDuration, HOUR, MINUTE, parseDuration } from "../config/quantity.ts";
import type { Path } from "../config/document.ts";
import type { RuleFile } from "../config/generated/rules.ts";
import type { FaultAt } from "../config/location.ts";

/** All lengths of time of a model, in milliseconds, with their defaults. */
export interface Times {
  readonly size: number;
  readonly pane: number;
  readonly lateness: number;
  readonly forgetAfter: number;
  readonly matureAfter?: number;
  readonly expireAfter: number;
  readonly cohort: number;
  readonly per: number;
}

/** What cannot be read (the schema says so) is taken as not given, so that everything else can still be checked. */
export function completeTimes(file: Partial<RuleFile>, sound: (path: Path) => boolean): Times {
  const { window, versions, labels, budget } = file;
  const read = (path: Path, text: string | undefined): number | undefined =>
    text !== undefined && sound(path) ? parseDuration(text) : undefined;
  const matureAfter = read(["labels", "matureAfter"], labels?.matureAfter);
  return {
    size: read(["window", "size"], window?.size) ?? HOUR,
    pane: read(["window", "pane"], window?.pane) ?? MINUTE,
    lateness: read(["window", "lateness"], window?.lateness) ?? 2 * MINUTE,
    forgetAfter: read(["versions", "forgetAfter"], versions?.forgetAfter) ?? 7 * DAY,
    ...(matureAfter !== undefined && { matureAfter }),
    expireAfter:
      read(["labels", "expireAfter"], labels?.expireAfter) ??
      (matureAfter === undefined ? 10 * DAY : matureAfter + 3 * DAY),
    cohort: read(["labels", "cohort"], labels?.cohort) ?? DAY,
    per: read(["budget", "per"], budget?.per) ?? 30 * DAY,
  };
}

/** Whether the lengths fit each other. */
export function checkTimes(file: Partial<RuleFile>, times: Times, sound: (path: Path) => boolean): FaultAt[] {
  const { size, pane, cohort, per, expireAfter, matureAfter } = times;
  if (pane < 1000 || DAY % pane !== 0) {
    return [at(["window", "pane"], "a day must be a whole number of panes, of 1s or longer; write 1m or 5m")];
  }
  const faults: FaultAt[] = [];
  const multiple = isMultiple(size, pane);
  if (sound(["window"]) && !multiple) faults.push(at(["window", "size"], notMultiple(size, pane)));
  if (sound(["labels"]) && !isMultiple(cohort, pane))
    faults.push(at(["labels", "cohort"], notMultiple(cohort, pane)));
  if (matureAfter !== undefined && expireAfter < matureAfter) {
    const message = `predictions are forgotten before they mature; write ${formatDuration(matureAfter)} or more`;
    faults.push(at(["labels", "expireAfter"], message));
  }
  if (file.budget !== undefined && per < pane) {
    faults.push(at(["budget", "per"], "is no period; write 30d"));
  }
  return faults;
}

export function isMultiple(length: number, pane: number): boolean {
  return length > 0 && length % pane === 0;
}

/** Names the multiple that is nearest. */
export function notMultiple(length: number, pane: number): string {
  const nearest = Math.max(1, Math.round(length / pane)) * pane;
  return `must be a multiple of the pane, ${formatDuration(pane)}; write ${formatDuration(nearest)}`;
}

function at(path: Path, message: string): FaultAt {
  return { path, code: "WINDOW", message };
}
