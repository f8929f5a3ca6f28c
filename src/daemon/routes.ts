import { knownAlerts } from "../evaluation/alert-records.ts";
import { viewAlertStatistics } from "../views/alert-statistics.ts";
import type { Config, StreamConfig } from "../config/config.ts";
import { MINUTE } from "../config/quantity.ts";
import { viewCohorts } from "../views/cohorts.ts";
import { viewComparison } from "../views/comparison.ts";
import type { Ingestion } from "../ingestion/ingestion.ts";
import type { Judging } from "../evaluation/judging.ts";
import { viewCounts } from "../views/counts.ts";
import { fleetLedgers, viewMetrics, type ViewParts } from "../views/metrics.ts";
import { createPrometheus } from "../publish/prometheus.ts";
import type { Clock } from "../runtime/clock.ts";
import type { Server } from "../runtime/server.ts";
import { viewCandidateFile, viewReferenceFile, viewReferences } from "../views/references.ts";
import { viewSchemas } from "../views/schema.ts";
import { viewWithheldNames } from "../views/withheld-names.ts";
import type { Store } from "../state/store.ts";
import { MEASURES } from "../statistics/measures.ts";
import { registerAccounting } from "../web/api/accounting.ts";
import { registerAlerts } from "../web/api/alerts.ts";
import { registerCohorts } from "../web/api/cohorts.ts";
import { registerComparison } from "../web/api/comparison.ts";
import { registerCounts } from "../web/api/counts.ts";
import { registerHealth } from "../web/api/health.ts";
import { registerMetrics } from "../web/api/metrics.ts";
import { registerReferences } from "../web/api/references.ts";
import { registerSchema } from "../web/api/schema.ts";

/** What is waited for, and said in a sentence: a source, a sink, the store. */
interface Awaited {
  outage?(): string | undefined;
}

export interface RoutesOptions {
  readonly config: Pick<Config, "metrics">;
  readonly streams: readonly StreamConfig[];
  readonly parts: Omit<ViewParts, "segments" | "requests">;
  readonly store: Store;
  readonly clock: Clock;
  /** All but the sources, which `parts` has. */
  readonly awaited: readonly Awaited[];
  readonly judgeAlert: Judging["judgeAlert"];
  readonly unknownModels: Ingestion["unknownModels"];
  /** Whether the sender of a request with this `Authorization` header may change anything. */
  readonly allows: (authorization: string | undefined) => Promise<boolean>;
  readonly notReady: () => string | undefined;
}

/** No fetch and no heartbeat for so long means stuck, ms. */
const PATIENCE = MINUTE;

const ELSEWHERE = "Another member of the fleet judges: ask the one whose driftd_leads is 1.";

/** Everything that the daemon answers over HTTP, but for the events that are sent to it. */
export function registerRoutes(server: Server, options: RoutesOptions): void {
  const { config, parts, store, clock, awaited, unknownModels } = options;
  const { engine, sources } = parts;
  const { segments, maxLines } = config.metrics;
  const requests = () => server.requests.read();
  const view = () => viewMetrics({ ...parts, segments, requests });
  registerMetrics(server, createPrometheus({ view, measures: MEASURES, segments, maxLines }));
  registerAccounting(server, {
    ledgers: () => fleetLedgers(engine),
    unknownModels,
    namesWithheld: (ledgers) => viewWithheldNames(engine, options.streams, ledgers),
    requests,
  });
  registerAlerts(server, {
    alerts: () => knownAlerts(engine),
    statistics: () => viewAlertStatistics(engine),
    judge: (id, name, said) =>
      options.judgeAlert(id, name, { ...said, at: new Date(clock.tick().now).toISOString() }),
    allows: options.allows,
    elsewhere: () => (parts.leads() === false ? ELSEWHERE : undefined),
  });
  registerCounts(server, { counts: (query) => viewCounts({ engine, store }, query) });
  registerReferences(server, {
    references: () => viewReferences({ engine, store }, parts.learning()),
    file: (model) => viewReferenceFile(engine, model),
    candidate: (model) => viewCandidateFile({ engine, store }, model),
  });
  registerSchema(server, { schemas: () => viewSchemas(engine, engine.models) });
  registerComparison(server, {
    compare: ({ model, ...pair }) => viewComparison({ engine, store }, model, pair),
    elsewhere: () => (parts.leads() === false ? ELSEWHERE : undefined),
  });
  registerCohorts(server, { cohorts: () => viewCohorts({ engine, models: engine.models, store }) });
  registerHealth(server, {
    clock,
    patience: PATIENCE,
    lastProgress: () => {
      const { now } = clock.tick();
      // It waits for others, who would keep it waiting after a restart too.
      if (awaited.some((part) => part.outage?.() !== undefined)) return now;
      return Math.min(now, ...sources.map((source) => source.lastProgress()));
    },
    outages: () => [...sources, ...awaited].flatMap((part) => part.outage?.() ?? []),
    standby: () => sources.flatMap((source) => source.standby?.() ?? []),
    notReady: options.notReady,
  });
}
