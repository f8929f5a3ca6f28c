import { beforeAll, describe, expect, it } from "vitest";
import type { FittedModel } from "../../src/rules/fitted-model.ts";
import { CohortJudge } from "../../src/verdict/cohort-judge.ts";
import { AlertHistory } from "../../src/verdict/alert-history.ts";
import { ClockJudge } from "../../src/verdict/clock-judge.ts";
import { Judge } from "../../src/verdict/judge.ts";
import { restoreJudgement, writeJudgement, type Judges } from "../../src/verdict/judgement-record.ts";
import { SchemaJudge } from "../../src/verdict/schema-judge.ts";
import type { Standing } from "../../src/verdict/standing.ts";
import { DAY, modelOf, START } from "../engine/fixture.ts";

const RULES = "  - { alert: Drift, measure: psi, columns: [amount] }";
let fitted: FittedModel;
let regridded: FittedModel;
beforeAll(() => {
  fitted = modelOf({ rules: RULES, perHour: 10 });
  regridded = modelOf({ rules: RULES, perHour: 10, referenceRow: (i) => ({ amount: (i * 31) % 997 }) });
});

function judgesOf(model: FittedModel): Judges {
  return {
    panes: new Judge(model),
    cohorts: new CohortJudge(model),
    clock: new ClockJudge(model),
    schema: new SchemaJudge(model),
    history: new AlertHistory(),
  };
}

const PENDING: Standing = { verdict: { state: "pending", run: 3, since: START, calmSince: Number.NaN } };

describe("the record of judgements", () => {
  it("brings fresh judges to where it was written", () => {
    const judges = judgesOf(fitted);
    judges.panes.closedThrough = START + DAY;
    judges.panes.began = START;
    judges.panes.standings.set("a", PENDING);
    judges.panes.seen.see("v1", START + DAY);
    judges.cohorts.judgedThrough = START;
    judges.cohorts.openAfter = START - DAY;
    judges.cohorts.standings.set("b", PENDING);
    judges.cohorts.seen.see("v1", START);
    judges.clock.standings.set("c", PENDING);
    const restored = judgesOf(fitted);
    restoreJudgement(restored, writeJudgement(judges));
    expect(restored.panes).toMatchObject({ closedThrough: START + DAY, began: START });
    expect(restored.panes.seen.export()).toEqual([["v1", START + DAY]]);
    expect(restored.cohorts).toMatchObject({ judgedThrough: START, openAfter: START - DAY });
    expect(restored.cohorts.seen.export()).toEqual([["v1", START]]);
    for (const [judge, key] of [
      [restored.panes, "a"],
      [restored.cohorts, "b"],
      [restored.clock, "c"],
    ] as const) {
      expect([...judge.standings]).toEqual([[key, PENDING]]);
    }
  });

  it("knows what was never judged", () => {
    const restored = judgesOf(fitted);
    restoreJudgement(restored, writeJudgement(judgesOf(fitted)));
    expect(restored.panes.closedThrough).toBe(Number.NEGATIVE_INFINITY);
    expect(restored.panes.began).toBeNaN();
    expect(restored.cohorts.judgedThrough).toBe(Number.NEGATIVE_INFINITY);
    expect(restored.cohorts.openAfter).toBe(Number.NEGATIVE_INFINITY);
  });

  it("lets windows fill anew where counts stand on another layout", () => {
    const judges = judgesOf(fitted);
    judges.panes.closedThrough = START + DAY;
    judges.panes.began = START;
    const restored = judgesOf(regridded);
    const record = writeJudgement(judges);
    expect(restoreJudgement(restored, record)).toMatchObject({ layout: true, reference: true });
    expect(restoreJudgement(judgesOf(fitted), record)).toMatchObject({ layout: false, reference: false });
    expect(restored.panes).toMatchObject({ closedThrough: START + DAY, began: START + DAY });
  });
});
