import { addLedger, createStreamLedger, type StreamLedger } from "../event/ledger.ts";
import type { Engine } from "../engine/engine.ts";
import type { LearningProgress } from "../evaluation/learning.ts";
import type { RefreshReport } from "../evaluation/refresh-report.ts";
import type { CommitCounts } from "../ingestion/task-commits.ts";
import type { MetricsView, ShownAlert, ShownPartition, ShownRule, ShownScore } from "../publish/metrics.ts";
import { limitOfColumn } from "../rules/defaults-section.ts";
import type { FittedModel } from "../rules/fitted-model.ts";
import { judgedColumns } from "../rules/judged-columns.ts";
import { lineageOf } from "../rules/lineage.ts";
import type { Model, Rule } from "../rules/model.ts";
import { MEASURES } from "../statistics/measures.ts";
import type { Source } from "../stream/source.ts";
import type { ChangeKind } from "../verdict/field-changes.ts";
import type { Standing } from "../verdict/standing.ts";
import type { Judges } from "../verdict/judgement-record.ts";
import type { RuleSeries } from "../verdict/rule-series.ts";
import { pairOf, type VersionPair } from "../verdict/version-series.ts";

/** What a scrape needs beside the engine. */
export interface ViewParts {
  readonly engine: Engine;
  readonly sources: readonly Source[];
  readonly commits: { readonly counts: CommitCounts; readonly ledgers: ReadonlyMap<string, StreamLedger> };
  /** Whether this process judges what all members count; undefined where there are none. */
  readonly leads: () => boolean | undefined;
  /** By model that learns its reference: how far it has come. */
  readonly learning: () => ReadonlyMap<string, LearningProgress>;
  /** By model whose reference is refreshed: what came of it last. */
  readonly refreshed: () => ReadonlyMap<string, RefreshReport>;
  /** What became of the requests that came. */
  readonly requests: () => MetricsView["requests"];
  readonly segments: "firing" | "all" | "none";
  readonly rest: () => Pick<
    MetricsView,
    | "stateBytes"
    | "isStateAway"
    | "sinks"
    | "quarantine"
    | "jobs"
    | "build"
    | "configHash"
    | "reload"
    | "process"
  >;
}

/** Everything that /metrics shows, read in one go. */
export function viewMetrics(parts: ViewParts): MetricsView {
  const { engine } = parts;
  const { models } = engine;
  // Of a model that others judge only they show scores and alerts.
  const judged = models.filter(({ model }) => !engine.standsBy(model.name));
  return {
    scores: judged.flatMap(({ model }) => scoresOf(model.name, engine.judgesOf(model.name), parts.segments)),
    alerts: judged.flatMap(({ model }) => alertsOf(model, engine.judgesOf(model.name))),
    versionsCompared: judged.flatMap(({ model }) =>
      versionsCompared(model.name, engine.judgesOf(model.name), model.rules),
    ),
    alertTallies: judged.flatMap(({ model }) =>
      [...engine.judgesOf(model.name).history.tallies].map(([alert, tally]) => ({
        model: model.name,
        alert,
        ...tally,
      })),
    ),
    rules: models.flatMap(rulesOf),
    lineage: Object.fromEntries(models.map((fitted) => [fitted.model.name, lineageOf(fitted)])),
    changedFields: Object.fromEntries(
      judged
        .filter(({ counting }) => counting.fields?.layout !== undefined)
        .map(({ model }) => [model.name, changedFields(engine.judgesOf(model.name))]),
    ),
    learning: Object.fromEntries(parts.learning()),
    candidates: Object.fromEntries(
      [...parts.refreshed()].flatMap(([model, { candidate, at }]) =>
        candidate === undefined ? [] : [[model, Date.parse(at)]],
      ),
    ),
    ledgers: parts.leads() === undefined ? ledgersOf(engine) : ownLedgers(engine, parts.commits.ledgers),
    partitions: partitionsOf(engine, parts.sources),
    orphans: Object.fromEntries(
      models.flatMap(({ model }) => {
        const health = engine.joinHealth(model.name);
        return health === undefined ? [] : [[model.name, health.shares]];
      }),
    ),
    versionsOverflowed: Object.fromEntries(
      models.map(({ model }) => [model.name, engine.overflowOf(model.name).size]),
    ),
    tasks: tasksOf(engine),
    sourcesAway: parts.sources.filter((source) => source.outage() !== undefined).length,
    commits: { ...parts.commits.counts },
    requests: parts.requests(),
    ...leadOf(parts.leads()),
    ...parts.rest(),
  };
}

function tasksOf({ tasks }: Engine): Record<string, number> {
  const counts = Object.fromEntries(tasks.groups.map(({ name }) => [name, 0]));
  for (const { group } of tasks.all()) counts[group] += 1;
  return counts;
}

/** The ledgers of all open tasks together, by stream, as last committed: they never go back, also after a crash. */
export function ledgersOf(engine: Engine): Record<string, StreamLedger> {
  const ledgers = emptyLedgers(engine);
  for (const { task } of engine.tasks.all()) {
    for (const [name, { committed }] of task.streams) addLedger(ledgers[name], committed.ledger);
  }
  return ledgers;
}

/**
 * What this member has counted since it began: a task that moves takes its past along, which for a counter would look like
 * a burst. What waits in the tasks that are open here is no counter.
 */
function ownLedgers(
  engine: Engine,
  counted: ReadonlyMap<string, StreamLedger>,
): Record<string, StreamLedger> {
  const open = ledgersOf(engine);
  return Object.fromEntries(
    Object.entries(open).map(([stream, { waiting }]) => [
      stream,
      { ...(counted.get(stream) ?? createStreamLedger()), waiting },
    ]),
  );
}

