import { setTimeout as sleep } from "node:timers/promises";
import type { StreamConfig } from "../config/config.ts";
import { loadLane } from "./http-lane.ts";
import type { Lane, Load, Outcome, Submission, TurnedAway } from "./http-lane.ts";
import type { SourceListener } from "./source.ts";

/**
 * Commits begin at least this far apart, ms, so that many requests share one; a lone request does not wait, nor do all where
 * every connection waits for its answer: nobody is left to come along.
 */
const COMMIT_INTERVAL = 20;
/** Between attempts while the task is not ours, and in all, ms. */
const RETRY = 50;
const PATIENCE = 5_000;

const UNAVAILABLE: Outcome = { status: "unavailable" };
const DURABLE: Outcome = { status: "durable", rejected: [] };

/** Who makes groups of requests durable. */
type Committer = Pick<SourceListener, "deliver">;

/** What was sent and is not durable yet. Groups of requests are committed together, one group at a time. */
export interface Queue {
  submit(stream: StreamConfig, member: Submission | TurnedAway): void;
  /** Begins to commit what has come; until then it waits. */
  open(listener: Committer): void;
  /** Commits what waits and ends; what comes afterwards is unavailable. */
  close(): Promise<void>;
  /** By stream: requests that came, and those that were answered. */
  progressOf(stream: string): { readonly received: number; readonly answered: number };
  /** Wall-clock ms since when the oldest request waits; undefined where none does. */
  waitingSince(): number | undefined;
}

function isTold(member: Submission | TurnedAway): boolean {
  return "isTold" in member && member.isTold;
}

export function createQueue(options: {
  readonly streams: readonly StreamConfig[];
  readonly clock: () => number;
  /** How many connections there are that requests come from: each brings one, and then waits. */
  readonly senders: () => number;
}): Queue {
  const { clock, senders } = options;
  // A label that comes with its prediction finds it.
  const ordered = options.streams.toSorted(
    (a, b) => Number(a.role === "labels") - Number(b.role === "labels"),
  );
  const lanes = ordered.map(({ name }): Lane => ({ stream: name, waiting: [] }));
  const byName = new Map(lanes.map((lane) => [lane.stream, { lane, received: 0, answered: 0 }]));
  let listener: Committer | undefined;
  let running = Promise.resolve();
  let isRunning = false;
  let isClosed = false;
  let begun = Number.NEGATIVE_INFINITY;
  let since: number | undefined;
  let wake: (() => void) | undefined;
  /** A commit has not ended in good time. */
  let isStuck = false;

  /** Whether all wait who could send. */
  const isComplete = (): boolean => {
    let waiting = 0;
    for (const lane of lanes) waiting += lane.waiting.length;
    return waiting >= senders();
  };

  /** In how many ms the next commit may begin. */
  const dueIn = (): number => {
    return isClosed || isComplete() ? 0 : Math.ceil(begun + COMMIT_INTERVAL - performance.now());
  };

  /** Lets more come along before the next commit. */
  const gather = async (): Promise<void> => {
    for (let left = dueIn(); left > 0; left = dueIn()) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, left);
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  };

  const settle = ({ stream, members, rejected }: Load, isDurable: boolean): void => {
    const entry = byName.get(stream);
    if (entry !== undefined) entry.answered += members.length;
    for (const member of members) {
      const told = "request" in member ? rejected.get(member) : undefined;
      if (!isDurable) member.done(UNAVAILABLE);
      else member.done(told === undefined ? DURABLE : { status: "durable", rejected: told });
    }
  };

  /** Delivers loads until they are durable; those that are not in good time are given up. */
  const commit = async (loads: readonly Load[], to: Committer): Promise<void> => {
    let left = loads;
    for (const end = performance.now() + PATIENCE; left.length > 0;) {
      const tried = left;
      for (const { rejected } of tried) rejected.clear();
      const durable = await to.deliver(tried.map(({ delivery }) => delivery)).catch(() => undefined);
      left = tried.filter((_, position) => durable?.[position] !== true);
      for (const load of tried) if (!left.includes(load)) settle(load, true);
      if (left.length === 0) break;
      if (durable === undefined || performance.now() >= end) {
        for (const load of left) settle(load, false);
        break;
      }
      await sleep(RETRY);
    }
  };

  /** Whoever is told of each item can send again: better than to wait for a commit that does not end. */
  const refuseWaiting = (): void => {
    isStuck = true;
    for (const entry of byName.values()) {
      const told = entry.lane.waiting.filter(isTold);
      const rest = entry.lane.waiting.filter((member) => !isTold(member));
      entry.lane.waiting.splice(0, Number.POSITIVE_INFINITY, ...rest);
      entry.answered += told.length;
      for (const member of told) member.done(UNAVAILABLE);
    }
  };

  const commitInTime = async (loads: readonly Load[], to: Committer): Promise<void> => {
    const timer = setInterval(refuseWaiting, PATIENCE);
    await commit(loads, to).finally(() => clearInterval(timer));
    isStuck = false;
  };

  const run = async (to: Committer): Promise<void> => {
    while (lanes.some(({ waiting }) => waiting.length > 0)) {
      await gather();
      begun = performance.now();
      const loads = lanes.flatMap((lane) => loadLane(lane) ?? []);
      await commitInTime(loads, to);
      since = lanes.some(({ waiting }) => waiting.length > 0) ? clock() : undefined;
    }
    isRunning = false;
  };

  const start = (): void => {
    if (listener === undefined || isRunning) return;
    const to = listener;
    isRunning = true;
    // What comes in the same turn of the event loop goes along.
    running = new Promise<void>((resolve) => setImmediate(resolve)).then(() => run(to));
  };

  return {
    submit(stream, member) {
      const entry = byName.get(stream.name);
      if (isClosed || entry === undefined || (isStuck && isTold(member))) return member.done(UNAVAILABLE);
      entry.received += 1;
      entry.lane.waiting.push(member);
      since ??= clock();
      if (isComplete()) wake?.();
      start();
    },
    open(to) {
      listener = to;
      if (lanes.some(({ waiting }) => waiting.length > 0)) start();
    },
    async close() {
      isClosed = true;
      wake?.();
      await running;
      for (const { waiting } of lanes) for (const member of waiting.splice(0)) member.done(UNAVAILABLE);
    },
    progressOf(stream) {
      const { received = 0, answered = 0 } = byName.get(stream) ?? {};
      return { received, answered };
    },
    waitingSince: () => since,
  };
}
