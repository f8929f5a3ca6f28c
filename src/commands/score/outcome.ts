import { buildOutcomeLayout } from "../../counts/outcome-layout.ts";
import type { Reference } from "../../reference/reference.ts";
import { scoredPart } from "../../reference/label-ruler.ts";
import { calibrateOutcomes } from "../../reference/outcome-calibration.ts";
import { findSeriesRef } from "../../reference/series.ts";
import { MEASURES } from "../../statistics/measures.ts";
import type { Score } from "../../statistics/score.ts";
import { explainOutcomes } from "../../verdict/outcome-significance.ts";
import { prepareOutcomes } from "../../verdict/prepared-outcomes.ts";
import { judgeScore } from "../../verdict/significance.ts";
import type { Significance } from "../../verdict/significance.ts";
import { isIndependent, LEVEL } from "./questions.ts";
import type { WindowLabels, WindowSide } from "./window-side.ts";

type Scores = Readonly<Record<string, Score>>;

/**
 * What the window's labels say of its predictions, and what the reference's labels say of the window's scores where it has
 * none. `extras.reference` is the reference's own value. Only the change of calibration has a p: plain limits judge the others.
 */
export function scoreOutcomes(reference: Reference, window: WindowSide): Scores {
  return { ...ofLabels(reference, window.outcomes), ...ofScores(reference, window.sections) };
}

function ofLabels(reference: Reference, labels: WindowLabels | undefined): Scores {
  if (labels === undefined) return {};
  const { ruler, counts } = labels;
  const { sections } = buildOutcomeLayout({ cohort: 0, ruler });
  // In one file labels stand beside their predictions, and have no delay.
  const counted = sections.filter(({ kind }) => kind !== "delays");
  const scores = counted.flatMap(({ kind, offset, length }) => {
    const cut = (all: Float64Array): Float64Array => all.subarray(offset, offset + length);
    const known = reference.outcome && cut(reference.outcome.counts);
    const context = {
      ...(known === undefined ? {} : { outcomes: known }),
      ...(ruler.kind === "values" ? { values: ruler } : {}),
      ...(ruler.kind === "classes" ? { classes: ruler } : {}),
    };
    const measures = MEASURES.filter(({ from, across }) => from.includes(kind) && across === undefined);
    return measures.map(({ name, score, signal }) => {
      const own = score(undefined, cut(counts), context);
      if (signal === "outcomes")
        return [name, judgeScore(own, significanceOf(reference, cut(counts)))] as const;
      const before = known && score(undefined, known, context).value;
      const extras = { ...own.extras, ...(before === undefined ? {} : { reference: before }) };
      return [name, { ...own, extras }] as const;
    });
  });
  return Object.fromEntries(scores);
}

/** The window counts as one cohort, however long. */
function significanceOf(reference: Reference, window: Float64Array): Significance {
  const [all, ...others] = reference.segments;
  const { outcome } = all;
  if (outcome === undefined || !isIndependent(reference)) {
    const cohort = outcome?.calibration.windowSize ?? 0;
    return explainOutcomes(prepareOutcomes({ reference, segment: all.name, cohort, alpha: LEVEL }), window);
  }
  // Without any time to tell, rows are taken as owing nothing to each other, declared or not.
  const calibration = calibrateOutcomes({
    section: scoredPart(reference.columns, outcome.counts),
    size: 0,
    starts: new Float64Array(0),
    slots: [],
    independent: true,
  });
  const segments = [{ ...all, outcome: { ...outcome, calibration } }, ...others];
  const question = { reference: { ...reference, segments }, segment: all.name, cohort: 0, alpha: LEVEL };
  return explainOutcomes(prepareOutcomes(question), window);
}

/** Estimates, which mean something of one column only. */
function ofScores(reference: Reference, sections: WindowSide["sections"]): Scores {
  const { outcome, columns } = reference;
  if (outcome === undefined) return {};
  const measures = MEASURES.filter(({ only, signal }) => only !== undefined && signal === "policy");
  const scores = measures.flatMap(({ name, only = [], score }) => {
    const column = columns.findIndex((one) => only.includes(one.name));
    const ref = findSeriesRef(reference, "all", column);
    const section = sections[column];
    if (ref === undefined || section === undefined) return [];
    return [[name, score(ref, section, { outcomes: outcome.counts })] as const];
  });
  return Object.fromEntries(scores);
}