/** The ledgers of all tasks, also of those that other members own, by stream, as last committed. */
export function fleetLedgers(engine: Engine): Record<string, StreamLedger> {
  const ledgers = emptyLedgers(engine);
  for (const { stream, progress } of engine.tasks.parts()) addLedger(ledgers[stream.name], progress.ledger);
  return ledgers;
}

function emptyLedgers(engine: Engine): Record<string, StreamLedger> {
  const names = engine.tasks.groups.flatMap(({ streams }) => streams.map(({ name }) => name));
  return Object.fromEntries(names.map((name) => [name, createStreamLedger()]));
}

function leadOf(leads: boolean | undefined): Pick<MetricsView, "leads"> {
  return leads === undefined ? {} : { leads };
}

function scoresOf(model: string, judges: Judges, segments: ViewParts["segments"]): ShownScore[] {
  // A score against the hour, or another window, has another meaning than the metric's other lines; the alert tells it.
  const include = (series: RuleSeries): boolean =>
    series.rule.against === undefined &&
    series.labels.segment !== undefined &&
    (segments === "all" || (segments === "firing" && judges.panes.standings.has(series.key)));
  const show = (
    { series, score }: { series: RuleSeries; score: ShownScore["score"] },
    window: number,
  ): ShownScore => ({
    model,
    ...series.labels,
    measure: series.measure.name,
    score,
    window,
  });
  return [
    ...judges.panes.currentScores(include).map((one) => show(one, one.series.rule.window.size)),
    ...judges.cohorts
      .currentScores()
      .filter(({ series }) => series.rule.against === undefined)
      .map((one) => show(one, one.series.rule.window.size)),
    ...judges.clock.currentScores().map(({ measure, score }) => ({ model, measure, score, window: 0 })),
    ...judges.schema.currentScores().map(({ measure, score }) => ({ model, measure, score, window: 0 })),
  ];
}

function alertsOf(model: Model, { panes, cohorts, clock, schema }: Judges): ShownAlert[] {
  return [panes, cohorts, clock, schema].flatMap(({ standings }) =>
    [...standings].map(([key, standing]) => showStanding(model, key, standing)),
  );
}

function showStanding({ name, rules }: Model, key: string, { verdict, alert: fired }: Standing): ShownAlert {
  const movers = fired?.evidence?.movement?.movers;
  // The key is what rule-series.ts made it: alert, version, segment, column.
  const [alert, version, segment, column] = JSON.parse(key) as [string, string | null, string, string];
  return {
    alert,
    state: verdict.state === "firing" ? "firing" : "pending",
    severity: fired?.severity ?? rules.find((rule) => rule.alert === alert)?.severity ?? "",
    model: name,
    ...(version === null ? {} : { version }),
    ...(segment === "all" ? {} : { segment }),
    ...(column === "" ? {} : { column }),
    ...(fired === undefined ? {} : { score: fired.score }),
    ...(movers === undefined ? {} : { movers }),
  };
}

/** Those that a rule could judge, and those of which an alert goes on while it cannot. */
export function versionsCompared(
  model: string,
  { panes, cohorts }: Judges,
  rules: readonly Rule[],
): MetricsView["versionsCompared"] {
  const found = new Map<string, MetricsView["versionsCompared"][number]>();
  const add = (pair: VersionPair, differs: boolean): void => {
    const key = JSON.stringify([pair.version, pair.against]);
    found.set(key, { model, ...pair, differs: differs || found.get(key)?.differs === true });
  };
  for (const pair of [...panes.comparedPairs(), ...cohorts.comparedPairs()]) add(pair, false);
  for (const { alert } of [...panes.standings.values(), ...cohorts.standings.values()]) {
    const rule = rules.find((candidate) => candidate.alert === alert?.alert);
    const pair = rule && alert && pairOf({ rule, labels: alert });
    if (pair !== undefined) add(pair, true);
  }
  return [...found.values()];
}

function changedFields({ schema }: Judges): Record<ChangeKind, number> {
  const counts = { new: 0, gone: 0, type: 0, enum: 0, format: 0, nullability: 0, declared: 0 };
  for (const { kind } of schema.changes) counts[kind] += 1;
  return counts;
}

function rulesOf({ model, reference }: FittedModel): ShownRule[] {
  return model.rules.flatMap((rule) => {
    const shown = { model: model.name, alert: rule.alert };
    // Each part of a comparison has a limit of its own.
    if (rule.compare !== undefined) return [];
    if (rule.limitsByType === undefined) return [{ ...shown, threshold: rule.limit.value }];
    return judgedColumns(rule, { model, columns: reference.columns, measures: MEASURES }).map((column) => ({
      ...shown,
      column,
      threshold: limitOfColumn(rule, reference, column),
    }));
  });
}

function partitionsOf(engine: Engine, sources: readonly Source[]): ShownPartition[] {
  return sources.flatMap((source) =>
    source
      .partitions()
      .filter(({ assigned }) => assigned)
      .map(({ stream, partition, end, next }) => {
        const group = engine.tasks.groups.find(({ streams }) => streams.some(({ name }) => name === stream));
        const progress = group && engine.tasks.get(group.name, partition)?.streams.get(stream);
        const watermark = progress?.clock.watermark ?? Number.NaN;
        return {
          stream,
          partition,
          lag: Math.max(0, end - next),
          watermark,
          newestEvent: watermark,
          idle: progress?.idle ?? false,
        };
      }),
  );
}
