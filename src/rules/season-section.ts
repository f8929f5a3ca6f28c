import type { RuleSection } from "../config/generated/rules.ts";
import type { FaultAt } from "../config/location.ts";
import { formatDuration } from "../config/quantity.ts";
import type { Rule } from "./model.ts";

const HOUR = 3_600_000;
/** A season knows the shares of groups, which is all that this measure asks. */
const MEASURE = "psi";

/** What a rule `against: season` may not be; `rule` is the same one with its defaults. */
export function checkSeason({ against, window }: RuleSection, rule: Rule): FaultAt[] {
  if (against !== "season") return [];
  const faults: FaultAt[] = [];
  const conflict = (message: string): void => {
    faults.push({ path: ["against"], which: "key", code: "CONFLICT", message });
  };
  if (rule.measure !== MEASURE) conflict(`a season is known to ${MEASURE} only; write measure: ${MEASURE}`);
  if (rule.limit.kind !== "atLeast") {
    conflict(`a season is asked by chance; write atLeast in place of ${rule.limit.kind}`);
  }
  const { size, every } = rule.window;
  const place = (key: "size" | "every"): FaultAt["path"] =>
    window?.[key] === undefined ? ["against"] : ["window", key];
  if (HOUR % size !== 0) {
    const message = `a season goes by the hour, and ${formatDuration(size)} is no whole part of one; write window: { size: 1h, every: 1h }`;
    faults.push({ path: place("size"), code: "WINDOW", message });
  } else if (every !== size) {
    const length = formatDuration(size);
    const message = `a season is known at the ends of its own windows; write window: { size: ${length}, every: ${length} }`;
    faults.push({ path: place("every"), code: "WINDOW", message });
  }
  return faults;
}
