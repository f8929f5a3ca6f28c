import { HOUR } from "../config/quantity.ts";
import { writeReference } from "../reference/reference-file.ts";
import type { FittedModel } from "../rules/fitted-model.ts";
import { endOfLearning, learnReference, type LearntOptions } from "../rules/learnt-reference.ts";
import type { Log } from "../runtime/log.ts";
import type { Store } from "../state/store.ts";
import { isSampleLayout, SAMPLE_RECORDS } from "../window/learning-plan.ts";
import { mergeSampled, packSampled, unpackSampled, type Sampled } from "../window/sampled-rows.ts";
import { sampleLayout } from "../window/task-delta.ts";

export interface LearningOptions extends LearntOptions {
  readonly store: Store;
  readonly log: Log;
  /** The reference of a model stands in the store: it can be watched by it. */
  readonly onLearnt: (model: string) => void;
}

/** How far a model has come that learns its reference. */
export interface LearningProgress {
  /** Share of its time, from 0 to 1. */
  readonly share: number;
  /** Rows that came, and how many of them are kept, when it was last looked. */
  readonly rows: number;
  readonly sampled: number;
  /** Event time when it ends, unless there are too few rows then; ms. Undefined before the first row. */
  readonly until?: number;
}

/** What is recorded under such a name is of one model, and of one way to declare its columns. */
const REFERENCE = "learnt/";

/** The name under which the store has the reference that a model has learnt. */
export function learntName(model: string, id: string): string {
  return `${REFERENCE}${model}/${id}`;
}

/** So often is what the tasks have sampled put together, at most; event time, ms. */
const LONGEST_STEP = HOUR;
const STEPS = 48;

/**
 * Puts together what tasks have sampled of models without a reference, and builds it once their time is over. Each step writes the
 * sample so far before it deletes the panes that it is made of: after a crash in between those are deleted with the next step.
 */
export class Learning {
  private readonly options: LearningOptions;
  /** By model: all panes that were put together. */
  private readonly samples = new Map<string, Sampled>();
  /** Models that have learnt, and are not watched by it yet. */
  private readonly learnt = new Set<string>();
  /** By model: nothing is put together before panes are closed up to here; ms. */
  private readonly next = new Map<string, number>();

  constructor(options: LearningOptions) {
    this.options = options;
  }

  /** Takes up what was recorded, among whatever else. */
  restore(models: readonly FittedModel[], recorded: ReadonlyMap<string, Uint8Array>): void {
    for (const known of [this.samples, this.learnt, this.next]) known.clear();
    for (const { counting } of models) {
      const { model, learning } = counting;
      if (learning === undefined) continue;
      const sample = recorded.get(sampleName(model, learning.id));
      if (sample !== undefined) this.samples.set(model, unpackSampled(sample));
      if (recorded.has(learntName(model, learning.id))) this.end(model);
    }
  }

  /** Goes on with the panes that have closed. False where somebody else judges by now. */
  async look(fitted: FittedModel, closedThrough: number): Promise<boolean> {
    const { model, learning, pane } = fitted.counting;
    const { store } = this.options;
    if (learning === undefined || this.learnt.has(model)) return true;
    if (closedThrough < (this.next.get(model) ?? Number.NEGATIVE_INFINITY)) return true;
    const before = this.samples.get(model) ?? mergeSampled([]);
    const from = 1 + (before.arrived.at(-1)?.[0] ?? Number.NEGATIVE_INFINITY);
    const layout = sampleLayout(fitted.counting);
    const panes = await store.readPanes({ layout, from, to: closedThrough });
    const parts = [before, ...panes.map(({ packed }) => unpackSampled(packed))];
    const end = endOfLearning(arrivedIn(parts), { span: learning.span, pane, closedThrough });
    const sampled = mergeSampled(end === undefined ? parts : parts.filter((part) => startOf(part) < end));
    const isWritten =
      end === undefined
        ? await store.writeJudgement(new Map([[sampleName(model, learning.id), packSampled(sampled)]]))
        : await this.freeze(fitted, sampled);
    if (!isWritten) return false;
    this.samples.set(model, sampled);
    this.next.set(model, nextStep(sampled, { span: learning.span, pane, closedThrough }));
    const old = { layout, before: end === undefined ? closedThrough : Number.POSITIVE_INFINITY };
    await store.prune({ panes: [old], expiredBefore: Number.NEGATIVE_INFINITY });
    return true;
  }

