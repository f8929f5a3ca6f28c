import { noteHistory, restoreHistory } from "./alert-records.ts";
import { describeChanges } from "./changes-text.ts";
import { dateCohorts } from "./cohort-news.ts";
import type { Tick } from "../config/tick.ts";
import { closingName, writeClosing } from "../ingestion/closing.ts";
import type { DueRange, Engine } from "../engine/engine.ts";
import type { Fleet } from "../ingestion/fleet.ts";
import type { IdleProof } from "../ingestion/idle-proof.ts";
import { deletedBefore, JOINED_PRUNE_STEP, PRUNE_STEP } from "./retention.ts";
import { endGoneModels, findGoneModels, judgementName, type GoneModels } from "./gone-models.ts";
import type { Learning } from "./learning.ts";
import type { Refresh } from "./refresh.ts";
import type { FittedModel } from "../rules/fitted-model.ts";
import type { Log } from "../runtime/log.ts";
import type { Store } from "../state/store.ts";
import type { Transition } from "../verdict/alert.ts";
import type { LookAt } from "../verdict/blindness.ts";
import { indexPanes, type WindowPanes } from "../verdict/circumstances.ts";
import { noteTold, restoreJudgement, writeJudgement } from "../verdict/judgement-record.ts";
import type { PaneValue } from "../window/pane.ts";
import { gatherReviewed } from "../window/review-intake.ts";
import type { ReviewedSpan } from "../window/review-plan.ts";
import { RollUp } from "../window/roll-up.ts";
import { completeComparisons } from "./version-evidence.ts";
import { cohortLayout, fieldLayout, paneLayout, reviewLayout } from "../window/task-delta.ts";

/** Where more alerts change at once all is broken, and what is to be said of each must not keep the rest waiting. */
const MOST_COMPLETED = 100;

export interface EvaluationOptions {
  readonly engine: Engine;
  readonly store: Store;
  readonly log: Log;
  /** Present where other daemons write to the store too. */
  readonly fleet?: Fleet;
  /** Absent where nobody declares a partition idle who could be wrong. */
  readonly idleProof?: Pick<IdleProof, "reached">;
  /** How a model's streams are read at this moment; absent where nothing is read by itself. */
  readonly look?: (model: string) => LookAt;
  /**
   * Transitions, before they are recorded: answers what must be recorded with them (the outbox), so that none is lost or
   * recorded twice.
   */
  readonly onTransitions: (transitions: readonly Transition[]) => ReadonlyMap<string, Uint8Array>;
  /** The same for events that rules picked for review; absent: they go nowhere. */
  readonly onReviewed?: (spans: readonly ReviewedSpan[]) => ReadonlyMap<string, Uint8Array>;
  /** Present where models may learn their references. */
  readonly learning?: Learning;
  /** Present where candidates for references may be made. */
  readonly refresh?: Refresh;
}

/** Hands closed panes from the store to the judges, and records what they decide in one write. */
export class Evaluation {
  private readonly options: EvaluationOptions;
  private readonly prunedThrough = new Map<string, number>();
  private readonly rollUps = new Map<string, RollUp>();
  private gone: GoneModels = new Map();
  /** Whether samples that nobody learns of any more have been deleted. */
  private isSwept = false;

  constructor(options: EvaluationOptions) {
    this.options = options;
  }

  /** Brings the judges, which know nothing yet, to where the last who judged left them; answers all that was recorded. */
  async restore(): Promise<ReadonlyMap<string, Uint8Array>> {
    const { engine, store } = this.options;
    this.isSwept = false;
    const recorded = await store.readJudgement();
    this.gone = findGoneModels(engine.models, recorded);
    this.options.learning?.restore(engine.models, recorded);
    this.options.refresh?.restore(engine.models, recorded);
    for (const { model, counting } of engine.models) {
      engine.setVersions(model.name, await store.admitVersions(model.name, [], model.versions.keep));
      const rollUp = new RollUp(counting);
      this.rollUps.set(model.name, rollUp);
      const judges = engine.judgesOf(model.name);
      const bytes = recorded.get(judgementName(model.name));
      if (bytes === undefined) continue;
      const news = describeChanges(counting, restoreJudgement(judges, bytes));
      if (news !== undefined) {
        this.options.log.warn({ model: model.name }, news);
        await store.writeJudgement(new Map([[judgementName(model.name), noteTold(judges, bytes)]]));
      }
      restoreHistory(judges, recorded, model.name);
      const { closedThrough, reach } = judges.panes;
      if (closedThrough === Number.NEGATIVE_INFINITY) continue;
      const range = { layout: paneLayout(counting), from: closedThrough - reach, to: closedThrough };
      judges.panes.rebuild(await store.readPanes(range));
      const seen = { from: closedThrough - judges.schema.reach, to: closedThrough };
      judges.schema.rebuild(await store.readPanes({ ...seen, layout: fieldLayout(counting) }));
      await rollUp.resume(closedThrough, (open) => store.readPanes(open));
      if (counting.outcomes === undefined) continue;
      const { judgedThrough } = judges.cohorts;
      const judged = { layout: cohortLayout(counting), from: Number.NEGATIVE_INFINITY, to: judgedThrough };
      judges.cohorts.rebuild(await store.readPanes(judged));
    }
    return recorded;
  }

