import { expect, test } from "vitest";
import { formatFault } from "../../src/config/fault.ts";
import { readModel } from "../../src/rules/model-file.ts";
import type { ReadModel } from "../../src/rules/model-file.ts";
import { MEASURES } from "../../src/statistics/measures.ts";

function read(text: string, extended: Record<string, string> = {}): ReadModel {
  return readModel({
    text,
    file: "rules/fraud.yaml",
    extended: new Map(Object.entries(extended)),
    measures: MEASURES,
  });
}

const FRAUD = `version: 1
model: fraud
references: { default: { file: ../reference/fraud-v7.arrow } }
window: { size: 1h, pane: 1m, lateness: 2m }
segmentBy: [region, [region, device]]
versions: { keep: 4, forgetAfter: 7d }
labels: { matureAfter: 7d, expireAfter: 10d, cohort: 1d }
budget: { falseAlarms: 1, per: 30d }
columns: { region: { type: category }, card: { type: category, pii: true }, amount: { type: number } }
rules:
  - { alert: FeatureDrift, measure: psi, columns: ["*", "!card"], by: [version, region], atLeast: 0.03, for: 10m, keepFiringFor: 30m, severity: page }
  - { alert: NullSpike, measure: missing }
  - { alert: StreamSilent, measure: freshness, above: 5m }
`;

test("a rule file becomes a model with its defaults", () => {
  const { model, faults } = read(FRAUD);
  expect(faults.map(formatFault)).toEqual([]);
  expect(model).toMatchObject({
    name: "fraud",
    references: { default: { file: "reference/fraud-v7.arrow" } },
    window: { size: 3_600_000, pane: 60_000, lateness: 120_000 },
    segmentBy: [["region"], ["region", "device"]],
    segments: { top: 20 },
    maxSeries: 2000,
  });
  expect(model?.rules).toEqual([
    {
      alert: "FeatureDrift",
      measure: "psi",
      columns: ["*", "!card"],
      by: ["version", "region"],
      limit: { kind: "atLeast", value: 0.03 },
      for: 600_000,
      keepFiringFor: 1_800_000,
      severity: "page",
      labels: {},
      annotations: {},
      window: { size: 3_600_000, every: 60_000 },
    },
    expect.objectContaining({ columns: ["*"], by: ["version"], limit: { kind: "atLeast", value: 0.01 } }),
    expect.objectContaining({ columns: [], by: [], limit: { kind: "above", value: 300 }, for: 0 }),
    expect.objectContaining({
      alert: "Blind",
      by: [],
      limit: { kind: "above", value: 300 },
      severity: "page",
    }),
  ]);
});

test("maps merge by key, rules by name, lists replace, and off removes", () => {
  const base = `version: 1
references: { default: { file: shared.arrow } }
window: { size: 2h, pane: 5m }
columns: { amount: { type: number, minimum: 0 } }
rules:
  - { alert: Drift, measure: psi, columns: ["*", "!id"], atLeast: 0.02, severity: page }
  - { alert: Nulls, measure: missing }
`;
  const own = `version: 1
model: fraud
extends: base/binary.yaml
window: { size: 1h }
columns: { amount: { maximum: 10 }, card: { type: category } }
rules:
  - { alert: Nulls, off: true }
  - { alert: Drift, columns: [amount], above: 0.2 }
  - { alert: Broken, measure: invalid }
`;
  const { model, faults } = read(own, { "rules/base/binary.yaml": base });
  expect(faults.map(formatFault)).toEqual([]);
  expect(model?.window).toEqual({ size: 3_600_000, pane: 300_000, lateness: 120_000 });
  expect(model?.references["default"]?.file).toBe("rules/base/shared.arrow");
  expect(model?.columns).toEqual({
    amount: { type: "number", minimum: 0, maximum: 10 },
    card: { type: "category" },
  });
  expect(
    model?.rules.map(({ alert, columns, limit, severity }) => ({ alert, columns, limit, severity })),
  ).toEqual([
    { alert: "Drift", columns: ["amount"], limit: { kind: "above", value: 0.2 }, severity: "page" },
    { alert: "Broken", columns: [], limit: { kind: "above", value: 0.01 }, severity: "ticket" },
    { alert: "Blind", columns: [], limit: { kind: "above", value: 300 }, severity: "page" },
  ]);
});

