import type { StreamLedger } from "../../event/ledger.ts";
import type { FittedModel } from "../../rules/fitted-model.ts";
import { countsLabels } from "../../counts/summary-kinds.ts";
import { distinctRules } from "../../rules/compare-section.ts";
import type { Rule } from "../../rules/model.ts";
import { measureNamed } from "../../statistics/measures.ts";
import { countPromised } from "../outlook.ts";
import { episodesOf, type Episode } from "../replay/episodes.ts";
import type { Replay } from "../replay/replay.ts";
import type { Span } from "./span.ts";

/** What one rule set made of a history. Times are event times, ms since the epoch. */
export interface Findings {
  /** What was asked for, cut to what there was. */
  readonly from: number;
  readonly to: number;
  /** Every firing within the span, in the order of firing. */
  readonly episodes: readonly Episode[];
  readonly models: readonly ModelFindings[];
  readonly ledgers: Readonly<Record<string, StreamLedger>>;
  /** Rows that lie before what had to be read, by stream. */
  readonly passedOver: ReadonlyMap<string, number>;
}

export interface ModelFindings {
  readonly model: string;
  /** False alarms that are accepted in `per` ms. */
  readonly budget: { readonly falseAlarms: number; readonly per: number };
  /** Series of one version whose false alarms the budget bounds. */
  readonly covered: number;
  /** False alarms that the budget allows within the span. */
  readonly allowed: number;
  /** Firings of series whose false alarms the budget bounds. */
  readonly promised: number;
  readonly rules: readonly RuleFindings[];
}

interface RuleFindings {
  readonly alert: string;
  readonly measure: string;
  readonly fired: number;
  /** How long it fired within the span, of all its series together and at the longest, ms. */
  readonly firing: number;
  readonly longest: number;
  /** How many fired still at the end. */
  readonly open: number;
  /** Why it was never judged, one lower-case phrase; absent where it was. */
  readonly unjudged?: string;
}

/** Collects what a replay has told within the span; firings that began earlier and went on into it are among them. */
export function collectFindings(replay: Replay, models: readonly FittedModel[], span: Span): Findings {
  const from = span.since ?? replay.oldest();
  const inOrder = replay.transitions.toSorted((a, b) => a.at - b.at);
  // The last pane ends after its last event.
  const last = Math.max(replay.now(), inOrder.at(-1)?.at ?? 0);
  const to = Math.min(span.until ?? Number.POSITIVE_INFINITY, last);
  const episodes = episodesOf(inOrder).filter(
    (episode) =>
      !isByClock(episode.alert) && episode.from <= to && (Number.isNaN(episode.to) || episode.to > from),
  );
  return {
    from,
    to,
    episodes,
    models: models.map((fitted) => describeModel(fitted, episodes, { from, to })),
    ledgers: replay.ledgers(),
    passedOver: replay.passedOver,
  };
}

/** What goes by the wall clock says something of the monitor, and nothing of history. */
export function isByClock({ measure }: Pick<Rule, "measure">): boolean {
  return measureNamed(measure)?.byClock === true;
}

export function isOfLabels({ measure }: Pick<Rule, "measure">): boolean {
  return measureNamed(measure)?.from.some(countsLabels) ?? false;
}

function describeModel(
  fitted: FittedModel,
  all: readonly Episode[],
  { from, to }: { readonly from: number; readonly to: number },
): ModelFindings {
  const { model, counting } = fitted;
  const own = all.filter(({ alert }) => alert.model === model.name);
  const rules = distinctRules(model.rules).map((rule): RuleFindings => {
    const episodes = own.filter(({ alert }) => alert.alert === rule.alert);
    const lengths = episodes.map((episode) => firingWithin(episode, { from, to }));
    return {
      alert: rule.alert,
      measure: rule.compare === undefined ? rule.measure : "compare",
      fired: episodes.length,
      firing: lengths.reduce((sum, length) => sum + length, 0),
      longest: Math.max(0, ...lengths),
      open: episodes.filter((episode) => !(episode.to <= to)).length,
      ...(isByClock(rule) ? { unjudged: "goes by the wall clock, which history has none of" } : {}),
      ...(isOfLabels(rule) && counting.outcomes === undefined
        ? { unjudged: "needs labels, and none were given" }
        : {}),
    };
  });
  return {
    model: model.name,
    budget: model.budget,
    covered: countPromised(fitted),
    allowed: (model.budget.falseAlarms * Math.max(0, to - from)) / model.budget.per,
    promised: own.filter(({ alert }) => alert.score.trust === "promised").length,
    rules,
  };
}

/** How much of the span the alert fired, ms. */
export function firingWithin(
  episode: Episode,
  { from, to }: { readonly from: number; readonly to: number },
): number {
  const end = Number.isNaN(episode.to) ? to : Math.min(to, episode.to);
  return Math.max(0, end - Math.max(from, episode.from));
}
