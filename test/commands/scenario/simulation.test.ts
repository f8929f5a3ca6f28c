import { expect, test } from "vitest";
import type { Synthetic } from "../../../src/commands/scenario/scenario.ts";
import { simulate } from "../../../src/commands/scenario/simulation.ts";
import { fitted } from "./scenario-project.ts";

const HOUR = 3_600_000;
const START = Date.UTC(2026, 0, 5);
const model = fitted();

const story: Synthetic = {
  rate: { kind: "rows", perMs: 20_000 / HOUR },
  lasts: 3 * HOUR,
  columns: ["amount"],
  start: START,
  seed: 1,
  version: "v1",
  changes: [
    {
      at: HOUR,
      until: Number.POSITIVE_INFINITY,
      effect: { kind: "column", column: "amount", effect: { kind: "nulls", share: 0.2 } },
    },
  ],
};

test("whoever watches changes nothing, and neither does how often is judged", async () => {
  const { signal } = new AbortController();
  const plain = await simulate({ fitted: model, story, seed: 1, signal });
  let looks = 0;
  const watch = (): void => void (looks += 1);
  const watched = await simulate({ fitted: model, story, seed: 1, watch, signal });
  expect(watched).toEqual(plain);
  expect(looks).toBeGreaterThan(170);
  expect(plain.map(({ alert }) => alert.alert)).toContain("Nulls");
});

test("whoever asks it to stop need not wait for the end", async () => {
  const stopping = new AbortController();
  setTimeout(() => stopping.abort(), 10);
  const long = { ...story, lasts: 365 * 24 * HOUR };
  const stopped = simulate({ fitted: model, story: long, seed: 1, signal: stopping.signal });
  await expect(stopped).rejects.toMatchObject({ code: "INTERRUPTED" });
});
