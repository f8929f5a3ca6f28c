import { isDeepStrictEqual } from "node:util";
import type { Tick } from "../../config/tick.ts";
import { Engine } from "../../engine/engine.ts";
import { Evaluation } from "../../evaluation/evaluation.ts";
import { Fleet } from "../../ingestion/fleet.ts";
import type { FittedModel } from "../../rules/fitted-model.ts";
import type { Log } from "../../runtime/log.ts";
import { createMemoryStore } from "../../state/memory.ts";
import type { Store } from "../../state/store.ts";
import type { Transition } from "../../verdict/alert.ts";

/** Verdicts of another rule set on the same counts. */
export interface SecondJudgement {
  readonly engine: Engine;
  readonly transitions: readonly Transition[];
  /** Judges what has closed by what is committed; called when nothing else touches the store. */
  judge(tick: Tick): Promise<void>;
}

/** Whether two rule sets make the same counts of the same records, so that only their verdicts may differ. */
export function countAlike(first: readonly FittedModel[], second: readonly FittedModel[]): boolean {
  const countingOf = (models: readonly FittedModel[]): object[] =>
    models
      .map(({ counting, labels }) => ({ counting, labels }))
      .toSorted((a, b) => (a.counting.model < b.counting.model ? -1 : 1));
  return isDeepStrictEqual(countingOf(first), countingOf(second));
}

/**
 * Judges what `counted` counts into `store` by other models, as a member of a fleet that leads and owns no task would: it knows
 * of the records by what is committed. The models must count as those of `counted` do (`countAlike`).
 */
export async function openSecondJudgement(options: {
  readonly models: readonly FittedModel[];
  readonly counted: Engine;
  readonly store: Store;
  readonly log: Log;
}): Promise<SecondJudgement> {
  const { models, counted, log } = options;
  const store = withOwnVerdicts(options.store);
  const { groups } = counted.tasks;
  const engine = new Engine({ groups, models });
  const sight = new Fleet({ engine, store });
  const transitions: Transition[] = [];
  const evaluation = new Evaluation({
    engine,
    store,
    log,
    onTransitions(changed) {
      transitions.push(...changed);
      return new Map();
    },
  });
  await evaluation.restore();
  return {
    engine,
    transitions,
    async judge(tick) {
      // How many partitions a topic has is known once it is read.
      for (const { name } of groups) engine.tasks.setPartitions(name, counted.tasks.partitionsOf(name));
      await sight.look();
      await evaluation.judge(tick);
    },
  };
}

/** Counts are common, hours and days of them too; how verdicts stand is not. */
function withOwnVerdicts(store: Store): Store {
  const own = createMemoryStore();
  return {
    ...store,
    // Whoever counts has written them.
    writePanes: () => Promise.resolve(true),
    readJudgement: (names) => own.readJudgement(names),
    writeJudgement: (changes) => own.writeJudgement(changes),
  };
}

/** A store for each of several who judge the same counts: what one of them still needs no other deletes. */
export function shareRetention(store: Store): () => Store {
  const deleted: Map<string, number>[] = [];
  return () => {
    const own = new Map<string, number>();
    deleted.push(own);
    return {
      ...store,
      prune({ panes, expiredBefore }) {
        for (const { layout, before } of panes) own.set(layout, before);
        const common = panes.map(({ layout }) => {
          const befores = deleted.map((each) => each.get(layout) ?? Number.NEGATIVE_INFINITY);
          return { layout, before: Math.min(...befores) };
        });
        return store.prune({ panes: common, expiredBefore });
      },
    };
  };
}
