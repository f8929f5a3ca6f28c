import type { Engine } from "../engine/engine.ts";
import type { Evaluation } from "./evaluation.ts";
import type { Outboxes } from "./outboxes.ts";
import type { Clock } from "../runtime/clock.ts";
import type { Log } from "../runtime/log.ts";
import type { Store } from "../state/store.ts";

export interface LeadershipOptions {
  readonly engine: Engine;
  readonly store: Store;
  readonly evaluation: Evaluation;
  readonly outbox: Outboxes;
  readonly clock: Clock;
  readonly log: Log;
  /** Looks at what is committed: whether the store went back behind the tasks of this member. */
  readonly lookAround: () => Promise<void>;
  /** Runs work when nothing else touches the engine. */
  readonly exclusive: (work: () => Promise<void>) => Promise<void>;
}

/** Who leads and owns nothing for this long gives the lead to a member that does, ms: rebalances are shorter. */
const IDLE_LEAD = 10_000;

/**
 * One member of a fleet judges what all of them count, and tells it; the others know nothing of verdicts. The lead is the
 * store's to give: it is renewed well before the lease ends, and taken over by another member once it has.
 */
export class Leadership {
  private readonly options: LeadershipOptions;
  private isHeld = false;
  private isStopped = false;
  /** Wall clock when this member last owned a task, ms. */
  private ownedAt = Number.NEGATIVE_INFINITY;

  constructor(options: LeadershipOptions) {
    this.options = options;
    options.engine.setJudge(false);
  }

  /** Whether this member judges. */
  get leads(): boolean {
    return this.isHeld;
  }

  /** Keeps the lead, takes it where it is free, or leaves it to those who own tasks. To be called more often than a lease lasts. */
  async renew(): Promise<void> {
    const { engine, store, clock, exclusive } = this.options;
    if (this.isStopped) return;
    const { now } = clock.tick();
    if (!engine.tasks.all().next().done) this.ownedAt = now;
    const mayLead = now - this.ownedAt < IDLE_LEAD;
    let leads = mayLead && (await store.takeLead());
    if (leads && !this.isHeld) {
      // Watermarks that the store has lost would close panes that it has lost, too.
      await this.options.lookAround();
      leads = await store.takeLead();
    }
    if (leads !== this.isHeld) await exclusive(() => (leads ? this.begin() : this.end()));
    if (!mayLead) await store.giveUpLead();
  }

  /** The store has said that somebody else leads by now; called when nothing else touches the engine. */
  async end(): Promise<void> {
    const { engine, outbox, log } = this.options;
    if (!this.isHeld) return;
    this.isHeld = false;
    engine.setJudge(false);
    engine.resetJudges();
    outbox.restore(new Map());
    log.info("another member judges now");
  }

  /** Everything in this process was forgotten: the judges must be brought back, by whoever leads then. */
  async restart(): Promise<void> {
    if (this.isHeld && !this.isStopped && (await this.options.store.takeLead())) await this.begin();
    else await this.end();
  }

  /** So that another member need not wait for the end of the lease. */
  async stop(): Promise<void> {
    this.isStopped = true;
    if (this.isHeld) await this.options.store.giveUpLead();
  }

  private async begin(): Promise<void> {
    const { engine, evaluation, outbox, log } = this.options;
    engine.setJudge(true);
    engine.resetJudges();
    outbox.restore(await evaluation.restore());
    if (!this.isHeld) log.info("this member judges what all members count");
    this.isHeld = true;
  }
}
