import { DAY, formatDuration } from "../config/quantity.ts";
import { ARRIVALS } from "../counts/tails.ts";
import type { Engine } from "../engine/engine.ts";
import type { AcceptedCounts } from "../reference/acceptance.ts";
import { buildCandidate, countWindows, measureDistances } from "../reference/candidate.ts";
import { writeReference } from "../reference/reference-file.ts";
import type { Reference } from "../reference/reference.ts";
import { askedWindows } from "../rules/asked-options.ts";
import type { FittedModel } from "../rules/fitted-model.ts";
import type { Clock } from "../runtime/clock.ts";
import type { Log } from "../runtime/log.ts";
import type { Store } from "../state/store.ts";
import { MOST_ENDED } from "../verdict/alert-history.ts";
import { knownAlerts } from "./alert-records.ts";
import { addBySegment, countsOfColumn, readKept, sectionsOf } from "./kept-counts.ts";
import {
  candidateName,
  describeRefresh,
  isRefreshName,
  refreshesIn,
  refreshName,
  writeRefresh,
  type RefreshReport,
} from "./refresh-report.ts";

export interface RefreshOptions {
  readonly engine: Engine;
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * Makes candidates for references of what the store has counted. None is ever taken into use by itself, since a baseline that
 * moves by itself hides whatever moves slowly.
 */
export class Refresh {
  private readonly options: RefreshOptions;
  private reports: Map<string, RefreshReport> = new Map();

  constructor(options: RefreshOptions) {
    this.options = options;
  }

  /** Takes up what was recorded, among whatever else. */
  restore(models: readonly FittedModel[], recorded: ReadonlyMap<string, Uint8Array>): void {
    this.reports = refreshesIn(models, recorded);
  }

  /** What came of the last refresh of a model, while its reference is still the one in use. */
  reportOf(model: string): RefreshReport | undefined {
    return this.reports.get(model);
  }

  /** Makes the candidate of a model, in place of the one before, or says why there is none. False where somebody else judges by now. */
  async run(model: string): Promise<boolean> {
    const { engine, store, log } = this.options;
    const fitted = engine.models.find((one) => one.model.name === model);
    if (fitted?.model.refresh === undefined) return true;
    const { report, candidate } = await this.build(fitted, fitted.model.refresh.last);
    const isWritten = await store.writeJudgement(
      new Map([
        [refreshName(model), writeRefresh(report)],
        [candidateName(model), candidate === undefined ? null : writeReference(candidate)],
      ]),
    );
    if (!isWritten) return false;
    this.reports.set(model, report);
    const { rows, candidate: id, from, to } = report;
    const level = id === undefined || report.alerts.length > 0 ? "warn" : "info";
    log[level]({ model, candidate: id, rows, from, to }, describeRefresh(model, report));
    return true;
  }

  /** Deletes what was made from a reference that is not in use any more, or for a model that asks for none. */
  async sweep(models: readonly FittedModel[]): Promise<boolean> {
    const { store } = this.options;
    const recorded = await store.readJudgement();
    const kept = new Set(
      [...refreshesIn(models, recorded).keys()].flatMap((model) => [
        refreshName(model),
        candidateName(model),
      ]),
    );
    const old = [...recorded.keys()].filter((name) => isRefreshName(name) && !kept.has(name));
    return old.length === 0 || store.writeJudgement(new Map(old.map((name) => [name, null])));
  }

  private async build(
    fitted: FittedModel,
    last: number,
  ): Promise<{ report: RefreshReport; candidate?: Reference }> {
    const { engine, store, clock } = this.options;
    const { model, reference, counting } = fitted;
    const { closedThrough, began } = engine.judgesOf(model.name).panes;
    const base = { at: new Date(clock.tick().now).toISOString(), reference: reference.id };
    const early = refuseSpan({ closedThrough, began, last });
    if (early !== undefined)
      return { report: { ...base, refused: [early], rows: 0, windows: {}, columns: [], alerts: [] } };
    const from = Math.floor((closedThrough - last) / DAY) * DAY;
    const panes = (await readKept(store, counting, { from, to: closedThrough, closedThrough })).filter(
      ({ version }) => fitted.references?.has(version) !== true,
    );
    const bySegment = addBySegment(panes, counting.layout);
    const columns = new Map<string, AcceptedCounts>();
    for (const { ref } of counting.columns) {
      const sections = sectionsOf(counting.layout, ref.column);
      if (sections !== undefined) columns.set(ref.column, countsOfColumn(bySegment, sections));
    }
    const since = panes.reduce((least, { start }) => Math.min(least, start), closedThrough);
    const span = { since, until: closedThrough, windowSizes: askedWindows(model) };
    const reason = `refresh: the last ${formatDuration(last)}`;
    const built = buildCandidate(reference, { ...span, reason, columns });
    const candidate = "candidate" in built ? built.candidate : undefined;
    return {
      ...(candidate && { candidate }),
      report: {
        ...base,
        ...(candidate && { candidate: candidate.id }),
        refused: "refused" in built ? built.refused : [],
        from: new Date(since).toISOString(),
        to: new Date(closedThrough).toISOString(),
        rows: bySegment.get("all")?.[ARRIVALS.measured] ?? 0,
        windows: Object.fromEntries(
          countWindows(span).map(({ size, windows }) => [formatDuration(size), windows]),
        ),
        columns: measureDistances(reference, columns),
        ...alertsIn(engine, model.name, span),
      },
    };
  }
}

/** Part of a span would stand for all of it, and what is missing may be what differs. */
function refuseSpan(counted: {
  readonly closedThrough: number;
  readonly began: number;
  readonly last: number;
}): string | undefined {
  const { closedThrough, began, last } = counted;
  if (!Number.isFinite(closedThrough) || Number.isNaN(began)) return "Nothing has been counted yet.";
  if (began <= closedThrough - last) return undefined;
  return (
    `The last ${formatDuration(last)} are not all counted: the store has counts on these bins since ${new Date(began).toISOString()}. ` +
    `They reach back far enough once ${new Date(began + last).toISOString()} is judged.`
  );
}

/** Those that fired in the span, as far as they are still known. */
function alertsIn(
  engine: Engine,
  model: string,
  { since, until }: { readonly since: number; readonly until: number },
): Pick<RefreshReport, "alerts" | "alertsKnownSince"> {
  const known = knownAlerts(engine).filter((alert) => alert.model === model);
  const alerts = known
    .filter(({ startsAt, endsAt }) => Date.parse(startsAt) < until && !(Date.parse(endsAt ?? "") <= since))
    .map(({ id, alert, column, version, segment, startsAt, endsAt }) => ({
      id,
      alert,
      ...(column !== undefined && { column }),
      ...(version !== undefined && { version }),
      ...(segment !== undefined && { segment }),
      from: startsAt,
      ...(endsAt !== undefined && { to: endsAt }),
    }));
  const ended = known.flatMap(({ endsAt }) => endsAt ?? []);
  const [oldest] = ended.toSorted();
  const isCut = ended.length >= MOST_ENDED && Date.parse(oldest) > since;
  return { alerts, ...(isCut && { alertsKnownSince: oldest }) };
}