  /**
   * Judges whatever committed panes and cohorts have closed since the last call. False where somebody else judges by now: what
   * stands here is then worth nothing.
   */
  async judge(tick: Tick): Promise<boolean> {
    for (const fitted of this.options.engine.models) if (!(await this.judgeModel(fitted, tick))) return false;
    await this.prune();
    if (!this.isSwept) {
      this.isSwept = true;
      if ((await this.options.learning?.sweep(this.options.engine.models)) === false) return false;
      if ((await this.options.refresh?.sweep(this.options.engine.models)) === false) return false;
    }
    return endGoneModels(this.gone, { ...this.options, now: tick.now });
  }

  private async judgeModel(fitted: FittedModel, tick: Tick): Promise<boolean> {
    const { engine, store } = this.options;
    const { model, counting } = fitted;
    const transitions: Transition[] = [];
    const reviewed: ReviewedSpan[] = [];
    const due = await this.duePanes(model.name, tick);
    const closed = engine.closedThrough(model.name);
    if (due !== undefined) {
      const panes = await store.readPanes(due);
      const evaluated = engine.evaluate(model.name, due, panes, tick);
      transitions.push(...(await this.complete(fitted, due.layout, evaluated)));
      const fields = await store.readPanes({ ...due, layout: fieldLayout(counting) });
      transitions.push(...engine.evaluateFields(model.name, fields, tick));
      if (!(await this.rollUp(model.name, panes))) return false;
      reviewed.push(...(await this.review(fitted, due)));
      if ((await this.options.learning?.look(fitted, engine.closedThrough(model.name))) === false)
        return false;
    }
    const cohorts = this.dueCohorts(model.name, tick);
    if (cohorts !== undefined) {
      const judged = engine.evaluateCohorts(model.name, cohorts, await store.readPanes(cohorts));
      transitions.push(...dateCohorts(judged, { engine, fitted, now: tick.now }));
    }
    transitions.push(...engine.evaluateClock(model.name, tick, this.options.look?.(model.name)));
    // Until the first pane has closed something is due after every commit, and nothing comes of it.
    const hasClosed = engine.closedThrough(model.name) !== closed;
    if (hasClosed || cohorts !== undefined || transitions.length > 0) {
      // Each judge has told its own in order: together they are told in the order in which they came.
      const completed = await completeComparisons(transitions, { engine, store, fitted });
      const inOrder = completed.toSorted((a, b) => a.at - b.at);
      return this.record(model.name, { transitions: inOrder, reviewed });
    }
    return true;
  }

  /**
   * Panes that may be closed only because partitions are idle wait until these were seen to be at their ends still. Where such
   * a partition is another member's, the panes are announced first, and then it is looked once more: who wakes says so before it
   * reads what was announced, so that one of both always hears of the other.
   */
  private async duePanes(model: string, tick: Tick): Promise<DueRange | undefined> {
    const { engine, store, fleet, idleProof } = this.options;
    const anyDue = engine.duePanes(model);
    if (anyDue === undefined || !engine.tasks.reliesOnIdle({ model, of: "panes", whose: "any" }))
      return anyDue;
    const through = idleProof?.reached(model, tick).events;
    const due = engine.duePanes(model, through);
    if (fleet === undefined || due === undefined) return due;
    if (!engine.tasks.reliesOnIdle({ model, of: "panes", whose: "others" })) return due;
    const outcomes = engine.outcomesOpenAfter(model);
    // Whether somebody else judges by now, what is recorded at the end will tell.
    await store.writeJudgement(new Map([[closingName(model), writeClosing({ panes: due.to, outcomes })]]));
    await fleet.look();
    const still = engine.duePanes(model, through);
    return still && { ...still, to: Math.min(still.to, due.to) };
  }

  /** As above: cohorts that may be judged only because partitions are idle. */
  private dueCohorts(model: string, tick: Tick): DueRange | undefined {
    const { engine, idleProof } = this.options;
    const due = engine.dueCohorts(model, tick);
    if (due === undefined || !engine.tasks.reliesOnIdle({ model, of: "cohorts", whose: "any" })) return due;
    return engine.dueCohorts(model, tick, idleProof?.reached(model, tick));
  }

