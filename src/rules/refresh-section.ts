import { cronFault } from "../config/cron.ts";
import { isMapData } from "../config/document.ts";
import type { Path } from "../config/document.ts";
import type { RuleFile } from "../config/generated/rules.ts";
import type { FaultAt } from "../config/location.ts";
import { DAY, formatDuration, milliseconds } from "../config/quantity.ts";
import { ROLL_UP_STEPS } from "../window/roll-up.ts";
import type { Model } from "./model.ts";

/** What was counted longer ago is gone, ms. */
const LONGEST_LAST = Math.max(...ROLL_UP_STEPS.map(({ keep }) => keep));

/** Whether references that are to be refreshed are files, at times that there are, of counts that are kept. */
export function checkRefresh(file: Partial<RuleFile>, sound: (path: Path) => boolean): FaultAt[] {
  if (!isMapData(file.references)) return [];
  return Object.entries(file.references).flatMap(([version, reference]) => {
    const place = ["references", version];
    return sound(place) ? checkReference(reference, { place, version }) : [];
  });
}

type ReferenceSection = NonNullable<RuleFile["references"]>[string];

function checkReference(
  { learn, refresh }: ReferenceSection,
  { place, version }: { readonly place: Path; readonly version: string },
): FaultAt[] {
  if (refresh === undefined) return [];
  const path = [...place, "refresh"];
  if (learn !== undefined) {
    const message =
      "what is learnt has no bins yet to count on; keep learn, and add refresh to the file that driftd reference export writes then";
    return [{ path, which: "key", code: "CONFLICT", message }];
  }
  if (version !== "default") {
    const message = `only the default reference is refreshed; take it away from ${version}`;
    return [{ path, which: "key", code: "CONFLICT", message }];
  }
  const faults: FaultAt[] = [];
  const fault = cronFault(refresh.schedule);
  if (fault !== undefined) faults.push({ path: [...path, "schedule"], code: "WRONG_VALUE", message: fault });
  if (milliseconds(refresh.last, 0) > LONGEST_LAST) {
    const message = `reaches back beyond what is kept; write ${formatDuration(LONGEST_LAST)} or less`;
    faults.push({ path: [...path, "last"], code: "WRONG_VALUE", message });
  }
  return faults;
}

export function completeRefresh({ references = {} }: Partial<RuleFile>): Pick<Model, "refresh"> {
  const refresh = references["default"]?.refresh;
  if (refresh === undefined) return {};
  return { refresh: { schedule: refresh.schedule, last: milliseconds(refresh.last, 28 * DAY) } };
}
