import type { Departure } from "./departure.ts";
import type { Pipeline } from "./pipeline.ts";
import type { Clock } from "../runtime/clock.ts";
import type { Lifecycle } from "../runtime/lifecycle.ts";
import type { Schedule } from "../runtime/schedule.ts";
import type { Source } from "../stream/source.ts";

/** What the daemon does by the clock, and once more before it ends. */
export interface Jobs {
  /** What the wall clock decides. */
  tick(): Promise<void>;
  /** Commits what is in hand. */
  flush(): Promise<void>;
  /** Tells the sources how far they are committed. */
  report(): Promise<void>;
}

/** Schedules the upkeep of a pipeline; what must be done last is registered with the lifecycle. */
export function startJobs(options: {
  readonly pipeline: Pipeline;
  readonly sources: readonly Source[];
  readonly schedule: Schedule;
  readonly departure: Departure;
  readonly lifecycle: Lifecycle;
  readonly clock: Clock;
}): Jobs {
  const { pipeline, sources, schedule, departure, lifecycle, clock } = options;
  const { fleet, judging, ingestion, alignment } = pipeline;
  const every = (name: string, seconds: number, work: () => Promise<unknown>): void =>
    schedule.every(name, seconds, () => departure.attempt(work));
  const judge = (): Promise<void> => ingestion.exclusive(() => judging.judge());
  const jobs: Jobs = {
    tick: () =>
      ingestion.exclusive(async () => {
        alignment.align(clock.tick());
        await judging.judge();
      }),
    flush: () => departure.attempt(() => ingestion.flush(true)),
    async report() {
      const positions = ingestion.commits.takeCommitted();
      if (positions.length === 0) return;
      await Promise.all(sources.map((source) => source.reportCommitted(positions)));
    },
  };
  lifecycle.onStop("last commit", jobs.flush);
  every("commit", 1, () => ingestion.flush());
  every("judge by the clock", 5, jobs.tick);
  every("tell again", 15, () => judging.tellAgain());
  schedule.every("report offsets", 5, jobs.report);
  lifecycle.onStop("alerts", () => departure.attempt(() => judging.stop()));
  if (fleet === undefined) return jobs;
  every("lead", 3, () => judging.renew());
  every("look at the other members", 1, async () => {
    await ingestion.lookAround();
    await judge();
  });
  const judgeLast = async (): Promise<void> => {
    // What was committed last is judged, unless somebody else is there to do it.
    await judging.renew();
    await ingestion.lookAround();
    await judge();
  };
  lifecycle.onStop("lead", () => departure.attempt(judgeLast));
  return jobs;
}
