import type { ModelReport, ReportedChange } from "../publish/report.ts";
import type { Rule } from "../rules/model.ts";
import type { Score } from "../statistics/score.ts";
import type { Judges } from "../verdict/judgement-record.ts";

/** What comes after these is far from its limit. */
const MOST_CHANGES = 100;

/** Of every rule and column the series whose last window came nearest its limit, the nearest first. Labels are told by cohort. */
export function reportChanges({
  panes,
  clock,
  schema,
}: Judges): Pick<ModelReport, "changes" | "changesLeftOut" | "unmeasured"> {
  const nearest = new Map<string, ReportedChange | undefined>();
  const add = (key: string, change: ReportedChange): void => {
    const known = nearest.get(key);
    // A rule and column of which no series says anything is known, too.
    if (Number.isNaN(change.share)) nearest.set(key, known);
    else if (known === undefined || change.share > known.share) nearest.set(key, change);
  };
  for (const { series, score } of panes.currentScores(() => true)) {
    const { rule, limit, labels } = series;
    // What is shown of every column is asked by no rule.
    if (rule.alert === "") continue;
    const key = JSON.stringify([rule.alert, rule.measure, labels.column]);
    add(key, changeOf(rule, { score, labels, limit }));
  }
  for (const { measure, score } of [...clock.currentScores(), ...schema.currentScores()])
    for (const rule of panes.fitted.model.rules.filter((one) => one.measure === measure))
      add(
        JSON.stringify([rule.alert, measure]),
        changeOf(rule, { score, labels: {}, limit: rule.limit.value }),
      );
  const changes = [...nearest.values()].flatMap((change) => change ?? []);
  return {
    changes: changes.toSorted((left, right) => right.share - left.share).slice(0, MOST_CHANGES),
    changesLeftOut: Math.max(0, changes.length - MOST_CHANGES),
    unmeasured: nearest.size - changes.length,
  };
}

function changeOf(
  { alert, measure, limit: { kind } }: Rule,
  found: {
    readonly score: Score;
    readonly labels: Pick<ReportedChange, "version" | "segment" | "column">;
    readonly limit: number;
  },
): ReportedChange {
  const { score, labels, limit } = found;
  const share = shareOfLimit(kind, score, limit);
  return { alert, measure, ...labels, score, limit: { kind, value: limit }, share };
}

/** How much of its limit a score is, at most 1,000 times; NaN where there is no score. */
function shareOfLimit(kind: ReportedChange["limit"]["kind"], score: Score, limit: number): number {
  const { status, value = Number.NaN, effect = value } = score;
  if (status !== "ok") return Number.NaN;
  const [part, whole] = kind === "below" ? [limit, value] : [kind === "above" ? value : effect, limit];
  // A limit of nothing is reached by anything; JSON has no number for how far.
  return part === 0 ? 0 : Math.min(part / whole, MOST_SHARE);
}

const MOST_SHARE = 1_000;
