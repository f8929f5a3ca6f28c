import type { RuleSection } from "../config/generated/rules.ts";
import type { FaultAt } from "../config/location.ts";

/** https://prometheus.io/docs/concepts/data_model/: Alertmanager refuses an alert with any other, and keeps asking for it. */
const LABEL_NAME = /^[a-zA-Z_][a-zA-Z0-9_]*$/;
/** What says which series an alert is of. */
const IDENTITY: ReadonlySet<string> = new Set([
  "alertname",
  "model",
  "version",
  "segment",
  "column",
  "severity",
]);

/** Names of labels and annotations must be Prometheus's, and labels none that driftd writes itself. */
export function checkLabelNames(rule: RuleSection): FaultAt[] {
  return (["alertLabels", "annotations"] as const).flatMap((section) =>
    Object.keys(rule[section] ?? {}).flatMap((name): FaultAt[] => {
      const place = { path: [section, name], which: "key", code: "WRONG_VALUE" } as const;
      if (!LABEL_NAME.test(name)) {
        const message =
          "is no name that Alertmanager takes; write letters, digits and underscores, with no digit first";
        return [{ ...place, message }];
      }
      if (section === "annotations" || !IDENTITY.has(name)) return [];
      return [{ ...place, message: "is a label that driftd writes itself; choose another name" }];
    }),
  );
}
