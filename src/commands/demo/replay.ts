import { setTimeout as sleep } from "node:timers/promises";
import type { Alert } from "../../verdict/alert.ts";
import { openEpisodes, type Episode, type EpisodeList } from "../replay/episodes.ts";
import { findCause } from "./cause.ts";
import type { Cause } from "./cause.ts";
import type { Slice } from "./events.ts";
import type { Fault } from "./fault.ts";
import type { Monitor } from "./monitor.ts";
import { matchFaults } from "./report.ts";
import type { Finding, Report } from "./report.ts";
import { renderAlert } from "./report-text.ts";
import type { Screen } from "./screen.ts";

export interface ReplayOptions {
  readonly monitor: Monitor;
  readonly screen: Screen;
  readonly faults: readonly Fault[];
  /** Event time of the run, ms since the epoch. */
  readonly span: { readonly from: number; readonly to: number };
  /** Seconds of event time per second. */
  readonly speed: number;
  /** Say nothing on the way. */
  readonly json: boolean;
  readonly signal: AbortSignal;
  readonly clock: () => number;
}

/** One run of the demo's stream, and what has fired in it. */
export interface Replay {
  readonly options: ReplayOptions;
  readonly list: EpisodeList;
  /** How far the run came, ms since the epoch. */
  reached: number;
}

export function openReplay(options: ReplayOptions): Replay {
  return { options, list: openEpisodes(), reached: options.span.from };
}

/** Feeds the monitor slice by slice, showing alerts and progress, until the stream ends or the signal comes. */
export async function replaySlices(replay: Replay, slices: AsyncIterable<Slice>): Promise<void> {
  const { monitor, signal, clock } = replay.options;
  const began = clock();
  let events = 0;
  for await (const slice of slices) {
    if (signal.aborted) return;
    note(replay, await monitor.feed(slice));
    replay.reached = slice.until;
    events += slice.events;
    showProgress(replay, events, clock() - began);
    await pace(replay, clock() - began);
  }
  note(replay, await monitor.end());
}

export function reportReplay(replay: Replay, seconds: number): Report {
  const { reached } = replay;
  const { episodes } = replay.list;
  const { monitor, faults, span } = replay.options;
  const findings: Finding[] = episodes.map((episode) => ({ episode, cause: causeOf(replay, episode) }));
  return {
    accounting: monitor.accounting(),
    findings,
    faults: matchFaults(faults, findings, reached),
    from: span.from,
    to: reached,
    budget: monitor.model.budget,
    fitness: monitor.fitness,
    seconds,
  };
}

function note(replay: Replay, transitions: readonly Alert[]): void {
  const { screen, json } = replay.options;
  for (const alert of transitions) {
    const episode = replay.list.note(alert);
    if (!json) screen.say(renderAlert(alert, episode && causeOf(replay, episode), screen.style));
  }
}

function causeOf({ options, list }: Replay, episode: Episode): Cause {
  const { faults, monitor, span } = options;
  const { model, budgetedSeries } = monitor;
  return findCause(episode, {
    faults,
    model,
    episodes: list.episodes,
    budgetedSeries,
    duration: span.to - span.from,
  });
}

function showProgress(replay: Replay, events: number, elapsed: number): void {
  const { screen, span, clock } = replay.options;
  const progress = {
    done: (replay.reached - span.from) / (span.to - span.from),
    eventTime: replay.reached,
    events,
    eventsPerSecond: elapsed > 0 ? (events * 1000) / elapsed : 0,
    alerts: replay.list.episodes.length,
  };
  screen.progress.show(progress, clock());
}

/** Waits until the wall clock has come as far as event time at the speed that was asked for. */
async function pace({ options, reached }: Replay, elapsed: number): Promise<void> {
  const wait = (reached - options.span.from) / options.speed - elapsed;
  if (wait <= 0) return;
  // An abort ends the wait early, and the loop sees it.
  await sleep(wait, undefined, { signal: options.signal }).catch(() => undefined);
}
