import { schedule as startTask } from "node-cron";
import type { Logger as CronLogger, ScheduledTask } from "node-cron";
import type { Log } from "./log.ts";

/** Work by the clock: upkeep, re-sends, reference refresh. A job never overlaps itself and never throws. */
export interface Schedule {
  /** Every so many seconds, however the wall clock may be set meanwhile. */
  every(name: string, seconds: number, job: Job): void;
  /** By a cron expression of five fields, or six with seconds first; UTC. */
  at(name: string, expression: string, job: Job): void;
  /** Forgets a job; it may be added anew. What of it runs goes on to its end. */
  cancel(name: string): void;
  /** Runs a job now, unless it is running. Settles when it has ended. */
  run(name: string): Promise<void>;
  counts(): readonly JobCounts[];
  /** No job starts any more; settles when those that run have ended, cancelled ones too. */
  stop(): Promise<void>;
}

type Job = () => unknown;

interface JobCounts {
  readonly job: string;
  readonly runs: number;
  readonly failures: number;
  /** Times that came while the job was still running. */
  readonly skipped: number;
}

interface Entry {
  readonly name: string;
  readonly job: Job;
  task?: ScheduledTask;
  timer?: NodeJS.Timeout;
  running?: Promise<void>;
  runs: number;
  failures: number;
  skipped: number;
}

export function createSchedule({ log }: { readonly log: Log }): Schedule {
  const entries = new Map<string, Entry>();
  const running = new Set<Promise<void>>();
  let stopped = false;

  const run = (entry: Entry): Promise<void> => {
    if (stopped) return Promise.resolve();
    if (entry.running !== undefined) {
      entry.skipped += 1;
      return Promise.resolve();
    }
    const work = runJob(entry, log).finally(() => {
      delete entry.running;
      running.delete(work);
    });
    entry.running = work;
    running.add(work);
    return work;
  };

  const add = (name: string, job: Job): Entry => {
    if (entries.has(name)) throw new RangeError(`There is a job ${name} already.`);
    const entry: Entry = { name, job, runs: 0, failures: 0, skipped: 0 };
    entries.set(name, entry);
    return entry;
  };

  const at = (name: string, expression: string, job: Job): void => {
    const entry = add(name, job);
    entry.task = startTask(expression, () => run(entry), {
      name,
      timezone: "Etc/UTC",
      logger: cronLogger(name, log),
    });
  };

  // Cron waits for marks of the wall clock: set back by an hour, it would let nothing run for an hour; set on by a year, it
  // would look at every mark of that year.
  const every = (name: string, seconds: number, job: Job): void => {
    if (!(seconds > 0)) throw new RangeError(`A job cannot run every ${seconds} s.`);
    const entry = add(name, job);
    entry.timer = setInterval(() => void run(entry), 1000 * seconds);
  };

  return {
    at,
    every,
    cancel(name) {
      const entry = entries.get(name);
      if (entry === undefined) return;
      entries.delete(name);
      clearInterval(entry.timer);
      void entry.task?.destroy();
    },
    async run(name) {
      const entry = entries.get(name);
      if (entry === undefined) throw new RangeError(`There is no job ${name}.`);
      await run(entry);
    },
    counts: () =>
      [...entries.values()].map(({ name, runs, failures, skipped }) => ({
        job: name,
        runs,
        failures,
        skipped,
      })),
    async stop() {
      stopped = true;
      for (const { timer, task } of entries.values()) {
        clearInterval(timer);
        await task?.destroy();
      }
      await Promise.all(running);
    },
  };
}

async function runJob(entry: Entry, log: Log): Promise<void> {
  entry.runs += 1;
  try {
    await entry.job();
  } catch (err) {
    entry.failures += 1;
    log.error({ job: entry.name, err }, "job failed");
  }
}

function cronLogger(job: string, log: Log): CronLogger {
  const text = (message: string | Error): string => (message instanceof Error ? message.message : message);
  return {
    info: (message) => log.debug({ job }, message),
    warn: (message) => log.warn({ job }, message),
    error: (message, err) => log.error({ job, err }, text(message)),
    debug: (message) => log.debug({ job }, text(message)),
  };
}
