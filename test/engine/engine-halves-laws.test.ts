import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { planJoin } from "../../src/join/half-plans.ts";
import { systemClock } from "../../src/runtime/clock.ts";
import { openLmdbStore } from "../../src/state/lmdb.ts";
import { createMemoryStore } from "../../src/state/memory.ts";
import { MINUTE, modelOf, random } from "./fixture.ts";
import { addLedger } from "../../src/event/ledger.ts";
import { expectHalves } from "./half-recount.ts";
import { inOneStream, tellHalves } from "./half-story.ts";
import { runHalves, type HalfOutcome, type Step } from "./half-world.ts";

const FITTED = modelOf({
  head: "window: { size: 1h, pane: 1m, lateness: 2m }",
  rules: "- { alert: Drift, measure: psi }",
  perHour: 12,
});

/** Steps of a run: how eagerly each side is read, how often it is committed or dies. */
interface Manner {
  readonly seed: number;
  /** Share of steps that read the inputs. */
  readonly inputs: number;
  readonly most: number;
  readonly commits: number;
  readonly crashes: number;
}

function stepsOf({ seed, inputs, most, commits, crashes }: Manner): () => { step: Step; count: number } {
  const draw = random(seed);
  return () => {
    const u = draw();
    const count = 1 + Math.floor(draw() * most);
    if (u < crashes) return { step: "crash", count };
    if (u < crashes + commits) return { step: "commit", count };
    return { step: draw() < inputs ? "input" : "output", count };
  };
}

const MANNERS: readonly Manner[] = [
  { seed: 1, inputs: 0.5, most: 1, commits: 0.1, crashes: 0 },
  { seed: 2, inputs: 0.5, most: 400, commits: 0, crashes: 0 },
  { seed: 3, inputs: 0.98, most: 50, commits: 0.1, crashes: 0 },
  { seed: 4, inputs: 0.02, most: 50, commits: 0.1, crashes: 0 },
  { seed: 5, inputs: 0.5, most: 20, commits: 0.3, crashes: 0.05 },
  { seed: 6, inputs: 0.3, most: 7, commits: 0.5, crashes: 0.1 },
];

function run(
  story: Parameters<typeof expectHalves>[0],
  within: number,
  manner: Manner,
): Promise<HalfOutcome> {
  return runHalves({ fitted: FITTED, store: createMemoryStore(), story, within, next: stepsOf(manner) });
}

test.each([
  { seed: 11, within: MINUTE, step: 3_000, requests: 700 },
  { seed: 12, within: 45_000, step: 10_000, requests: 500 },
  { seed: 13, within: 5 * MINUTE, step: 8_000, requests: 500 },
  { seed: 14, within: 7_001, step: 500, requests: 700 },
  { seed: 15, within: 11 * MINUTE, step: 60_000, requests: 300 },
])(
  "however two sides are read, cut, committed and begun again, the same halves meet: $within ms",
  async (options) => {
    const { within } = options;
    const story = tellHalves(options);
    const { age } = planJoin(FITTED.counting.plan, within);
    const { pane, lateness } = FITTED.counting;
    const expected = expectHalves(story, { within, age, pane, lateness });
    // The story tells of everything.
    for (const reason of ["invalid", "late", "duplicate", "conflict", "failed"] as const)
      expect(expected.inputs.dropped[reason] + expected.outputs.dropped[reason]).toBeGreaterThan(0);
    expect(expected.inputs.dropped["orphan-input"]).toBeGreaterThan(0);
    expect(expected.outputs.dropped["orphan-output"]).toBeGreaterThan(0);
    let first: HalfOutcome | undefined;
    for (const manner of MANNERS) {
      const outcome = await run(story, within, manner);
      expect(outcome.inputs).toEqual(expected.inputs);
      expect(outcome.outputs).toEqual(expected.outputs);
      expect(new Map([...outcome.measured].toSorted())).toEqual(new Map([...expected.measured].toSorted()));
      first ??= outcome;
      expect(outcome.panes).toEqual(first.panes);
    }
  },
);

test.each([
  { seed: 31, within: MINUTE, step: 3_000, requests: 500 },
  { seed: 32, within: 5 * MINUTE, step: 8_000, requests: 300 },
])("and so they do where one stream brings both: $within ms", async (options) => {
  const { within } = options;
  const story = inOneStream(tellHalves(options), options.seed);
  const { age } = planJoin(FITTED.counting.plan, within);
  const { pane, lateness } = FITTED.counting;
  const { inputs: ledger, outputs, measured } = expectHalves(story, { within, age, pane, lateness });
  addLedger(ledger, outputs);
  expect(ledger.dropped.failed).toBeGreaterThan(0);
  expect(ledger.measured).toBeGreaterThan(options.requests);
  for (const manner of MANNERS) {
    const outcome = await run(story, within, manner);
    expect(outcome.inputs).toEqual(ledger);
    expect(new Map([...outcome.measured].toSorted())).toEqual(new Map([...measured].toSorted()));
  }
});

test("and so they do in a store on disk", async () => {
  const directory = mkdtempSync(join(tmpdir(), "driftd-halves-"));
  const options = { seed: 21, within: MINUTE, step: 3_000, requests: 300 };
  const story = tellHalves(options);
  const { age } = planJoin(FITTED.counting.plan, options.within);
  const { pane, lateness } = FITTED.counting;
  const expected = expectHalves(story, { within: options.within, age, pane, lateness });
  const store = await openLmdbStore({ path: directory, clock: systemClock });
  try {
    let turn = 0;
    const outcome = await runHalves({
      fitted: FITTED,
      store,
      story,
      within: options.within,
      next() {
        turn += 1;
        const step =
          turn % 31 === 0 ? "crash" : turn % 4 === 0 ? "commit" : turn % 2 === 0 ? "input" : "output";
        return { step, count: 1 + (turn % 13) };
      },
    });
    expect(outcome.inputs).toEqual(expected.inputs);
    expect(outcome.outputs).toEqual(expected.outputs);
  } finally {
    await store.close();
    rmSync(directory, { recursive: true });
  }
});
