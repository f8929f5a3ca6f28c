import { setTimeout as sleep } from "node:timers/promises";
import { judgeAlert } from "./alert-records.ts";
import type { Config } from "../config/config.ts";
import type { Engine } from "../engine/engine.ts";
import { Evaluation } from "./evaluation.ts";
import { Learning, type LearningOptions, type LearningProgress } from "./learning.ts";
import type { Fleet } from "../ingestion/fleet.ts";
import type { IdleProof } from "../ingestion/idle-proof.ts";
import { Leadership } from "./leadership.ts";
import { createOutboxes } from "./outboxes.ts";
import { Refresh } from "./refresh.ts";
import type { RefreshReport } from "./refresh-report.ts";
import type { ShownSink } from "../publish/metrics.ts";
import type { Send } from "../publish/quarantine-topic.ts";
import type { ReportMessage } from "../publish/report-message.ts";
import type { Clock } from "../runtime/clock.ts";
import type { Log } from "../runtime/log.ts";
import type { Store } from "../state/store.ts";
import type { Alert, AlertJudgement, Transition } from "../verdict/alert.ts";
import type { AlertJudgementName } from "../verdict/alert-history.ts";
import type { LookAt } from "../verdict/blindness.ts";

export interface JudgingOptions {
  readonly config: Pick<Config, "publish" | "reports">;
  readonly engine: Engine;
  readonly store: Store;
  /** Present where other daemons write to the store too. */
  readonly fleet?: Fleet;
  readonly idleProof: IdleProof;
  readonly clock: Clock;
  readonly log: Log;
  readonly send?: Send;
  readonly look: (model: string) => LookAt;
  readonly onTransitions?: (transitions: readonly Transition[]) => void;
  /** What references are learnt with. */
  readonly learning: Omit<LearningOptions, "store" | "log">;
  /** Sees what is committed, and whether the store went back; asked for where there is a fleet. */
  readonly lookAround: () => Promise<void>;
  /** Runs work when nothing else touches the engine. */
  readonly exclusive: <T>(work: () => Promise<T>) => Promise<T>;
}

/** Judging what is committed, and telling it: done by every daemon of its own store, and by one member of a fleet. */
export interface Judging {
  /** Brings everything to where the store says; at the start, and whenever the store is read anew. */
  restore(): Promise<void>;
  /** Judges what has closed. Only when nothing else touches the engine. */
  judge(): Promise<void>;
  /**
   * Keeps what a person says of an alert. Undefined where there is none of this id; false where somebody else judges, and nothing
   * was kept.
   */
  judgeAlert(
    id: string,
    ...said: [name: AlertJudgementName, judgement: AlertJudgement]
  ): Promise<Alert | false | undefined>;
  /** Says again what fires. */
  tellAgain(): Promise<void>;
  /** Has a report sent, at least once; it waits in the store until then. Nothing is kept where somebody else judges by now. */
  sendReport(message: ReportMessage): Promise<void>;
  /** Keeps the lead, or takes it where it is free. */
  renew(): Promise<void>;
  /** Whether this process judges what all members count; undefined where there are none. */
  leads(): boolean | undefined;
  /** By model that learns its reference: how far it has come. */
  learning(): ReadonlyMap<string, LearningProgress>;
  /** Makes a candidate for a model's reference, where this process judges. */
  refresh(model: string): Promise<void>;
  /** By model whose reference is refreshed: what came of it last. */
  refreshed(): ReadonlyMap<string, RefreshReport>;
  sinks(): readonly ShownSink[];
  /** Keeps what is being told, so that nobody tells it again, and leaves the lead to others. Nothing is kept afterwards. */
  stop(): Promise<void>;
  /** Closes the sinks. */
  close(): Promise<void>;
}

/** A sink that is being told may take so long when the daemon stops, ms. */
const LAST_WORDS = 2_000;