  /** An alert's window is read again when it fires, which is rare: to keep the panes of every segment at hand would cost memory. */
  private async complete(
    { model, counting }: FittedModel,
    layout: string,
    transitions: readonly Transition[],
  ): Promise<Transition[]> {
    const { engine, store } = this.options;
    const judge = engine.judgesOf(model.name).panes;
    // Transitions come by time and rule, so that one window at a time is enough.
    let read: { readonly key: string; readonly panes: WindowPanes } | undefined;
    const completed: Transition[] = [];
    for (const [position, transition] of transitions.entries()) {
      const window = position < MOST_COMPLETED ? judge.windowOf(transition) : undefined;
      if (window === undefined) {
        completed.push(transition);
        continue;
      }
      const key = `${window.from}/${window.to}`;
      if (read?.key !== key) {
        const panes = await store.readPanes({ layout, ...window });
        const fields = await store.readPanes({ layout: fieldLayout(counting), ...window });
        read = { key, panes: indexPanes(panes, fields) };
      }
      completed.push(judge.complete(transition, read.panes));
    }
    return completed;
  }

  /**
   * Writes the hours and days that closed panes complete, before `closedThrough` is recorded: a crash in between closes the
   * same panes again, and the same bytes are written once more. What is recorded as closed is therefore rolled up.
   */
  private async rollUp(model: string, panes: readonly PaneValue[]): Promise<boolean> {
    const { engine, store } = this.options;
    const rollUp = this.rollUps.get(model);
    if (rollUp === undefined) throw new Error(`model ${model} was not restored`);
    const ended = rollUp.add(panes, engine.closedThrough(model));
    return ended.length === 0 || store.writePanes(ended);
  }

  /**
   * Deletes panes that no window can reach any more, hours and days that are too old, and predictions whose labels are too
   * late.
   */
  private async prune(): Promise<void> {
    const { engine, store } = this.options;
    for (const fitted of engine.models) {
      const { model, counting } = fitted;
      const { panes, cohorts } = engine.judgesOf(model.name);
      const { closedThrough } = panes;
      const pruned = this.prunedThrough.get(model.name) ?? Number.NEGATIVE_INFINITY;
      const step = engine.tasks.isJoined(model.name) ? JOINED_PRUNE_STEP : PRUNE_STEP;
      if (closedThrough === Number.NEGATIVE_INFINITY || closedThrough < pruned + step) continue;
      this.prunedThrough.set(model.name, closedThrough);
      this.isSwept = false;
      const cohortsFrom = cohorts.openAfter - (counting.outcomes?.cohort ?? 0);
      const layouts = await store.readLayouts();
      await store.prune({
        panes: layouts.flatMap((layout) => {
          const before = deletedBefore(layout, { fitted, closedThrough, cohortsFrom });
          return before === undefined ? [] : [{ layout, before }];
        }),
        expiredBefore: this.oldestClose(),
      });
    }
  }

  /** Where the model that is furthest behind in event time stands: the store's predictions are all models' together. */
  private oldestClose(): number {
    const { engine } = this.options;
    const closes = engine.models.map(({ model }) => engine.closedThrough(model.name));
    return Math.min(...closes.filter((close) => Number.isFinite(close)));
  }

  /** The events that rules picked of the spans that have closed. */
  private async review({ model, counting }: FittedModel, due: DueRange): Promise<ReviewedSpan[]> {
    const { reviews = [] } = counting;
    const spans: ReviewedSpan[] = [];
    for (const review of reviews) {
      const range = { from: due.from - review.per + 1, to: due.to - review.per + 1 };
      const panes = await this.options.store.readPanes({ layout: reviewLayout(counting), ...range });
      const own = panes.filter(({ segment }) => segment === review.name);
      for (const start of new Set(own.map((pane) => pane.start))) {
        const packed = own.filter((pane) => pane.start === start).map((pane) => pane.packed);
        spans.push({ model: model.name, review: review.name, start, events: gatherReviewed(packed, review) });
      }
    }
    return spans;
  }

  /** What was judged, and what is to be told of it, in one write. */
  private async record(
    model: string,
    { transitions, reviewed }: { transitions: readonly Transition[]; reviewed: readonly ReviewedSpan[] },
  ): Promise<boolean> {
    const { engine, store, fleet } = this.options;
    const told = reviewed.length === 0 ? [] : (this.options.onReviewed?.(reviewed) ?? []);
    const changes = new Map<string, Uint8Array>([...this.options.onTransitions(transitions), ...told]);
    const judges = engine.judgesOf(model);
    changes.set(judgementName(model), writeJudgement(judges));
    for (const [name, bytes] of noteHistory(judges, transitions, model)) changes.set(name, bytes);
    if (fleet !== undefined) {
      const closing = { panes: engine.closedThrough(model), outcomes: engine.outcomesOpenAfter(model) };
      changes.set(closingName(model), writeClosing(closing));
    }
    return store.writeJudgement(changes);
  }
}
