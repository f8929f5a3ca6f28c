import { describe, expect, it } from "vitest";
import type { StreamConfig } from "../../src/config/config.ts";
import { registerCounting } from "../../src/daemon/counting-register.ts";
import type { FittedModel } from "../../src/rules/fitted-model.ts";
import { createMemoryStore } from "../../src/state/memory.ts";
import { modelOf, streamsOf, type ModelStory } from "../engine/fixture.ts";
import { recordLog } from "../runtime/log-lines.ts";

const RULES = "  - { alert: Drift, measure: psi, columns: [amount], atLeast: 0.02 }";
const HEAD = "window: { size: 1h, pane: 1m, lateness: 2m }";

const [STREAM] = streamsOf(false);

interface Run {
  readonly models: readonly FittedModel[];
  readonly streams?: readonly StreamConfig[];
  readonly keyId?: string;
}

function model(story: Partial<ModelStory> = {}): FittedModel {
  return modelOf({ rules: RULES, head: HEAD, perHour: 20, ...story });
}

/** What the second of two runs on one store says; in the first one something was counted, unless said otherwise. */
async function secondRun(first: Run, second: Run, hasCounted = true): Promise<string[]> {
  const store = createMemoryStore();
  const { log, lines } = recordLog();
  for (const { models, streams = streamsOf(false), keyId = "k" } of [first, second]) {
    await registerCounting(store, { models, streams, keyId }, log);
    if (hasCounted) await store.writePanes([PANE]);
  }
  return lines.map(({ msg }) => String(msg));
}

const PANE = { layout: "m/1", version: "v1", segment: "all", start: 0, packed: new Uint8Array() };

describe("what decides counts", () => {
  it("is the same after edits of limits, budgets, windows and severities, of which nothing is said", async () => {
    const rules = `  - { alert: Drift, measure: psi, columns: [amount], atLeast: 0.3, for: 10m, severity: page }
  - { alert: Other, measure: ks, columns: [region], window: { size: 2h } }`;
    const head = `${HEAD}\nbudget: { falseAlarms: 5, per: 7d }`;
    expect(await secondRun({ models: [model()] }, { models: [model({ rules, head })] })).toEqual([]);
  });

  it.each([
    ["segments of m", { models: [model({ head: `${HEAD}\nsegmentBy: [region]` })] }],
    ["lateness of m", { models: [model({ head: HEAD.replace("2m", "5m") })] }],
    ["versions of m", { models: [model({ head: `${HEAD}\nversions: { keep: 2 }` })] }],
    [
      "ranges of m",
      { models: [model({ head: `${HEAD}\ncolumns: { amount: { type: number, minimum: 0 } }` })] },
    ],
    ["stream s", { models: [model()], streams: [{ ...STREAM, map: { score: { pointer: "/p" } } }] }],
    ["privacy key", { models: [model()], keyId: "another" }],
  ] as const)("has another part: %s, which the log names in one line", async (part, second) => {
    expect(await secondRun({ models: [model()] }, second)).toEqual([
      `records are counted otherwise than before (${part}): what was counted before stays as it is, and windows ` +
        "that hold both may fire for the change itself",
    ]);
  });

  it("is no news after a run that never came to count", async () => {
    const other = { models: [model()], keyId: "another" };
    expect(await secondRun({ models: [model()] }, other, false)).toEqual([]);
  });

  it("leaves what has come, what has gone and other bins to those who know what follows", async () => {
    const finer = model({ head: HEAD.replace("pane: 1m", "pane: 2m") });
    expect(await secondRun({ models: [model()] }, { models: [finer] })).toEqual([]);
    const [, labels] = streamsOf(true);
    if (labels === undefined) throw new Error("no label stream");
    const more = { models: [model({ labels: true })], streams: [STREAM, labels] };
    expect(await secondRun({ models: [model()] }, more)).toEqual([]);
  });
});
