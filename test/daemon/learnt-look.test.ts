import { expect, test } from "vitest";
import { createLearntLook } from "../../src/daemon/learnt-look.ts";
import { Engine } from "../../src/engine/engine.ts";
import { learntName } from "../../src/evaluation/learning.ts";
import { fitLearning } from "../../src/rules/learning-model.ts";
import { readModel } from "../../src/rules/model-file.ts";
import { createMemoryStore } from "../../src/state/memory.ts";
import { MEASURES } from "../../src/statistics/measures.ts";

const TEXT = `version: 1
model: m
references: { default: { learn: 7d } }
columns: { amount: { type: number } }
`;

test("what another member has learnt is taken over once, at the next look", async () => {
  const { model } = readModel({ text: TEXT, file: "/m.yaml", extended: new Map(), measures: MEASURES });
  if (model === undefined) throw new Error("no model");
  const fitted = fitLearning({ model, hasLabels: false });
  const engine = new Engine({ groups: [], models: [fitted] });
  const store = createMemoryStore();
  let reads = 0;
  const look = createLearntLook({ engine, store, reload: { read: async () => void (reads += 1) } });
  await look();
  expect(reads).toBe(0);
  const name = learntName("m", fitted.counting.learning?.id ?? "");
  await store.writeJudgement(new Map([[name, new Uint8Array(4)]]));
  await look();
  // Where it was refused, the next change of the files takes it over.
  await look();
  expect(reads).toBe(1);
});
