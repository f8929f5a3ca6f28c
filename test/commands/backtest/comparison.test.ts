import { beforeAll, describe, expect, it } from "vitest";
import { openProject, RULES, ruleFile, twelveHours, type Told, type Project } from "./history.ts";

let project: Project;

beforeAll(async () => {
  project = await openProject();
  project.lines("scored.jsonl", twelveHours());
});

describe("driftd backtest --against", () => {
  it("says which alerts both rule sets raise, and which only one of them", async () => {
    const [drift, nulls] = RULES.rules;
    project.write(
      "other/scoring.yaml",
      ruleFile({
        ...RULES,
        rules: [
          { ...drift, for: "20m" },
          { ...nulls, alert: "AnyNull", above: 0.0001 },
        ],
      }),
    );
    const { status, out } = await project.backtest("scored.jsonl", "--against", "other", "--json");
    expect(status).toBe(1);
    const { alerts, against } = JSON.parse(out) as Told & {
      against: Told & { both: unknown[]; onlyFirst: string[]; onlyAgainst: string[] };
    };
    expect(against.both).toHaveLength(1);
    expect(against.onlyFirst).toEqual([alerts[1]?.id]);
    expect(against.onlyAgainst).toHaveLength(against.alerts.length - 1);
    const text = await project.backtest("scored.jsonl", "--against", "other");
    expect(text.out).toMatch(/scoring NullSpike +0 +1 +0\n/);
    expect(text.out).toMatch(/FeatureDrift scoring\/amount +1 h \d+ min +both; the other \d+ min later/);
  });

  it("exits 0 where both say the same", async () => {
    const { status, out } = await project.backtest("scored.jsonl", "--against", "rules/scoring.yaml");
    expect(status).toBe(0);
    expect(out).toContain("Both rule sets raise the same alerts at the same times.");
  });
});

describe("driftd backtest --incidents", () => {
  it("says which incidents were found, by what and how late, and which alerts are of none", async () => {
    project.write("incidents.yaml", [
      { name: "currency", from: "2026-03-01T04:00:00Z", to: "2026-03-01T05:00:00Z", columns: ["am*"] },
      { name: "night", from: "2026-03-01T10:00Z", to: "2026-03-01T11:00Z" },
    ]);
    const { status, out } = await project.backtest("scored.jsonl", "--incidents", "incidents.yaml", "--json");
    expect(status).toBe(1);
    const { incidents, alerts } = JSON.parse(out) as Told & { incidents: Record<string, unknown> };
    expect(incidents).toMatchObject({ found: 1, missed: 1, share: 0.5, false: [alerts[1]?.id] });
    expect(incidents["incidents"]).toMatchObject([
      { name: "currency", found: true, foundBy: [alerts[0]?.id] },
      { name: "night", found: false, delaySeconds: null },
    ]);
    const text = await project.backtest("scored.jsonl", "--incidents", "incidents.yaml");
    expect(text.out).toMatch(/night +2026-03-01 10:00 +MISSED/);
    expect(text.out).toMatch(
      /Found: 1 of 2 \(50%\), after \d+ min in the median; of 2 alerts 1 belongs to none\./,
    );
  });

  it("misses none that lies outside of the history", async () => {
    project.write("later.yaml", [{ name: "next week", from: "2026-03-08", to: "2026-03-09" }]);
    const { status, out } = await project.backtest("scored.jsonl", "--incidents", "later.yaml");
    expect(out).toContain("Incidents outside of the span were not looked for: next week.");
    expect(status).toBe(0);
  });

  it("exits 0 where all were found", async () => {
    project.write(
      "found.csv",
      "name,from,to,alerts\ncurrency,2026-03-01T04:00Z,2026-03-01T05:00Z,Feature*\n",
    );
    const { status } = await project.backtest("scored.jsonl", "--incidents", "found.csv");
    expect(status).toBe(0);
  });

  it("says all that is wrong with the list, and where", async () => {
    project.write(
      "wrong.yaml",
      "- { nam: a, from: yesterday, to: 2026-03-01, model: scorin }\n- { name: b, from: 2026-03-02, to: 2026-03-01 }\n",
    );
    const first = await project.backtest("scored.jsonl", "--incidents", "wrong.yaml");
    expect(first.status).toBe(78);
    expect(first.err).toMatch(
      /^wrong\.yaml:1:5 {2}error {2}UNKNOWN_KEY {2}"nam": is not known here; did you mean "name"\?$/m,
    );
    project.write(
      "wrong.yaml",
      "- { name: a, from: yesterday, to: 2026-03-01, model: scorin }\n- { name: b, from: 2026-03-02, to: 2026-03-01 }\n",
    );
    const { err } = await project.backtest("scored.jsonl", "--incidents", "wrong.yaml");
    expect(err.split("\n").slice(0, -1)).toEqual([
      'wrong.yaml:1:20  error  WRONG_VALUE  "yesterday": is no time; write 2026-03-02T14:00Z, or a date for its beginning',
      'wrong.yaml:1:54  error  UNKNOWN_NAME  "scorin": is no model of this backtest; did you mean "scoring"?',
      'wrong.yaml:2:36  error  WRONG_VALUE  "2026-03-01": is not after from: 2026-03-02',
    ]);
    project.write("wrong.csv", "name,from,to\nshort,2026-03-01\n");
    expect((await project.backtest("scored.jsonl", "--incidents", "wrong.csv")).err).toContain(
      "wrong.csv:2:1  error  WRONG_VALUE  has not as many values",
    );
  });
});
