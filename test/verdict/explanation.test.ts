import { describe, expect, it } from "vitest";
import { prepareBins } from "../../src/counts/bins.ts";
import { prepareCategories } from "../../src/counts/categories.ts";
import { buildGrid } from "../../src/counts/grid.ts";
import { addOutcome, OUTCOMES } from "../../src/counts/outcomes.ts";
import type { SeriesRef } from "../../src/counts/ref.ts";
import { BINS_TAIL } from "../../src/counts/tails.ts";
import type { Rule } from "../../src/rules/model.ts";
import { measureNamed } from "../../src/statistics/measures.ts";
import type { Score } from "../../src/statistics/score.ts";
import { collectEvidence } from "../../src/verdict/evidence.ts";
import type { Evidence } from "../../src/verdict/evidence.ts";
import { explain } from "../../src/verdict/explanation.ts";

const NOON = Date.UTC(2001, 1, 20, 12);

/** Values 1 to 1,000, a hundred in each tenth. */
function amounts(): SeriesRef {
  const grid = buildGrid(Float64Array.from({ length: 1000 }, (_, i) => i + 1));
  return prepareBins({ column: "amount", grid, counts: sectionOf(grid.edges, (value) => value > 0) });
}

/** Counts every whole value from 1 to 1,000 that is kept. */
function sectionOf(edges: Float64Array, keep: (value: number) => boolean): Float64Array {
  const section = new Float64Array(edges.length + 1 + BINS_TAIL.length);
  for (let value = 1; value <= 1000; value += 1) {
    if (keep(value)) section[edges.filter((edge) => edge <= value).length] += 1;
  }
  return section;
}

function airports(): SeriesRef {
  const categories = ["ATL", "BOS", "LGA", "DEN", "JFK"];
  return prepareCategories({
    column: "origin",
    categories,
    counts: Float64Array.of(600, 200, 150, 30, 20, 0, 0, 0),
  });
}

interface Case {
  readonly alert: string;
  readonly measure: string;
  readonly score: Score;
  readonly limit: number;
  readonly labels?: { version?: string; segment?: string; column?: string };
  readonly ref?: SeriesRef;
  readonly section?: Float64Array;
  readonly evidence?: Evidence;
  readonly kind?: Rule["limit"]["kind"];
  readonly faulty?: { column: string; cells: number }[];
}

function explainCase(one: Case): string {
  const measure = measureNamed(one.measure);
  if (measure === undefined) throw new Error(`no measure ${one.measure}`);
  const rule: Rule = {
    alert: one.alert,
    measure: one.measure,
    columns: ["*"],
    by: ["version"],
    limit: { kind: one.kind ?? "atLeast", value: one.limit },
    for: 0,
    keepFiringFor: 0,
    severity: "ticket",
    labels: {},
    annotations: {},
    window: { size: 3_600_000, every: 60_000 },
  };
  const section = one.section ?? new Float64Array(0);
  const series = {
    rule,
    measure,
    labels: one.labels ?? {},
    limit: one.limit,
    ...(one.ref === undefined ? {} : { ref: one.ref }),
  };
  return explain({
    series,
    score: one.score,
    since: NOON,
    section,
    evidence: { ...collectEvidence(series, section), ...one.evidence },
    faulty: one.faulty ?? [],
    model: "fraud",
  });
}

