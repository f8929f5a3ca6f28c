import type { ReportConfig } from "../config/config.ts";
import { writeReport } from "../publish/report-file.ts";
import { writeMessage } from "../publish/report-message.ts";
import type { Clock } from "../runtime/clock.ts";
import type { Log } from "../runtime/log.ts";
import type { Schedule } from "../runtime/schedule.ts";
import type { Store } from "../state/store.ts";
import { viewReport } from "../views/report.ts";
import type { Departure } from "./departure.ts";
import type { Pipeline } from "./pipeline.ts";

export interface ReportJobsOptions {
  readonly reports: readonly ReportConfig[];
  readonly pipeline: Pick<Pipeline, "engine" | "ingestion" | "judging">;
  readonly store: Store;
  readonly schedule: Schedule;
  readonly departure: Pick<Departure, "attempt">;
  readonly clock: Clock;
  readonly log: Log;
}

/** The job that makes a report. */
export function reportJob(name: string): string {
  return `report ${name}`;
}

/**
 * Has every report made at its times, by whoever judges: of a fleet the member that leads. A time that passes while nobody runs
 * is not caught up. What cannot be written fails the job; what cannot be sent waits in the store.
 */
export function scheduleReports(options: ReportJobsOptions): void {
  const { reports, schedule, departure } = options;
  for (const report of reports)
    schedule.at(reportJob(report.name), report.schedule, () =>
      departure.attempt(() => makeReport(report, options)),
    );
}

async function makeReport(config: ReportConfig, options: ReportJobsOptions): Promise<void> {
  const { pipeline, store, clock, log } = options;
  const { engine, ingestion, judging } = pipeline;
  // Others judge: what stands here is old.
  if (engine.models.every(({ model }) => engine.standsBy(model.name))) return;
  const { name, last, directory, isOnceADay } = config;
  // A timer may be a millisecond early, and the report of midnight would have the date of the day before.
  const now = Math.round(clock.tick().now / 1000) * 1000;
  // Nothing is counted meanwhile, so that the numbers belong together.
  const report = await ingestion.exclusive(() =>
    viewReport({ engine, store, learning: judging.learning() }, { name, now, last }),
  );
  if (directory === undefined) await judging.sendReport(writeMessage(report));
  else
    log.info({ report: name, files: await writeReport(report, { directory, isOnceADay }) }, "report written");
}
