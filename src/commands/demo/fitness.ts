import type { FittedModel } from "../../rules/fitted-model.ts";
import type { ScoreStatus, Trust } from "../../statistics/score.ts";
import { shareBudget } from "../../verdict/rule-budget.ts";
import { seriesOf } from "../../verdict/rule-series.ts";
import type { RuleSeries } from "../../verdict/rule-series.ts";

/** How well the reference can judge one column of one rule. */
export interface Fitness {
  readonly alert: string;
  readonly column: string;
  /** For people: "promised", "too variable". */
  readonly verdict: string;
  /** Series with this verdict, and all of the rule and column: as many as there are segments. */
  readonly series: number;
  readonly of: number;
  /** For people: which part of the distribution is judged, where it is not all, or why none is. */
  readonly note?: string;
}

const OF_TRUST: Readonly<Record<Trust, string>> = {
  promised: "promised by the budget",
  provisional: "provisional",
  none: "for information only",
  policy: "plain limit",
};
const OF_STATUS: Readonly<Record<Exclude<ScoreStatus, "ok">, string>> = {
  "too-few": "not judged: too few flights",
  "too-variable": "not judged: too variable",
  "no-data": "not judged: no data",
  "no-reference": "not judged: no reference",
  undefined: "not judged: constant",
};

/** What the reference makes of every series that a rule asks chance about; version `v1` only. */
export function fitnessOf(fitted: FittedModel): Fitness[] {
  const found = new Map<string, Fitness>();
  const asked = seriesOf(fitted, shareBudget(fitted), ["v1"]).filter(
    ({ prepared }) => prepared !== undefined,
  );
  for (const series of asked) {
    const { alert } = series.rule;
    const column = series.section.column;
    const verdict = verdictOn(series);
    const key = JSON.stringify([alert, column, verdict]);
    const of = asked.filter((other) => other.rule.alert === alert && other.section.column === column).length;
    const note = noteOn(series);
    const count = (found.get(key)?.series ?? 0) + 1;
    found.set(key, { alert, column, verdict, of, series: count, ...(note === undefined ? {} : { note }) });
  }
  return [...found.values()];
}

function verdictOn({ prepared }: RuleSeries): string {
  if (prepared === undefined) return OF_TRUST.policy;
  const { status, trust, trustReason } = prepared;
  if (status !== "ok") return OF_STATUS[status];
  return trust === "provisional" ? `${OF_TRUST[trust]}: ${trustReason}` : OF_TRUST[trust];
}

/** With 200 windows and more, directions that vary too much are left out, and the others judged; with fewer, none is. */
function noteOn({ prepared }: RuleSeries): string | undefined {
  if (prepared === undefined || prepared.trust === "policy") return undefined;
  const { status, kept, directions, calibration } = prepared;
  if (status !== "too-variable" && (status !== "ok" || kept.length === directions.size)) return undefined;
  const most = Math.round(Math.max(...calibration.share.deff));
  const part = status === "ok" ? `${kept.length} of ${directions.size} directions; ` : "";
  return `${part}its windows vary up to ${most} times as much as chance`;
}

/** One row per rule and verdict: `distance (14 of 20 airports), delay (2 of 9 directions; ...)`. */
export function groupFitness(
  fitness: readonly Fitness[],
): { alert: string; verdict: string; columns: string }[] {
  const rows = new Map<string, { alert: string; verdict: string; columns: string }>();
  for (const { alert, column, verdict, series, of, note } of fitness) {
    const key = JSON.stringify([alert, verdict]);
    const before = rows.get(key);
    const which = of === 1 ? note : `${series === of ? "all" : `${series} of`} ${of} airports`;
    const name = which === undefined ? column : `${column} (${which})`;
    rows.set(key, { alert, verdict, columns: before === undefined ? name : `${before.columns}, ${name}` });
  }
  return [...rows.values()];
}
