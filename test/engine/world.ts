import type { StreamConfig } from "../../src/config/config.ts";
import { Engine } from "../../src/engine/engine.ts";
import { createDecoder } from "../../src/event/decoder.ts";
import { publicKeys } from "../../src/event/ids.ts";
import { isBalanced, type StreamLedger } from "../../src/event/ledger.ts";
import { Evaluation, type EvaluationOptions } from "../../src/evaluation/evaluation.ts";
import { Fleet } from "../../src/ingestion/fleet.ts";
import { Ingestion, type IngestionOptions } from "../../src/ingestion/ingestion.ts";
import { Learning, type LearningOptions } from "../../src/evaluation/learning.ts";
import { Leadership } from "../../src/evaluation/leadership.ts";
import { ledgersOf } from "../../src/views/metrics.ts";
import { createOutboxes } from "../../src/evaluation/outboxes.ts";
import type { FittedModel } from "../../src/rules/fitted-model.ts";
import { createSimulatedClock, type SimulatedClock } from "../../src/runtime/clock.ts";
import { createLog, type Log } from "../../src/runtime/log.ts";
import { createMemoryStore } from "../../src/state/memory.ts";
import type { Store } from "../../src/state/store.ts";
import type { Position } from "../../src/stream/source.ts";
import { lookAtStreams } from "../../src/ingestion/stream-sight.ts";
import { groupStreams, plansOf } from "../../src/engine/task-groups.ts";
import type { Alert, Transition } from "../../src/verdict/alert.ts";
import type { ReviewedSpan } from "../../src/window/review-plan.ts";
import { batchOf, DAY, HOUR, LIMITS, START, streamsOf, type Sent } from "./fixture.ts";

export interface World {
  readonly fitted: FittedModel;
  readonly store: Store;
  readonly engine: Engine;
  readonly ingestion: Ingestion;
  readonly evaluation: Evaluation;
  readonly clock: SimulatedClock;
  /** Everything that was recorded, in order. */
  readonly transitions: Transition[];
  /** Where each partition goes on, as the store said when it was assigned. */
  readonly next: ReadonlyMap<string, number>;
  /** Where each partition is to be read next. */
  readonly offsets: ReadonlyMap<string, number>;
  /** How often the store was to be read again, and whether that still has to happen. */
  reloads: number;
  isStale: boolean;
  /** How often the group was to be left. */
  rejoins: number;
  /** The first error that stopped the daemon. */
  failure: Error | undefined;
  /** Whether panes are judged after a commit. */
  judging: boolean;
  feed(sent: readonly Sent[], place?: { stream?: string; partition?: number }): Promise<void>;
  /** The source asks where to go on, for these partitions. */
  assign(partitions?: readonly number[]): Promise<void>;
  /** What the wall clock decides. */
  tick(now: number): Promise<void>;
  /** The streams have ended. */
  end(): Promise<void>;
  /** On a store that is shared: looks at the other members, takes the lead where it is free, and judges if it has it. */
  meet(): Promise<void>;
  /** Whether this member judges. */
  leads(): boolean;
  alerts(): { alert: string; state: Alert["state"]; at: string; reason: string }[];
  ledger(stream: string): StreamLedger;
}

export interface WorldOptions {
  readonly fitted: FittedModel;
  /** Further models whose events the streams carry. */
  readonly alongside?: readonly FittedModel[];
  readonly store?: Store;
  /** An inference stream `s`, and its labels `l` where the model has any, by default. */
  readonly streams?: readonly StreamConfig[];
  readonly partitions?: number;
  /** The partitions that are this member's at first; all by default. */
  readonly own?: readonly number[];
  /** Rows to a commit; 1 by default. */
  readonly commitRows?: number;
  readonly now?: number;
  /** Whether the streams are files; topics by default. */
  readonly files?: boolean;
  readonly transitions?: Transition[];
  /** Whether the source belongs to a group that decides who reads what; false by default. */
  readonly hasGroup?: boolean;
  /** Silent by default. */
  readonly log?: Log;
  /** Whether it is watched how the streams are read; false by default. */
  readonly looks?: boolean;
  /** What is to be recorded with transitions; nothing by default. */
  readonly onTransitions?: EvaluationOptions["onTransitions"];
  /** Takes the events that rules pick for review. */
  readonly reviewed?: ReviewedSpan[];
  /** Called with every model that has learnt its reference; models learn none by default. */
  readonly onLearnt?: LearningOptions["onLearnt"];
  /** Where what is dropped goes; nowhere by default. */
  readonly quarantine?: IngestionOptions["quarantine"];
  /** Whether records are sent to the daemon; it reads them by default. */
  readonly isSent?: boolean;
}

