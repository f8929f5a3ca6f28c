import type { Reference } from "../../reference/reference.ts";
import { findSeriesRef } from "../../reference/series.ts";
import { MEASURES } from "../../statistics/measures.ts";
import type { Score } from "../../statistics/score.ts";
import type { WindowSide } from "./window-side.ts";

type Scores = Readonly<Record<string, Score>>;

/**
 * What the window's labels say of its predictions, and what the reference's labels say of the window's scores where it has
 * none. They have no p: plain limits judge them. `extras.reference` is the reference's own value.
 */
export function scoreOutcomes(reference: Reference, window: WindowSide): Scores {
  return { ...ofLabels(reference, window.outcomes), ...ofScores(reference, window.sections) };
}

function ofLabels(reference: Reference, outcomes: Float64Array | undefined): Scores {
  if (outcomes === undefined) return {};
  const known = reference.outcome?.counts;
  const context = known === undefined ? {} : { outcomes: known };
  const measures = MEASURES.filter(({ from }) => from.includes("outcomes"));
  const scores = measures.map(({ name, score }) => {
    const own = score(undefined, outcomes, context);
    const before = known && score(undefined, known, context).value;
    const extras = { ...own.extras, ...(before === undefined ? {} : { reference: before }) };
    return [name, { ...own, extras }] as const;
  });
  return Object.fromEntries(scores);
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