export function createJudging(options: JudgingOptions): Judging {
  const { engine, store, fleet, clock, log, exclusive } = options;
  const { send } = options;
  const outbox = createOutboxes({
    config: options.config,
    models: () => engine.models,
    ...(send && { send }),
    log,
  });
  const learning = new Learning({ ...options.learning, store, log });
  const refresh = new Refresh({ engine, store, clock, log });
  const evaluation = new Evaluation({
    learning,
    refresh,
    engine,
    store,
    log,
    ...(fleet && { fleet }),
    idleProof: options.idleProof,
    look: options.look,
    onTransitions(transitions) {
      outbox.addTransitions(transitions);
      options.onTransitions?.(transitions);
      return transitions.length === 0 ? new Map() : outbox.save();
    },
    onReviewed(spans) {
      outbox.addReviewed(spans);
      return outbox.save();
    },
  });
  const leadership = fleet && new Leadership({ ...options, store, evaluation, outbox });

  // What a former owner recorded and did not tell any more waits for its return.
  const isOurs = (): boolean => engine.models.some(({ model }) => !engine.standsBy(model.name));

  async function save(): Promise<void> {
    await exclusive(async () => {
      if (!isOurs()) return;
      const isWritten = await store.writeJudgement(outbox.save());
      if (!isWritten) await leadership?.end();
    });
  }

  const telling = new Set<Promise<void>>();
  let isStopped = false;

  async function tell(): Promise<void> {
    if (!isOurs()) return;
    const changed = await outbox.deliver(clock.tick());
    if (changed && !isStopped) await save();
  }

  function deliver(): Promise<void> {
    const told = tell().finally(() => telling.delete(told));
    telling.add(told);
    return told;
  }

  return {
    async restore() {
      if (leadership === undefined) {
        outbox.restore(await evaluation.restore());
        return;
      }
      fleet?.forget();
      await fleet?.look();
      await leadership.restart();
    },
    async judge() {
      if (leadership?.leads === false) return;
      if (!(await evaluation.judge(clock.tick()))) {
        await leadership?.end();
        return;
      }
      // Delivery waits for networks; ingestion does not wait for it. What it may fail with, the store, tells by itself.
      void deliver().catch(() => undefined);
    },
    judgeAlert: (id, ...said) =>
      exclusive(async () => {
        if (leadership?.leads === false) return false;
        const judged = await judgeAlert({ engine, store }, id, ...said);
        if (judged === false) await leadership?.end();
        return judged;
      }),
    async tellAgain() {
      if (!isOurs()) return;
      const firing = engine.models.flatMap(({ model }) => engine.firing(model.name));
      const judgedAt = Math.max(...engine.models.map(({ model }) => engine.closedThrough(model.name)));
      if (await outbox.refresh(firing, judgedAt, clock.tick())) await save();
    },
    async sendReport(message) {
      await exclusive(async () => {
        if (leadership?.leads === false) return;
        outbox.addReport(message);
        if (!(await store.writeJudgement(outbox.save()))) await leadership?.end();
      });
      await deliver();
    },
    renew: async () => leadership?.renew(),
    leads: () => leadership?.leads,
    learning: () =>
      new Map(
        engine.models.flatMap((fitted) => {
          const { name } = fitted.model;
          const progress = learning.progress(fitted, engine.closedThrough(name));
          return progress === undefined || engine.standsBy(name) ? [] : [[name, progress]];
        }),
      ),
    refresh: (model) =>
      exclusive(async () => {
        if (leadership?.leads === false) return;
        if (!(await refresh.run(model))) await leadership?.end();
      }),
    refreshed: () =>
      new Map(
        engine.models.flatMap(({ model: { name } }) => {
          const report = refresh.reportOf(name);
          return report === undefined || engine.standsBy(name) ? [] : [[name, report]];
        }),
      ),
    sinks: () => outbox.counts(),
    async stop() {
      await Promise.race([Promise.allSettled(telling), sleep(LAST_WORDS, undefined, { ref: false })]);
      isStopped = true;
      await leadership?.stop();
    },
    close: () => outbox.close(),
  };
}