  /** How far a model has come whose panes are closed up to `closedThrough`; undefined for those that have a reference. */
  progress({ counting }: FittedModel, closedThrough: number): LearningProgress | undefined {
    const { model, learning } = counting;
    if (learning === undefined) return undefined;
    const { arrived, rows } = this.samples.get(model) ?? mergeSampled([]);
    const begin = arrived[0]?.[0];
    const seen = { rows: countRows(arrived), sampled: rows.length };
    if (begin === undefined) return { share: 0, ...seen };
    const share = this.learnt.has(model) ? 1 : (closedThrough - begin) / learning.span;
    return { share: Math.min(1, Math.max(0, share)), ...seen, until: begin + learning.span };
  }

  /**
   * What is recorded of samples that nobody learns of any more, since the model has a reference now, is gone, or has other
   * columns: rows are kept for no longer than they are needed.
   */
  async sweep(models: readonly FittedModel[]): Promise<boolean> {
    const { store } = this.options;
    const learning = models.filter(({ counting }) => counting.learning !== undefined);
    const awaited = new Set(learning.map(({ counting }) => sampleLayout(counting)));
    const left = (await store.readLayouts()).filter(
      (layout) => isSampleLayout(layout) && !awaited.has(layout),
    );
    const panes = left.map((layout) => ({ layout, before: Number.POSITIVE_INFINITY }));
    if (panes.length > 0) await store.prune({ panes, expiredBefore: Number.NEGATIVE_INFINITY });
    const names = new Set(
      learning.map(({ counting }) => sampleName(counting.model, counting.learning?.id ?? "")),
    );
    const old = [...(await store.readJudgement()).keys()].filter(
      (name) => name.startsWith(SAMPLE_RECORDS) && !names.has(name),
    );
    return old.length === 0 || store.writeJudgement(new Map(old.map((name) => [name, null])));
  }

  private async freeze(
    { model: watched, learner: model = watched, counting }: FittedModel,
    sampled: Sampled,
  ): Promise<boolean> {
    const { store, log } = this.options;
    const { id = "" } = counting.learning ?? {};
    const reference = learnReference(model, sampled, this.options);
    const isWritten = await store.writeJudgement(
      new Map([
        [learntName(model.name, id), writeReference(reference)],
        [sampleName(model.name, id), null],
      ]),
    );
    if (!isWritten) return false;
    log.info(
      {
        model: model.name,
        reference: reference.id,
        rows: reference.learnt?.rows,
        sampled: sampled.rows.length,
      },
      `the reference is learnt, and the sample deleted; keep it in git: driftd reference export ${model.name} --output ${model.name}.arrow`,
    );
    this.end(model.name);
    return true;
  }

  private end(model: string): void {
    this.learnt.add(model);
    this.options.onLearnt(model);
  }
}

function sampleName(model: string, id: string): string {
  return `${SAMPLE_RECORDS}${model}/${id}`;
}

function startOf({ arrived }: Sampled): number {
  return arrived[0]?.[0] ?? Number.NEGATIVE_INFINITY;
}

/** By start, over all parts. */
function arrivedIn(parts: readonly Sampled[]): Pick<Sampled, "arrived"> {
  return mergeSampled(parts.map(({ arrived, level }) => ({ arrived, level, rows: [] })));
}

function countRows(arrived: Sampled["arrived"]): number {
  return arrived.reduce((sum, [, rows]) => sum + rows, 0);
}

/** A step on, but not beyond the end. */
function nextStep(
  { arrived }: Sampled,
  {
    span,
    pane,
    closedThrough,
  }: { readonly span: number; readonly pane: number; readonly closedThrough: number },
): number {
  const step = Math.max(pane, Math.min(LONGEST_STEP, span / STEPS));
  const begin = arrived[0]?.[0];
  const end = begin === undefined ? Number.NEGATIVE_INFINITY : begin + span;
  return closedThrough < end ? Math.min(closedThrough + step, end) : closedThrough + pane;
}
