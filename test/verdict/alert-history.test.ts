import { expect, test } from "vitest";
import { AlertHistory } from "../../src/verdict/alert-history.ts";
import { exampleAlert, resolved } from "../publish/alerts.ts";

const AT = "2026-01-15T15:30:00.000Z";

function fire(history: AlertHistory, id: string, trust: "promised" | "none" = "promised") {
  const alert = exampleAlert({ id, score: { status: "ok", value: 1, n: 9, trust } });
  history.note([{ alert, at: 0 }]);
  return alert;
}

test("counts what fired and what people said of it, each once, and keeps who said so last", () => {
  const history = new AlertHistory();
  const first = fire(history, "a1");
  const second = fire(history, "a2", "none");
  history.judge(first, "acknowledged", { by: "ann", at: AT });
  history.judge(first, "acknowledged", { by: "bob", at: AT, reason: "mine" });
  history.judge(first, "false", { by: "bob", at: AT });
  history.judge(second, "false", { by: "bob", at: AT });
  expect(history.tallies.get("FeatureDrift")).toEqual({
    fired: 2,
    promised: 1,
    acknowledged: 1,
    false: 2,
    falsePromised: 1,
  });
  expect(history.withJudgements(first).judgements).toEqual({
    acknowledged: { by: "bob", at: AT, reason: "mine" },
    false: { by: "bob", at: AT },
  });
});

test("an alert that ended can still be judged, until a hundred have ended after it", () => {
  const history = new AlertHistory();
  const first = fire(history, "a0");
  history.judge(first, "acknowledged", { by: "ann", at: AT });
  history.note([{ alert: resolved(first), at: 1 }]);
  expect(history.lately()).toMatchObject([{ id: "a0", state: "resolved", judgements: { acknowledged: {} } }]);
  for (let i = 1; i <= 100; i++) history.note([{ alert: resolved(exampleAlert({ id: `a${i}` })), at: i }]);
  expect(history.lately()).toHaveLength(100);
  expect(history.lately()[0]?.id).toBe("a1");
  expect(history.withJudgements(first).judgements).toBeUndefined();
});

test("what was exported is what comes back", () => {
  const history = new AlertHistory();
  history.since = 5;
  const alert = fire(history, "a1");
  history.judge(alert, "false", { by: "ann", at: AT });
  history.note([{ alert: resolved(alert), at: 1 }]);
  const other = new AlertHistory();
  other.restore(history.export());
  expect(other.since).toBe(5);
  expect([...other.tallies]).toEqual([...history.tallies]);
  expect(other.lately()).toEqual(history.lately());
  const blank = new AlertHistory();
  blank.restore(new AlertHistory().export());
  expect(blank.since).toBeNaN();
});