/** A daemon without doors: the engine, ingestion and evaluation on a store, on a clock that the story moves. */
export async function worldOf(options: WorldOptions): Promise<World> {
  const { fitted, store = createMemoryStore(), partitions = 1, transitions = [] } = options;
  const models = [fitted, ...(options.alongside ?? [])];
  const streams = (options.streams ?? streamsOf(fitted.labels !== undefined)).map((stream) =>
    options.files === true ? { ...stream, file: `/${stream.name}.jsonl` } : stream,
  );
  const groups = groupStreams(
    streams,
    models.map(({ model }) => model.name),
  );
  const engine = new Engine({ groups, models });
  const clock = createSimulatedClock(options.now ?? START + 365 * DAY);
  const log = options.log ?? createLog({ level: "silent" });
  const fleet = store.isShared ? new Fleet({ engine, store }) : undefined;
  const shared = fleet && { fleet };
  const { onLearnt } = options;
  const { keyId } = publicKeys();
  const evaluation = new Evaluation({
    ...(onLearnt && { learning: new Learning({ store, log, keyId, onLearnt }) }),
    log,
    engine,
    store,
    ...shared,
    ...(options.looks === true && { look: (model: string) => lookAtStreams(engine, { sources: [] }, model) }),
    onTransitions(recorded) {
      transitions.push(...recorded);
      return options.onTransitions?.(recorded) ?? new Map();
    },
    onReviewed(spans) {
      options.reviewed?.push(...spans);
      return new Map();
    },
  });
  const outbox = createOutboxes({ config: { publish: { maxAge: HOUR } }, models: () => models, log });
  const exclusive = (work: () => Promise<void>): Promise<void> => ingestion.exclusive(work);
  const lookAround = (): Promise<void> => ingestion.lookAround();
  const parts = { engine, store, evaluation, outbox, clock, log, lookAround, exclusive };
  const leadership = fleet && new Leadership(parts);
  const restore = async (): Promise<void> => {
    if (leadership === undefined) await evaluation.restore();
    else {
      fleet?.forget();
      await fleet?.look();
      await leadership.restart();
    }
  };
  const judge = async (): Promise<void> => {
    if (leadership?.leads === false) return;
    if (!(await evaluation.judge(clock.tick()))) await leadership?.end();
  };
  await restore();
  const ingestion = new Ingestion({
    engine,
    store,
    ...shared,
    onAwake: async () => fleet?.readClosing(),
    decoders: new Map(
      streams.map((stream) => [
        stream.name,
        createDecoder({
          stream,
          plans: plansOf(stream.name, groups, models),
          key: publicKeys(),
          limits: LIMITS,
        }),
      ]),
    ),
    from: new Map(),
    clock,
    log: options.log ?? log,
    commitEvery: { rows: options.commitRows ?? 1, interval: Number.POSITIVE_INFINITY },
    onBatch: () => undefined,
    ...(options.isSent === true && { sent: new Set(streams.map(({ name }) => name)) }),
    ...(options.quarantine && { quarantine: options.quarantine }),
    afterCommit: async () => {
      if (world.judging) await judge();
    },
    onFenced: () => {
      if (options.hasGroup === true) world.rejoins += 1;
      return options.hasGroup === true;
    },
    onReload: async () => {
      engine.reset();
      await restore();
      world.reloads += 1;
      world.isStale = true;
    },
    onFailure: (error) => {
      world.failure = error;
    },
  });
  for (const group of groups) engine.tasks.setPartitions(group.name, partitions);
  const all = [...Array(partitions).keys()];
  const next = offsetsOf(await ingestion.assigned(options.own ?? all));
  const offsets = new Map(next);
  const world: World = {
    fitted,
    store,
    engine,
    ingestion,
    evaluation,
    clock,
    transitions,
    next,
    offsets,
    reloads: 0,
    isStale: false,
    rejoins: 0,
    failure: undefined,
    judging: true,
    async feed(sent, { stream = "s", partition = 0 } = {}) {
      const firstOffset = offsets.get(`${stream}/${partition}`) ?? 0;
      await ingestion.batch(batchOf({ stream, partition, firstOffset }, sent));
      offsets.set(`${stream}/${partition}`, firstOffset + sent.length);
    },
    async assign(wanted = all) {
      world.isStale = false;
      for (const [key, offset] of offsetsOf(await ingestion.assigned(wanted))) offsets.set(key, offset);
    },
    async tick(now) {
      clock.advanceTo(now);
      await ingestion.exclusive(judge);
    },
    async end() {
      for (const { name } of streams)
        for (let partition = 0; partition < partitions; partition++) await ingestion.ended(name, partition);
    },
    async meet() {
      await ingestion.lookAround();
      await leadership?.renew();
      await ingestion.exclusive(judge);
    },
    leads: () => leadership?.leads ?? true,
    alerts: () =>
      transitions.map(({ alert, at }) => ({
        alert: alert.alert,
        state: alert.state,
        at: new Date(at).toISOString().slice(11, 16),
        reason: alert.reason,
      })),
    ledger(stream) {
      const ledger = ledgersOf(engine)[stream];
      if (!isBalanced(ledger)) throw new Error(`the ledger of ${stream} does not balance`);
      return ledger;
    },
  };
  return world;
}

/** By stream and partition; a partition that nothing is known of begins at 0. */
function offsetsOf(positions: readonly Position[]): Map<string, number> {
  return new Map(
    positions.map(({ stream, partition, offset }) => [
      `${stream}/${partition}`,
      typeof offset === "number" ? offset : 0,
    ]),
  );
}

/** What must be the same however the records came: every transition's id, state, start and time. */
export function outline(transitions: readonly Transition[]): string[] {
  return transitions.map(({ alert, at }) =>
    [alert.id, alert.alert, alert.state, alert.column ?? "", alert.startsAt, at, alert.reason].join(" "),
  );
}
