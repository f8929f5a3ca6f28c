import type { ModelReport, Report } from "../../src/publish/report.ts";
import { exampleAlert, resolved } from "./alerts.ts";

/** A report of two models, one of which has all that a report can say. */
export function exampleReport(changes: Partial<Report> = {}): Report {
  return {
    report: "weekly",
    at: "2026-01-19T07:00:00.000Z",
    last: 7 * 86_400,
    models: [FRAUD, CHURN],
    streams: {
      scored: {
        received: 1_204_512,
        measured: 1_204_332,
        waiting: 3,
        undecodable: 2,
        oversize: 1,
        dropped: { invalid: 52, duplicate: 125 },
      },
    },
    ...changes,
  };
}

const firing = exampleAlert({
  id: "9f2c01d3a4b5",
  judgements: { acknowledged: { by: "ann", at: "2026-01-15T15:00:00.000Z", reason: "new tariff" } },
});
const ended = resolved(
  exampleAlert({
    id: "0a1b2c3d4e5f",
    alert: "NullSpike",
    column: "card*type",
    measure: "missing",
    score: { status: "ok", value: 0.12, n: 9_020, lower: 0.11, upper: 0.13, trust: "promised" },
    threshold: 0.02,
    explanation: "NullSpike fraud/card*type: 12% of values are missing, 0.2% in the reference (limit 2%).",
    judgements: { false: { by: "bob", at: "2026-01-16T08:00:00.000Z" } },
  }),
);

const FRAUD: ModelReport = {
  model: "fraud",
  period: {
    since: "2026-01-12T07:00:00.000Z",
    until: "2026-01-19T06:58:00.000Z",
    countedSince: "2026-01-13T00:00:00.000Z",
  },
  rows: { measured: 601_000, invalid: 41 },
  versions: [
    { version: "7", measured: 590_000, invalid: 40 },
    { version: "8", measured: 11_000, invalid: 1 },
  ],
  alerts: [firing, ended].map(({ model: _model, reason: _reason, labels: _labels, ...rest }) => {
    const { annotations: _annotations, lineage: _lineage, ...told } = rest;
    return told;
  }),
  alertsLeftOut: 0,
  statistics: {
    since: "2026-01-01T00:00:00.000Z",
    through: "2026-01-19T06:58:00.000Z",
    fired: 4,
    promised: 3,
    acknowledged: 2,
    false: 2,
    falsePromised: 1,
    budget: { falseAlarms: 1, per: 30 * 86_400_000, since: 0.6 },
  },
  changes: [
    {
      alert: "FeatureDrift",
      measure: "psi",
      version: "7",
      column: "amount",
      score: {
        status: "ok",
        value: 0.3,
        effect: 0.296,
        n: 54_112,
        lower: 0.29,
        upper: 0.31,
        p: 1e-13,
        trust: "promised",
      },
      limit: { kind: "atLeast", value: 0.02 },
      share: 14.8,
    },
    {
      alert: "StreamSilent",
      measure: "freshness",
      score: { status: "ok", value: 90, n: 1 },
      limit: { kind: "above", value: 300 },
      share: 0.3,
    },
  ],
  changesLeftOut: 0,
  unmeasured: 3,
  cohort: {
    from: "2026-01-10T00:00:00.000Z",
    to: "2026-01-11T00:00:00.000Z",
    state: "judged",
    scores: [
      { version: "7", measure: "label-coverage", score: { status: "ok", value: 0.93, n: 84_000 } },
      {
        version: "7",
        measure: "brier",
        score: { status: "ok", value: 0.081, lower: 0.079, upper: 0.083, n: 78_120 },
      },
      { version: "8", measure: "brier", score: { status: "too-few", n: 12 } },
    ],
  },
  lineage: { reference: "9f2c01d3a4b5c6d7", rules: "0a1b2c3d4e5f6071", schema: "77", layout: "88" },
};

const CHURN: ModelReport = {
  model: "churn",
  learning: 0.4,
  rows: { measured: 0, invalid: 0 },
  versions: [],
  alerts: [],
  alertsLeftOut: 0,
  statistics: {
    fired: 0,
    promised: 0,
    acknowledged: 0,
    false: 0,
    falsePromised: 0,
    budget: { falseAlarms: 1, per: 30 * 86_400_000 },
  },
  changes: [],
  changesLeftOut: 0,
  unmeasured: 0,
  lineage: { reference: "", rules: "0a1b2c3d4e5f6071", schema: "77", layout: "88" },
};
