import type { Judging } from "../evaluation/judging.ts";
import type { FittedModel } from "../rules/fitted-model.ts";
import type { Schedule } from "../runtime/schedule.ts";
import type { Departure } from "./departure.ts";

/** The job that makes a candidate for the reference of a model. */
export function refreshJob(model: string): string {
  return `refresh the reference of ${model}`;
}

/**
 * Has the reference of every model that asks for it refreshed at its times; to be called again with the models that are watched
 * from then on. A time that passes while nobody runs is not caught up.
 */
export function createRefreshJobs(options: {
  readonly schedule: Schedule;
  readonly judging: Pick<Judging, "refresh">;
  readonly departure: Pick<Departure, "attempt">;
}): (models: readonly FittedModel[]) => void {
  const { schedule, judging, departure } = options;
  /** By job: its times. */
  const known = new Map<string, string>();
  return (models) => {
    const wanted = new Map(
      models.flatMap(({ model: { name, refresh } }) => (refresh ? [[name, refresh.schedule] as const] : [])),
    );
    const jobs = new Set([...wanted.keys()].map(refreshJob));
    for (const job of known.keys()) {
      if (jobs.has(job)) continue;
      schedule.cancel(job);
      known.delete(job);
    }
    for (const [model, times] of wanted) {
      const job = refreshJob(model);
      if (known.get(job) === times) continue;
      schedule.cancel(job);
      schedule.at(job, times, () => departure.attempt(() => judging.refresh(model)));
      known.set(job, times);
    }
  };
}
