import { describe, expect, it } from "vitest";
import type { OutcomeBaseline, Reference } from "../../src/reference/reference.ts";
import type { Calibration } from "../../src/statistics/calibration.ts";
import { explainOutcomes, judgeContrasts } from "../../src/verdict/outcome-significance.ts";
import { prepareOutcomes } from "../../src/verdict/prepared-outcomes.ts";
import { mulberry32 } from "../oracles/sample.ts";
import { referenceWith } from "../rules/fitted-fixture.ts";
import { sectionOf } from "../statistics/labels.ts";
import { calibrated, dispersion } from "./prepared.ts";

const DAY = 86_400_000;
const EDGES = Float64Array.of(0.25, 0.5, 0.75);
/** The bands, overall, slope. */
const ENTRIES = EDGES.length + 3;

function labels(rows: number, seed = 1) {
  const u = mulberry32(seed);
  return sectionOf(
    EDGES,
    Array.from({ length: rows }, () => {
      const score = u();
      return { score, truth: Number(u() < score) };
    }),
  );
}

function calibrationOf(changes: Partial<Calibration> & { deff?: number; nu?: number } = {}): Calibration {
  const { deff = 1, nu = 499, ...rest } = changes;
  const share = dispersion(ENTRIES, { deff, nu });
  const counts = Float64Array.of(20_000, 20_000, 20_000, 20_000, 80_000, 80_000);
  const whole = { windowSize: DAY, k: 500, blocks: 500, n: 80_000, meanRows: 160, counts };
  return calibrated({ ...whole, share, logit: share, ...rest, signal: "outcomes" });
}

/** A reference whose segments have these labels. */
function referenceOf(segments: Readonly<Record<string, OutcomeBaseline | undefined>>): Reference {
  const empty = referenceWith([]);
  const [all] = empty.segments;
  return {
    ...empty,
    segments: Object.entries(segments).map(([name, outcome]) => ({
      ...all,
      name,
      ...(outcome === undefined ? {} : { outcome }),
    })),
  };
}

const ALL = { counts: labels(20_000), calibration: calibrationOf() };

function prepare(segments: Readonly<Record<string, OutcomeBaseline | undefined>>, segment = "all") {
  return prepareOutcomes({ reference: referenceOf(segments), segment, cohort: DAY, alpha: 1e-3 });
}

describe("labels of a reference", () => {
  it.each([
    { what: "500 cohorts", calibration: calibrationOf(), trust: "promised" },
    { what: "499 cohorts", calibration: calibrationOf({ k: 499 }), trust: "provisional" },
    { what: "29 cohorts", calibration: calibrationOf({ k: 29 }), trust: "none" },
    {
      what: "independent rows",
      calibration: calibrationOf({ k: 1, nu: Number.POSITIVE_INFINITY, windowSize: 0 }),
      trust: "promised",
    },
  ])("are worth what is known of $what", ({ calibration, trust }) => {
    expect(prepare({ all: { ...ALL, calibration } })).toMatchObject({ status: "ok", trust });
  });

  it("speak of cohorts", () => {
    const { trustReason } = prepare({ all: { ...ALL, calibration: calibrationOf({ k: 100 }) } });
    expect(trustReason).toBe("fewer than 500 reference cohorts");
  });

  it.each([
    { why: "the reference has no labels", outcome: undefined, status: "no-reference" },
    {
      why: "the reference knows no cohorts of this length",
      outcome: { ...ALL, calibration: calibrationOf({ windowSize: 2 * DAY }) },
      status: "no-reference",
    },
    {
      why: "fewer than 1,000 reference labels in this segment",
      outcome: { ...ALL, counts: labels(999) },
      status: "too-few",
    },
    {
      why: "no reference cohort has 50 labels",
      outcome: { ...ALL, calibration: calibrationOf({ k: 0 }) },
      status: "too-few",
    },
  ])("say nothing of a segment where $why", ({ why, outcome, status }) => {
    const prepared = prepare({ all: ALL, "region=eu": outcome }, "region=eu");
    expect(prepared).toMatchObject({ status, reason: why });
    expect(explainOutcomes(prepared, labels(500))).toMatchObject({ status, reason: why });
  });

  it("of a segment with few cohorts are calibrated as all segments together", () => {
    const own = { ...ALL, calibration: calibrationOf({ k: 10 }) };
    const all = { ...ALL, calibration: calibrationOf({ deff: 3, nu: 20 }) };
    const prepared = prepare({ all, "region=eu": own }, "region=eu");
    expect(prepared).toMatchObject({
      status: "ok",
      trust: "provisional",
      trustReason: "calibrated on all segments together",
    });
    // The reference's cohorts would have 8,000 labels each; fewer leave deff as it is.
    const [overall] = judgeContrasts(prepared, labels(4_000, 2)).filter(({ kind }) => kind === "overall");
    expect(overall).toMatchObject({ nu: 20 });
    expect(overall.deff).toBe(3);
    const [more] = judgeContrasts(prepared, labels(16_000, 2)).filter(({ kind }) => kind === "overall");
    expect(more.deff).toBeCloseTo(3 * (16_000 / 8_000), 12);
  });
});

describe("a cohort", () => {
  it("needs 200 labels, and scores that are not too sure", () => {
    const prepared = prepare({ all: ALL });
    expect(explainOutcomes(prepared, labels(199))).toMatchObject({ status: "too-few", n: 199 });
    const sure = sectionOf(
      EDGES,
      Array.from({ length: 900 }, () => ({ score: 0.01, truth: 0 })),
    );
    expect(explainOutcomes(prepared, sure)).toMatchObject({
      status: "too-few",
      reason: "the scores foretell fewer than 10 labels of one kind",
    });
  });

  it("is too variable where the reference's own cohorts are worth fewer than 30 labels", () => {
    const prepared = prepare({ all: { ...ALL, calibration: calibrationOf({ deff: 20 }) } });
    expect(explainOutcomes(prepared, labels(500))).toMatchObject({ status: "too-variable" });
  });

  it("is held against chance by the most telling contrast, times their number", () => {
    const prepared = prepare({ all: ALL });
    const section = labels(1_000, 3);
    const contrasts = judgeContrasts(prepared, section);
    expect(contrasts.map(({ kind }) => kind).toSorted()).toEqual([
      "band",
      "band",
      "band",
      "band",
      "overall",
      "slope",
    ]);
    const { p, largest } = explainOutcomes(prepared, section);
    expect(p).toBeCloseTo(Math.min(1, 6 * contrasts[0].p), 12);
    expect(largest?.direction).toBe(contrasts[0].kind);
  });

  it("does not move against its own reference", () => {
    const { p, largest } = explainOutcomes(prepare({ all: ALL }), ALL.counts);
    expect(p).toBe(1);
    expect(largest?.r).toBeCloseTo(0, 8);
  });
});
