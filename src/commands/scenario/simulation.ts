import { setImmediate } from "node:timers/promises";
import { CodedError } from "../../config/coded-error.ts";
import type { StreamConfig } from "../../config/config.ts";
import { MINUTE } from "../../config/quantity.ts";
import type { Engine } from "../../engine/engine.ts";
import { publicKeys } from "../../event/ids.ts";
import type { FittedModel } from "../../rules/fitted-model.ts";
import type { Transition } from "../../verdict/alert.ts";
import { markCommitted } from "../../window/stream-progress.ts";
import { openReplay } from "../replay/replay.ts";
import { openCohorts } from "./cohorts.ts";
import { openFields } from "./drawn-fields.ts";
import { createRandom } from "./random.ts";
import type { Synthetic } from "./scenario.ts";
import { openTraffic } from "./traffic.ts";

/** Called behind every look of the judges, at that time of the simulated clock, ms. */
export type Watch = (engine: Engine, now: number) => void;

/** Event time that is judged in one go, ms: what panes say does not depend on it. */
const JUDGED_TOGETHER = 30 * MINUTE;
/** Somebody watches so often at most. */
const MOST_LOOKS = 400;

/**
 * Plays a story through the engine. No event is made: the panes and cohorts that a task would have committed are written into
 * the store of a replay, its watermark moves on, and the evaluation of the daemon reads and judges them on a clock that shows
 * event time. Answers all transitions in order.
 */
export async function simulate(options: {
  readonly fitted: FittedModel;
  readonly story: Synthetic;
  readonly seed: number;
  readonly watch?: Watch;
  /** Told of all rows that are drawn. */
  readonly onRows?: Parameters<typeof openTraffic>[0]["onRows"];
  /** Told now and then how much has been played, 0 to 1. */
  readonly onProgress?: (done: number) => void;
  /** Rejects with INTERRUPTED soon after it is aborted. */
  readonly signal: AbortSignal;
}): Promise<readonly Transition[]> {
  const { fitted, story, seed, watch, onRows, onProgress, signal } = options;
  const { model, counting } = fitted;
  const replay = await openReplay({
    streams: streamsOf(fitted),
    models: [fitted],
    keys: publicKeys(),
    maxRecordBytes: 0,
    receivedAt: { now: story.start },
    isLive: true,
  });
  const { engine, store } = replay;
  const random = createRandom(seed);
  const traffic = openTraffic({ fitted, story: { ...story, seed }, random, ...(onRows && { onRows }) });
  const fields = openFields({ fitted, story: { ...story, seed } });
  const cohorts = openCohorts({ fitted, story: { ...story, seed }, random });
  const end = story.start + story.lasts;
  const step = counting.pane;
  const together = watch === undefined ? JUDGED_TOGETHER : story.lasts / MOST_LOOKS;
  const seen = new Set<string>();
  let judged = story.start;
  for (let start = story.start; start < end; start += step) {
    const now = start + step;
    const drawn = traffic.draw(start);
    if (drawn !== undefined) {
      const unknown = drawn.panes.map(({ version }) => version).filter((version) => !seen.has(version));
      if (unknown.length > 0) {
        for (const version of unknown) seen.add(version);
        engine.setVersions(model.name, await store.admitVersions(model.name, unknown, model.versions.keep));
      }
      cohorts?.add(start, drawn.rows);
      const told = fields === undefined ? [] : [fields.draw(start, drawn)];
      await store.writePanes([...drawn.panes, ...told, ...(cohorts?.takeEnded(now) ?? [])]);
      reach(engine, now);
    }
    // Of a silence, and of its end, only the clock tells.
    const isByClock = drawn === undefined || engine.judgesOf(model.name).clock.standings.size > 0;
    if (!isByClock && now < end && now - judged < together) continue;
    judged = now;
    await replay.advanceTo(now);
    watch?.(engine, now);
    onProgress?.((now - story.start) / story.lasts);
    // A store in memory never waits: without this nobody would hear of Ctrl-C.
    await setImmediate();
    if (signal.aborted) throw new CodedError("INTERRUPTED", "Stopped before all scenarios were played.");
  }
  reach(engine, end + counting.lateness);
  await replay.advanceTo(end + counting.lateness);
  watch?.(engine, end);
  return replay.transitions.toSorted((a, b) => a.at - b.at);
}

/** Streams that nothing is ever read from. */
function streamsOf({ labels }: FittedModel): StreamConfig[] {
  const common = { format: "native", map: {}, from: "earliest", maxAhead: 0, idleAfter: 0 } as const;
  const events: StreamConfig = { ...common, name: "events", role: "inference", topic: "events" };
  return labels === undefined
    ? [events]
    : [events, { ...common, name: "labels", role: "labels", of: "events", topic: "labels" }];
}

/** All streams have come to `time`, and it is committed. */
function reach(engine: Engine, time: number): void {
  for (const { task } of engine.tasks.all()) {
    for (const progress of task.streams.values()) {
      progress.clock.watermark = time;
      progress.clock.recordTime = time;
      markCommitted(progress);
    }
  }
}
