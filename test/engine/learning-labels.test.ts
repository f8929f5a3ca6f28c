import { expect, it } from "vitest";
import { fitLearning } from "../../src/rules/learning-model.ts";
import { readModel } from "../../src/rules/model-file.ts";
import { MEASURES } from "../../src/statistics/measures.ts";
import { event, label, MINUTE, START } from "./fixture.ts";
import { worldOf } from "./world.ts";

it("labels of a model that learns its reference meet no prediction, and are told as such", async () => {
  const text =
    "version: 1\nmodel: m\nreferences: { default: { learn: 7d } }\ncolumns: { amount: { type: number }, prediction.score: { type: number } }\n";
  const { model } = readModel({ text, file: "/m.yaml", extended: new Map(), measures: MEASURES });
  if (model === undefined) throw new Error("no model");
  const world = await worldOf({ fitted: fitLearning({ model, hasLabels: true }), onLearnt: () => undefined });
  await world.feed([event({ id: "a", time: START }), event({ id: "b", time: START + MINUTE })]);
  await world.feed([label("a", 1, START + 2 * MINUTE), label("b", null, START + 2 * MINUTE)], {
    stream: "l",
  });
  expect(world.ledger("s")).toMatchObject({ received: 2, measured: 2 });
  expect(world.ledger("l")).toMatchObject({
    received: 2,
    measured: 0,
    dropped: { "orphan-label": 1, invalid: 1 },
  });
});
