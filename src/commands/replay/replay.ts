import type { StreamConfig } from "../../config/config.ts";
import type { Tick } from "../../config/tick.ts";
import { createDecoders } from "../../ingestion/decoders.ts";
import { Engine } from "../../engine/engine.ts";
import { Evaluation } from "../../evaluation/evaluation.ts";
import type { DeclaredSchema } from "../../event/declared-schema.ts";
import type { PrivacyKeys } from "../../event/ids.ts";
import type { StreamLedger } from "../../event/ledger.ts";
import type { SourceBatch } from "../../event/records.ts";
import { Ingestion } from "../../ingestion/ingestion.ts";
import { ledgersOf } from "../../views/metrics.ts";
import type { FittedModel } from "../../rules/fitted-model.ts";
import { createSimulatedClock } from "../../runtime/clock.ts";
import { createLog } from "../../runtime/log.ts";
import { createMemoryStore } from "../../state/memory.ts";
import type { Store } from "../../state/store.ts";
import { groupStreams } from "../../engine/task-groups.ts";
import type { Transition } from "../../verdict/alert.ts";
import type { ReviewedSpan } from "../../window/review-plan.ts";
import type { StreamProgress } from "../../window/stream-progress.ts";
import { passOverBefore } from "./passing-over.ts";
import { openSecondJudgement, shareRetention, type SecondJudgement } from "./second-judgement.ts";

export interface ReplayOptions {
  /** Only those that are replayed: a stream that brings nothing holds the panes of its models open. */
  readonly streams: readonly StreamConfig[];
  readonly models: readonly FittedModel[];
  /** By stream: what it declares of its records. */
  readonly schemas?: ReadonlyMap<string, DeclaredSchema>;
  readonly keys: PrivacyKeys;
  /** A record larger than this is not decoded; bytes. */
  readonly maxRecordBytes: number;
  /** The wall clock that event times are held against: what lies ahead of it is invalid, or dropped as `future`. */
  readonly receivedAt: Tick;
  /** Records of before this event time need not be counted, ms: batches that hold no later one are passed over. */
  readonly from?: number;
  /** Whether silence is told of (freshness), by the clock that `advanceTo` moves. History is as old as it is: false. */
  readonly isLive?: boolean;
  /** Rows to a commit, after which closed panes are judged; the verdicts do not depend on it. */
  readonly commitRows?: number;
  /** Called with what was judged, as it is. */
  readonly onTransitions?: (transitions: readonly Transition[]) => void;
  /** Called with what rules picked of the spans that have closed. */
  readonly onReviewed?: (spans: readonly ReviewedSpan[]) => void;
}

/**
 * The daemon's engine over history: the same decoding, counting and judging, in memory, on a clock that stands at the newest
 * event time seen. Nothing is published, no partition is declared idle, and no alert of the monitor itself (blind) is raised.
 * One call at a time, each awaited.
 */
export interface Replay {
  readonly engine: Engine;
  /** Panes written here as a task would commit them are judged like all others, by `judge`. */
  readonly store: Store;
  /** For sources, which ask where to begin and bring batches by themselves; see read-sources.ts. */
  readonly ingestion: Ingestion;
  /** What alerts did so far, in the order in which it was judged: by model, and by event time within each call. */
  readonly transitions: readonly Transition[];
  /** Rows passed over because they are of before `from`, by stream. */
  readonly passedOver: ReadonlyMap<string, number>;
  /**
   * Has what is counted judged by other models, too, from the beginning; they must count alike (`countAlike`). Answers the list
   * of what their alerts will have done. To be called before anything is fed.
   */
  judgeBesides(models: readonly FittedModel[]): Promise<readonly Transition[]>;
  /** Takes records in; commits, and judges what has closed, whenever enough rows have come. */
  feed(batch: SourceBatch): Promise<void>;
  /** Moves the clock on to `now` (ms), commits what has come, judges what has closed, and what the clock decides. */
  advanceTo(now: number): Promise<void>;
  /** Partition `partition` (0 unless given) of a stream has ended: it holds no pane open any more. */
  endStream(stream: string, partition?: number): Promise<void>;
  /** Commits what has come, and judges what has closed. */
  judge(): Promise<void>;
  /** Ends every stream that has not ended, so that all panes close, and judges them. */
  finish(): Promise<void>;
  /** Whether every stream has ended. */
  hasEnded(): boolean;
  /** Whether all panes and cohorts that end at or before `time` (ms) have been judged, of every model that has any. */
  hasJudged(time: number): boolean;
  /** Where the clock stands: the newest event time of streams of events, or what `advanceTo` said; ms, 0 before both. */
  now(): number;
  /** The oldest event time that was counted, of streams of events; ms, Infinity before the first. */
  oldest(): number;
  /** By stream: where every record and row went. */
  ledgers(): Record<string, StreamLedger>;
}

/** Panes close by a commit: the fewer wait for it, the less memory they take. */
const COMMIT_ROWS = 16_384;

