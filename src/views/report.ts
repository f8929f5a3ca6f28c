import type { Engine } from "../engine/engine.ts";
import type { LearningProgress } from "../evaluation/learning.ts";
import type { StreamLedger } from "../event/ledger.ts";
import { DROP_REASONS } from "../event/reason.ts";
import type { ModelReport, Report, ReportedCohort, StreamReport } from "../publish/report.ts";
import { lineageOf } from "../rules/lineage.ts";
import type { FittedModel } from "../rules/fitted-model.ts";
import type { Store } from "../state/store.ts";
import { modelStatistics } from "./alert-statistics.ts";
import { viewCohorts } from "./cohorts.ts";
import { fleetLedgers } from "./metrics.ts";
import { reportAlerts } from "./report-alerts.ts";
import { reportChanges } from "./report-changes.ts";
import { countRows, periodOf } from "./report-rows.ts";

/** What a report is made of. */
export interface ReportParts {
  readonly engine: Engine;
  readonly store: Store;
  /** By model that learns its reference: how far it has come. */
  readonly learning: ReadonlyMap<string, LearningProgress>;
}

/** Which report it is, when it is made, and of how long a time; ms. */
export interface ReportQuestion {
  readonly name: string;
  readonly now: number;
  readonly last: number;
}

/** What became of every model that is judged here in the last so many ms of event time, up to its newest closed pane. */
export async function viewReport(parts: ReportParts, { name, now, last }: ReportQuestion): Promise<Report> {
  const { engine } = parts;
  const ledgers = Object.entries(fleetLedgers(engine));
  const streams = Object.fromEntries(ledgers.map(([stream, ledger]) => [stream, reportStream(ledger)]));
  const models: ModelReport[] = [];
  for (const fitted of engine.models)
    if (!engine.standsBy(fitted.model.name)) models.push(await reportModel(parts, fitted, last));
  const at = new Date(now).toISOString();
  return { report: name, at, last: last / 1000, models: models.toSorted(byUrgency), streams };
}

async function reportModel(
  { engine, store, learning }: ReportParts,
  fitted: FittedModel,
  last: number,
): Promise<ModelReport> {
  const { name } = fitted.model;
  const judges = engine.judgesOf(name);
  const { closedThrough, began } = judges.panes;
  const hasClosed = Number.isFinite(closedThrough);
  const { since, until } = periodOf(closedThrough, last);
  const progress = learning.get(name);
  // All that the engine says before anything is waited for, so that its numbers belong together.
  const told = {
    model: name,
    ...(progress && { learning: progress.share }),
    ...(hasClosed && {
      period: {
        since: timeOf(since),
        until: timeOf(until),
        ...(began > since && { countedSince: timeOf(began) }),
      },
    }),
    ...reportAlerts([...judges.history.lately(), ...engine.firing(name)], since),
    statistics: modelStatistics(fitted, judges),
    ...reportChanges(judges),
    lineage: lineageOf(fitted),
  };
  const rows = hasClosed ? await countRows(store, fitted, { since, until }) : NO_ROWS;
  const cohort = await lastCohort({ engine, store, models: [fitted] });
  return { ...told, ...rows, ...(cohort && { cohort }) };
}

const NO_ROWS = { rows: { measured: 0, invalid: 0 }, versions: [] };

/** The newest that was judged; before there is one, the newest. */
async function lastCohort(parts: Parameters<typeof viewCohorts>[0]): Promise<ReportedCohort | undefined> {
  const cohorts = await viewCohorts(parts);
  const found = cohorts.find(({ state }) => state === "judged") ?? cohorts[0];
  if (found === undefined) return undefined;
  const { from, to, state, scores } = found;
  const ofAll = scores.flatMap(({ segment, ...one }) => (segment === undefined ? [one] : []));
  return { from, to, state, scores: ofAll };
}

function reportStream(ledger: StreamLedger): StreamReport {
  const { received, measured, waiting, undecodable, oversize } = ledger;
  const dropped = DROP_REASONS.filter((reason) => ledger.dropped[reason] > 0).map((reason) => [
    reason,
    ledger.dropped[reason],
  ]);
  return { received, measured, waiting, undecodable, oversize, dropped: Object.fromEntries(dropped) };
}

/** What fires comes first, then what fired, then what came nearest a limit. */
function byUrgency(left: ModelReport, right: ModelReport): number {
  const weights = ({ alerts, changes }: ModelReport): number[] => [
    alerts.filter(({ state }) => state === "firing").length,
    alerts.length,
    changes[0]?.share ?? 0,
  ];
  const [a, b] = [weights(left), weights(right)];
  const different = a.findIndex((weight, position) => weight !== b[position]);
  return different < 0 ? 0 : (b[different] ?? 0) - (a[different] ?? 0);
}

function timeOf(time: number): string {
  return new Date(time).toISOString();
}
