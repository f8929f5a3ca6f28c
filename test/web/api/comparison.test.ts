import { expect, test } from "vitest";
import { registerComparison, type ShownComparison } from "../../../src/web/api/comparison.ts";
import { server } from "./app.ts";

const SHOWN: ShownComparison = {
  model: "fraud",
  version: "v8",
  against: "v7",
  window: { from: "2026-01-14T00:00:00.000Z", to: "2026-01-14T01:00:00.000Z" },
  verdict: "alike",
  firing: [],
  columns: [
    {
      column: "amount",
      measure: "psi",
      score: { status: "ok", value: 0.01, n: 900, p: 0.3 },
      differs: false,
    },
  ],
  labels: [],
};

test("two versions of a model are compared, and both must be named", async () => {
  const app = server();
  registerComparison(app, {
    compare: async ({ model }) => (model === "fraud" ? SHOWN : undefined),
    elsewhere: () => undefined,
  });
  const ask = (query: string) => app.inject(`/api/compare?${query}`);
  expect((await ask("model=fraud&version=v8&against=v7")).json()).toEqual(SHOWN);
  expect((await ask("model=fraud&version=v8")).statusCode).toBe(400);
  const one = await ask("model=fraud&version=v8&against=v8");
  expect(one.statusCode).toBe(400);
  expect(one.json()).toEqual({
    error: { code: "ONE_VERSION", message: "version and against are both v8: name two versions." },
  });
  const unknown = await ask("model=churn&version=v8&against=v7");
  expect(unknown.statusCode).toBe(404);
  expect(unknown.json()).toEqual({
    error: { code: "UNKNOWN_MODEL", message: "No model is called churn; driftd check lists them." },
  });
});

test("a member that does not judge says whom to ask", async () => {
  const app = server();
  registerComparison(app, { compare: async () => SHOWN, elsewhere: () => "Ask another." });
  const answer = await app.inject("/api/compare?model=fraud&version=v8&against=v7");
  expect(answer.json()).toEqual({ verdict: "unknown", elsewhere: "Ask another." });
});