/** Opens every stream with one partition, 0; sources that have more say so by themselves. */
export async function openReplay(options: ReplayOptions): Promise<Replay> {
  const { models, isLive = false } = options;
  // No partition is declared idle: how long to wait for more depends on a wall clock, and history has none (STREAMING 12).
  const streams = options.streams.map((stream) => ({ ...stream, idleAfter: Number.POSITIVE_INFINITY }));
  const names = models.map(({ model }) => model.name);
  const groups = groupStreams(streams, names).map((group) => ({
    ...group,
    streams: group.streams.map((stream) => ({ ...stream, bounded: !isLive })),
  }));
  const events = groups.flatMap((group) => group.streams).filter(({ role }) => role !== "labels");
  const engine = new Engine({ groups, models });
  const store = createMemoryStore();
  const storeOfJudges = shareRetention(store);
  const clock = createSimulatedClock(0);
  // Nobody waits for history: what comes a year later in it has not been silent for a year.
  const tick = (): Tick => (isLive ? clock.tick() : { ...clock.tick(), awake: 0 });
  const log = createLog({ level: "silent" });
  const transitions: Transition[] = [];
  const seconds: SecondJudgement[] = [];
  const evaluation = new Evaluation({
    engine,
    store: storeOfJudges(),
    log,
    onTransitions(changed) {
      transitions.push(...changed);
      if (changed.length > 0) options.onTransitions?.(changed);
      return new Map();
    },
    onReviewed(spans) {
      options.onReviewed?.(spans);
      return new Map();
    },
  });
  await evaluation.restore();
  const judgeClosed = async (): Promise<void> => {
    await evaluation.judge(tick());
    for (const second of seconds) await second.judge(tick());
  };
  const seen = passOverBefore(createDecoders({ ...options, streams }), options);
  // Topics find the place by record time, which an event's own time may be ahead of.
  const beginningOf = ({ maxAhead }: StreamConfig): "earliest" | { time: number } =>
    options.from === undefined ? "earliest" : { time: options.from - maxAhead };
  const ingestion = new Ingestion({
    engine,
    store,
    decoders: seen.decoders,
    from: new Map(streams.map((stream) => [stream.name, beginningOf(stream)])),
    clock: { tick },
    log,
    commitEvery: { rows: options.commitRows ?? COMMIT_ROWS, interval: Number.POSITIVE_INFINITY },
    afterCommit: judgeClosed,
    onFenced: () => false,
    onReload: () => Promise.resolve(),
    // Whoever feeds it hears of the failure too.
    onFailure: () => undefined,
    onBatch: () => clock.advanceTo(newestOf(engine)),
  });
  for (const { name } of groups) engine.tasks.setPartitions(name, 1);
  await ingestion.assigned([0]);

  const judge = async (): Promise<void> => {
    await ingestion.flush(true);
    await ingestion.exclusive(judgeClosed);
  };
  return {
    engine,
    store,
    ingestion,
    transitions,
    passedOver: seen.passedOver,
    async judgeBesides(others) {
      const second = await openSecondJudgement({
        models: others,
        counted: engine,
        store: storeOfJudges(),
        log,
      });
      seconds.push(second);
      return second.transitions;
    },
    async feed(batch) {
      await ingestion.batch(batch);
      // Gives up halves that cannot meet any more, as the daemon does every second.
      await ingestion.flush();
    },
    async advanceTo(now) {
      clock.advanceTo(now);
      await judge();
    },
    endStream: (stream, partition = 0) => ingestion.ended(stream, partition),
    judge,
    async finish() {
      for (const { task, partition } of engine.tasks.all()) {
        for (const { name, ended } of task.streams.values()) {
          if (!ended) await ingestion.ended(name, partition);
        }
      }
      await judge();
    },
    hasEnded: () => progressOf(engine).every(({ ended }) => ended),
    hasJudged: (time) =>
      [engine, ...seconds.map((second) => second.engine)].every((each) =>
        each.models.every((fitted) => hasJudged(each, fitted, time)),
      ),
    now: () => clock.tick().now,
    oldest: () => Math.min(...events.map(({ name }) => seen.oldest.get(name) ?? Number.POSITIVE_INFINITY)),
    ledgers: () => ledgersOf(engine),
  };
}

/** The newest event time of all streams of events, ms: labels tell nothing of how far the traffic has come. */
function newestOf(engine: Engine): number {
  let newest = 0;
  for (const { role, clock } of progressOf(engine))
    if (role !== "labels" && clock.watermark > newest) newest = clock.watermark;
  return newest;
}

function progressOf(engine: Engine): StreamProgress[] {
  return [...engine.tasks.all()].flatMap(({ task }) => [...task.streams.values()]);
}

function hasJudged(engine: Engine, { model, counting }: FittedModel, time: number): boolean {
  if (engine.closedThrough(model.name) < time) return false;
  const { outcomes } = counting;
  if (outcomes === undefined) return true;
  const { judgedThrough } = engine.judgesOf(model.name).cohorts;
  return judgedThrough + outcomes.cohort > time;
}
