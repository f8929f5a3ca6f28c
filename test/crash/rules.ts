/** Of the rule file: what finds the faults of the load. */
export const RULES = {
  rules: [
    { alert: "FeatureDrift", measure: "psi", columns: ["amount"], keepFiringFor: "1m" },
    { alert: "RegionDrift", measure: "psi", columns: ["amount"], by: ["region"], for: "2m" },
    { alert: "SchemaBroken", measure: "invalid", above: 0.02, severity: "page" },
  ],
};