describe("explanation", () => {
  const judged: Score = {
    status: "ok",
    value: 0.3098,
    effect: 0.306,
    n: 54_112,
    neff: 10_799.6,
    p: 3.21e-9,
    trust: "promised",
    extras: { chance: 0.0041 },
  };

  it("says of a number what moved, which way, how much, on how many values and since when", () => {
    const ref = amounts();
    if (ref.kind !== "bins") throw new Error("numbers");
    const section = sectionOf(ref.grid.edges, (value) => value > 900 || value % 2 === 0);
    expect(
      explainCase({
        alert: "FeatureDrift",
        measure: "psi",
        score: judged,
        limit: 0.02,
        labels: { version: "v7", segment: "region=eu", column: "amount" },
        ref,
        section,
      }),
    ).toBe(
      "FeatureDrift fraud/amount v7, region=eu: amount in eu moved up: 900.1 and above rose from 10% to 18% (86% of it). " +
        "Population stability index 0.31 (limit 0.02; chance alone 0.0041; n=54,112; worth 10,800 independent values; " +
        "probability of as much by chance 3.2e-9), since 2001-02-20 12:00 UTC. Missing values unchanged (0%).",
    );
  });

  it.each([
    [{ version: "7" }, "A fraud v7:"],
    [{ version: "", segment: "region=eu" }, "A fraud region=eu:"],
    [{ version: "" }, "A fraud:"],
  ])("names the series of %j", (labels, head) => {
    const text = explainCase({ alert: "A", measure: "psi", score: judged, limit: 0.1, labels });
    expect(text.startsWith(`${head} Population`)).toBe(true);
  });

  it.each(["chi2", "g", "cvm"])("says beside the limit of %s what is held against it", (measure) => {
    const score = { ...judged, value: 4_321, effect: 0.283 };
    const text = explainCase({ alert: "A", measure, score, limit: 0.1 });
    expect(text).toContain(" 4,320 (effect 0.283; limit 0.1; ");
  });

  it("tells down, and a mere change of shape, from up", () => {
    const ref = amounts();
    if (ref.kind !== "bins") throw new Error("numbers");
    const { edges } = ref.grid;
    const say = (keep: (value: number) => boolean): string =>
      explainCase({
        alert: "A",
        measure: "psi",
        score: judged,
        limit: 0.02,
        ref,
        section: sectionOf(edges, keep),
      });
    expect(say((value) => value <= 100 || value % 2 === 0)).toContain("amount moved down: below 100.9 rose");
    expect(say((value) => value <= 200 || value > 800 || value % 4 === 0)).toContain(
      "amount changed its shape:",
    );
  });

  it("names the categories that changed most, not every one that did", () => {
    const section = Float64Array.of(840, 20, 5, 20, 15, 0, 0, 0);
    const text = explainCase({
      alert: "Drift",
      measure: "psi",
      score: { ...judged, p: 1e-30, trust: "provisional", reason: "fewer than 500 reference windows" },
      limit: 0.02,
      labels: { version: "v1", column: "origin" },
      ref: airports(),
      section,
    });
    expect(text).toContain(
      "origin changed: LGA fell from 15% to 0.6% and BOS fell from 20% to 2.2% (85% of it). Population",
    );
    expect(text).toContain("probability of as much by chance below 1e-12");
    expect(text).toMatch(
      /UTC\. Missing values unchanged \(0%\)\. Provisional, not covered by the budget: fewer than 500 reference windows\.$/,
    );
  });

  it("says shares as shares", () => {
    const missing: Case = {
      alert: "MissingValues",
      measure: "missing",
      score: {
        status: "ok",
        value: 0.3,
        n: 1168,
        lower: 0.274,
        upper: 0.327,
        trust: "policy",
        extras: { reference: 0 },
      },
      limit: 0.01,
      labels: { version: "v1", column: "origin" },
      ref: airports(),
    };
    expect(explainCase(missing)).toBe(
      "MissingValues fraud/origin v1: 30% of values are missing, 0% in the reference (95% interval 27% to 33%; limit 1%; n=1,168), " +
        "since 2001-02-20 12:00 UTC. A plain limit, not covered by the budget.",
    );
    const novel = { ...missing, measure: "novel", alert: "Novel" };
    expect(explainCase(novel)).toContain(
      "30% of values are categories that the reference never had, where 0% were new (95% interval 27% to 33%; limit 1%; n=1,168)",
    );
    expect(explainCase({ ...novel, ref: amounts() })).toContain(
      "30% of values lie outside what is usual, 1.999 to 999; 0% did in the reference (",
    );
    const invalid: Case = {
      alert: "SchemaBroken",
      measure: "invalid",
      kind: "above",
      score: { status: "ok", value: 0.1207, n: 1119, trust: "policy" },
      limit: 0.01,
      labels: { version: "v1" },
    };
    expect(explainCase(invalid)).toBe(
      "SchemaBroken fraud v1: 12% of rows are invalid (135 of 1,119; limit 1%), since 2001-02-20 12:00 UTC. " +
        "A plain limit, not covered by the budget.",
    );
  });

  it("names the columns that made rows invalid", () => {
    const text = explainCase({
      alert: "SchemaBroken",
      measure: "invalid",
      kind: "above",
      score: { status: "ok", value: 0.5, n: 200, trust: "policy" },
      limit: 0.01,
      faulty: ["a", "b", "c", "d"].map((column, i) => ({ column, cells: 100 - i })),
    });
    expect(text).toContain(
      "50% of rows are invalid, 100 by a, 99 by b, 98 by c (100 of 200; limit 1%), since",
    );
  });

  it("says of whole streams how many rows came, and how old the newest event is", () => {
    const volume = (value: number, n: number, limit: number): string =>
      explainCase({
        alert: "VolumeChanged",
        measure: "volume",
        kind: limit < 1 ? "below" : "above",
        score: { status: "ok", value, n, trust: "policy", extras: { expected: 966 } },
        limit,
      });
    expect(volume(0.266, 257, 0.5)).toBe(
      "VolumeChanged fraud: Rows fell to 27% of the usual number (257 instead of 966; limit 50%), " +
        "since 2001-02-20 12:00 UTC. A plain limit, not covered by the budget.",
    );
    expect(volume(2.5, 2415, 2)).toContain(
      "Rows rose to 2.5 times the usual number (2,415 instead of 966; limit 2 times)",
    );
    expect(
      explainCase({
        alert: "StreamSilent",
        measure: "freshness",
        kind: "above",
        score: { status: "ok", value: 10_920, n: 0, trust: "policy" },
        limit: 10_800,
      }),
    ).toBe(
      "StreamSilent fraud: The newest event is 3 h 2 min old (limit 3 h), at 2001-02-20 12:00 UTC. " +
        "A plain limit, not covered by the budget.",
    );
  });

  it("says of outcomes what was foretold and what came", () => {
    const section = new Float64Array(OUTCOMES.length);
    for (let label = 0; label < 100; label += 1) {
      addOutcome(section, 0, { score: 0.25, truth: label < 40 ? 1 : 0, decision: Number.NaN }, 1);
    }
    const score = measureNamed("ece")?.score(undefined, section) ?? { status: "no-data", n: 0 };
    const text = explainCase({
      alert: "Miscalibrated",
      measure: "ece",
      kind: "above",
      score: { ...score, trust: "policy" },
      limit: 0.1,
      section,
    });
    expect(text).toContain("Miscalibrated fraud: 40% turned out true where the scores said 25%. ");
    expect(text).toContain(
      "Expected calibration error, the mean distance of the two, 0.15 (limit 0.1; a perfect model 0.0345; n=100)",
    );
  });

  it("says what it cannot promise", () => {
    const text = explainCase({
      alert: "A",
      measure: "js",
      score: { status: "ok", value: 0.2, n: 500, trust: "none", reason: "fewer than 30 reference windows" },
      limit: 0.1,
    });
    expect(text).toBe(
      "A fraud: Jensen-Shannon divergence 0.2 (limit 0.1; n=500), since 2001-02-20 12:00 UTC. " +
        "For information only: fewer than 30 reference windows.",
    );
  });
});