test("a fault in a base file names the base file", () => {
  const base = "version: 1\nrules:\n  - { alert: Drift, mesure: psi }\n";
  const own = "version: 1\nmodel: fraud\nextends: ../base.yaml\n";
  expect(read(own, { "base.yaml": base }).faults.map(formatFault)).toEqual([
    'base.yaml:3:21  error  UNKNOWN_KEY  "mesure": is not known here; did you mean "measure"?',
  ]);
});

test("a file without a model is a base", () => {
  const { model, base, faults } = read("version: 1\nrules: [{ alert: Nulls, measure: missing }]\n");
  expect({ model, base, faults }).toEqual({ model: undefined, base: true, faults: [] });
});

test("a base may extend another, and the nearest file wins", () => {
  const own = "version: 1\nmodel: fraud\nextends: near.yaml\nsegments: { top: 3 }\n";
  const { model, faults } = read(own, {
    "rules/near.yaml": "version: 1\nextends: deep/far.yaml\nsegments: { top: 5 }\nmaxSeries: 50\n",
    "rules/deep/far.yaml":
      "version: 1\nmaxSeries: 500\nversions: { keep: 2 }\nrules: [{ alert: Broken, measure: invalid }]\n",
  });
  expect(faults.map(formatFault)).toEqual([]);
  expect(model).toMatchObject({ segments: { top: 3 }, maxSeries: 50, versions: { keep: 2 } });
  expect(model?.rules.map(({ alert }) => alert)).toEqual(["Broken", "Blind"]);
});

test("a circle of files is said where it closes", () => {
  const { faults } = read("version: 1\nmodel: fraud\nextends: a.yaml\n", {
    "rules/a.yaml": "version: 1\nextends: b.yaml\n",
    "rules/b.yaml": "version: 1\nextends: a.yaml\n",
  });
  expect(faults.map(formatFault)).toEqual([
    'rules/b.yaml:2:10  error  EXTENDS  "a.yaml": leads round in a circle: a.yaml extends b.yaml extends a.yaml; let one of them stand alone',
  ]);
});

test("what excludes each other is replaced, not added", () => {
  const base = `version: 1
segmentBy: [region]
references: { default: { learn: 7d }, v8: { file: b.arrow, sha256: ${"a".repeat(64)} } }
columns: { amount: { type: number } }
rules:
  - { alert: Canary, measure: psi, against: { version: v1 }, atLeast: 0.1, severity: page }
  - { alert: Single, compare: { against: v1 }, severity: page }
`;
  const own = `version: 1
model: fraud
extends: base.yaml
references: { default: { file: a.arrow }, v8: { file: c.arrow } }
rules:
  - { alert: Canary, compare: { against: v2 } }
  - { alert: Single, measure: missing }
`;
  const { model, faults } = read(own, { "rules/base.yaml": base });
  expect(faults.map(formatFault)).toEqual([]);
  expect(model).not.toHaveProperty("learn");
  expect(model?.references).toEqual({ default: { file: "rules/a.arrow" }, v8: { file: "rules/c.arrow" } });
  const [canary, , , single] = model?.rules ?? [];
  expect(canary).toMatchObject({ alert: "Canary", against: { version: "v2" }, severity: "page" });
  expect(single).toMatchObject({ alert: "Single", measure: "missing", severity: "page" });
  expect(single).not.toHaveProperty("compare");
  const learning = read(
    "version: 1\nmodel: m\nextends: base.yaml\nreferences: { default: { learn: 3d } }\n",
    {
      "rules/base.yaml": `version: 1
references: { default: { file: a.arrow, refresh: { schedule: "0 3 1 * *", last: 28d } } }
columns: { amount: { type: number } }
rules: [{ alert: Drift, measure: psi }]
`,
    },
  );
  expect(learning.faults.map(formatFault)).toEqual([]);
  expect(learning.model).toMatchObject({ learn: 3 * 86_400_000, references: {} });
});

