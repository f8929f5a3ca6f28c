import { expect, test } from "vitest";
import { registerCohorts, type ShownCohort } from "../../../src/web/api/cohorts.ts";
import { server } from "./app.ts";

const COHORT: ShownCohort = {
  model: "fraud",
  from: "2026-01-14T00:00:00.000Z",
  to: "2026-01-15T00:00:00.000Z",
  state: "judged",
  scores: [
    {
      version: "v7",
      segment: "region=eu",
      measure: "ece",
      score: { status: "ok", value: 0.02, n: 5_000, extras: { coverage: 0.98 } },
    },
  ],
};

test("cohorts are listed, and can be chosen by model and state", async () => {
  const open: ShownCohort = { ...COHORT, from: COHORT.to, state: "provisional" };
  const other: ShownCohort = { ...COHORT, model: "churn" };
  const app = server();
  registerCohorts(app, { cohorts: async () => [open, COHORT, other] });
  const list = async (query = ""): Promise<unknown> => (await app.inject(`/api/cohorts${query}`)).json();
  expect(await list()).toEqual({ cohorts: [open, COHORT, other] });
  expect(await list("?model=fraud&state=judged")).toEqual({ cohorts: [COHORT] });
  expect(await list("?state=provisional")).toEqual({ cohorts: [open] });
  expect((await app.inject("/api/cohorts?state=open")).statusCode).toBe(400);
});
