import type { MeasureTerms } from "../../src/rules/measure-terms.ts";

const column = {
  subject: "columns",
  types: ["number", "category", "boolean"],
  needsReference: true,
} as const;
const labels = { subject: "labels", types: [], significance: false, needsReference: false } as const;

/** A table of measures for tests of rules: one of each sort. */
export const TERMS: readonly MeasureTerms[] = [
  {
    ...column,
    name: "psi",
    significance: true,
    unit: "number",
    defaultLimit: { kind: "atLeast", value: 0.02 },
  },
  {
    ...column,
    name: "ks",
    types: ["number"],
    significance: true,
    unit: "ratio",
    defaultLimit: { kind: "atLeast", value: 0.05 },
  },
  {
    ...column,
    name: "missing",
    significance: true,
    unit: "ratio",
    defaultLimit: { kind: "atLeast", value: 0.01 },
  },
  {
    name: "invalid",
    subject: "events",
    types: [],
    significance: false,
    unit: "ratio",
    needsReference: false,
    defaultLimit: { kind: "above", value: 0.01 },
  },
  {
    name: "volume",
    subject: "events",
    types: [],
    significance: false,
    unit: "number",
    needsReference: true,
    defaultLimit: { kind: "below", value: 0.5 },
  },
  {
    name: "freshness",
    subject: "events",
    types: [],
    significance: false,
    unit: "milliseconds",
    needsReference: false,
    defaultLimit: { kind: "above", value: 300_000 },
  },
  { ...labels, name: "ece", unit: "ratio" },
  { ...labels, name: "accuracy", unit: "ratio" },
];
