import { isMapData } from "../config/document.ts";
import type { Path } from "../config/document.ts";
import type { RuleFile } from "../config/generated/rules.ts";
import type { FaultAt } from "../config/location.ts";

/** Whether what is said of each column goes together. */
export function checkColumnSections(file: Partial<RuleFile>, sound: (path: Path) => boolean): FaultAt[] {
  if (!isMapData(file.columns)) return [];
  return Object.entries(file.columns).flatMap(([name, column]) => {
    const path = ["columns", name];
    if (!sound(path)) return [];
    const { type, pii, minimum, maximum } = column;
    const faults: FaultAt[] = [];
    if (pii === true && type !== "category") {
      const message =
        type === undefined
          ? "only categories can be hashed; add type: category"
          : `only categories can be hashed, and the bounds of a ${type} tell values of people; remove pii, or leave the column out of the events`;
      faults.push({ path: [...path, "pii"], which: "key", code: "PII", message });
    }
    for (const [key, limit] of [
      ["minimum", minimum],
      ["maximum", maximum],
    ] as const) {
      if (limit === undefined || type === "number") continue;
      const message = `only numbers have a ${key}; ${type === undefined ? "add type: number" : "remove it"}`;
      faults.push({ path: [...path, key], which: "key", code: "CONFLICT", message });
    }
    if (minimum !== undefined && maximum !== undefined && minimum > maximum) {
      faults.push({
        path: [...path, "minimum"],
        code: "CONFLICT",
        message: "is above the maximum; swap them",
      });
    }
    return faults;
  });
}