test("where an extended file cannot be read, nothing is said of what it might have brought", () => {
  const own = `version: 1
model: fraud
extends: base.yaml
rules:
  - { alert: Drift, atLeast: 0.05, by: [version, region] }
  - { alert: Nulls, off: true }
  - { review: Pick, atMots: 5 per 1h }
`;
  const misspelt =
    'rules/fraud.yaml:7:21  error  UNKNOWN_KEY  "atMots": is not known here; did you mean "atMost"?';
  expect(read(own).faults.map(formatFault)).toEqual([
    'rules/fraud.yaml:3:10  error  EXTENDS  "base.yaml": cannot be read: there is no file rules/base.yaml; a path starts at the directory of the file that it stands in',
    misspelt,
  ]);
  const broken = read(own, { "rules/base.yaml": "version: 1\nrules: [\n" }).faults.map(formatFault);
  expect(broken.filter((fault) => !fault.startsWith("rules/base.yaml"))).toEqual([misspelt]);
  expect(broken).not.toHaveLength(1);
});

test("labels expire three days after they mature unless the file says otherwise", () => {
  const day = 86_400_000;
  const labelsOf = (labels: string) => read(`version: 1\nmodel: fraud\nlabels: ${labels}\n`).model?.labels;
  expect(labelsOf("{}")).toEqual({ expireAfter: 10 * day, cohort: day });
  expect(labelsOf("{ matureAfter: 30d }")).toEqual({
    matureAfter: 30 * day,
    expireAfter: 33 * day,
    cohort: day,
  });
  expect(labelsOf("{ matureAfter: 1d, expireAfter: 1d, cohort: 1h }")).toEqual({
    matureAfter: day,
    expireAfter: day,
    cohort: 3_600_000,
  });
});

test("a rule across groups needs groups, its own columns, and no other split", () => {
  const rule = (text: string): string[] =>
    read(FRAUD.replace(/rules:[^]*/, `rules:\n  - { alert: Unequal, ${text} }\n`)).faults.map(formatFault);
  expect(rule("measure: demographic-parity-ratio, columns: [region], below: 0.8")).toEqual([]);
  expect(rule("measure: demographic-parity-ratio, by: [version], below: 0.8")).toEqual([]);
  expect(rule("measure: demographic-parity-ratio, columns: [regions], below: 0.8")).toEqual([
    'rules/fraud.yaml:11:68  error  UNKNOWN_NAME  "regions": is not in segmentBy, and demographic-parity-ratio compares segments; did you mean "region"?',
  ]);
  expect(rule("measure: demographic-parity-ratio, by: [region], below: 0.8")).toEqual([
    'rules/fraud.yaml:11:58  error  CONFLICT  "by": demographic-parity-ratio compares the segments of a column with each other; write by: [version], and columns: [region]',
  ]);
  expect(rule("measure: demographic-parity-ratio")).toEqual([
    'rules/fraud.yaml:11:32  error  MISSING_KEY  "demographic-parity-ratio": demographic-parity-ratio has no limit of its own; add above or below, and a number',
  ]);
  const whole = FRAUD.replace(/segmentBy:.*\n/, "").replace(
    /rules:[^]*/,
    "rules:\n  - { alert: Unequal, measure: equalized-odds-difference, above: 0.1 }\n",
  );
  expect(read(whole).faults.map(formatFault)).toEqual([
    'rules/fraud.yaml:10:32  error  NO_JUDGEMENT  "equalized-odds-difference": equalized-odds-difference compares segments, and there are none; add segmentBy: [a column of groups]',
  ]);
});

test("the rule that says when nothing is seen is there unasked, and may be changed or removed", () => {
  const rulesOf = (rules: string): unknown[] => {
    const { model, faults } = read(`version: 1\nmodel: fraud\nrules:${rules}\n`);
    expect(faults.map(formatFault)).toEqual([]);
    return (model?.rules ?? []).map(({ alert, severity, limit }) => [alert, severity, limit.value]);
  };
  expect(rulesOf(" []")).toEqual([["Blind", "page", 300]]);
  expect(rulesOf("\n  - { alert: Blind, off: true }")).toEqual([]);
  expect(rulesOf("\n  - { alert: Blind, severity: ticket, above: 15m }")).toEqual([["Blind", "ticket", 900]]);
  expect(rulesOf("\n  - { alert: SeesNothing, measure: blind }")).toEqual([["SeesNothing", "ticket", 300]]);
});

test("an age has the limit of its measure, in seconds", () => {
  const { model } = read("version: 1\nmodel: fraud\nrules: [{ alert: Silent, measure: freshness }]\n");
  expect(model?.rules[0]?.limit).toEqual({ kind: "above", value: 300 });
});
