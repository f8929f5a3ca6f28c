import { beforeAll, describe, expect, it } from "vitest";
import {
  BEGIN,
  HOUR,
  labelsOf,
  openProject,
  RULES,
  ruleFile,
  twelveHours,
  type Project,
  type Told,
} from "./history.ts";

const EVENTS = twelveHours();
let project: Project;

beforeAll(async () => {
  project = await openProject();
  project.lines("scored.jsonl", EVENTS);
  project.lines("charged.jsonl", labelsOf(EVENTS));
});

async function told(...argv: string[]): Promise<Told> {
  const { status, out, err } = await project.backtest(...argv, "--json");
  expect(err).toBe("");
  expect(status).toBe(0);
  return JSON.parse(out) as Told;
}

/** Alert, and the hours after the beginning at which it began and ended, to a tenth. */
function outline({ alerts }: Pick<Told, "alerts">): unknown[][] {
  const hours = (time: string): number => Math.round(((Date.parse(time) - BEGIN) / HOUR) * 10) / 10;
  return alerts.map(({ alert, startsAt, endsAt }) => [alert, hours(startsAt), hours(endsAt)]);
}

const DRIFT = ["FeatureDrift", 4.1, 5.6];
const NULLS = ["NullSpike", 8.1, 9.6];
const LABELS = ["Inaccurate", 7, 9];

describe("driftd backtest", () => {
  it("tells which alerts would have fired, when, why and how often, and accounts for all rows", async () => {
    const result = await told("scored.jsonl", "charged=charged.jsonl");
    expect(outline(result)).toEqual([DRIFT, LABELS, NULLS]);
    expect(result.alerts[0]?.explanation).toMatch(/^FeatureDrift scoring\/amount: amount moved up/);
    const [{ rules }] = result.models;
    expect(rules.map(({ alert, fired, open }) => [alert, fired, open])).toEqual([
      ["FeatureDrift", 1, 0],
      ["NullSpike", 1, 0],
      ["Inaccurate", 1, 0],
      ["StreamSilent", 0, 0],
      ["Blind", 0, 0],
    ]);
    expect(result.accounting["scored"]).toMatchObject({
      rows: { received: 18_000, measured: 18_000 },
      passedOver: 0,
    });
    expect(result.accounting["charged"]).toMatchObject({ rows: { received: 18_000, measured: 18_000 } });
    expect(result.from).toBe("2026-03-01T00:00:00.000Z");
  });

  it("says the same in sentences", async () => {
    const { out, status } = await project.backtest("scored.jsonl", "charged=charged.jsonl");
    expect(status).toBe(0);
    expect(out).toMatch(/^2026-03-01 04:\d\d {2}FIRING FeatureDrift scoring\/amount: amount moved up/);
    expect(out).toMatch(/for 1 h \d+ min, until 2026-03-01 05:\d\d: back within its limit/);
    expect(out).toMatch(/rules of scoring +measure +fired +for +longest/);
    expect(out).toContain("StreamSilent and Blind go by the wall clock");
    expect(out).toMatch(/Budget of scoring: 1 false alarm in 30 d, so at most 0\.017 expected in these 12 h/);
    expect(out).toContain("Rows of scored: 18,000 received = 18,000 measured + 0 waiting.");
  });

  it("tells of the time that was asked for as of the whole, reading no more than that takes", async () => {
    const since = "2026-03-01T08:00Z";
    const result = await told("scored.jsonl", "--since", since, "--until", "2026-03-01T10:00:00+00:00");
    expect(outline(result)).toEqual([NULLS]);
    expect([result.from, result.to]).toEqual(["2026-03-01T08:00:00.000Z", "2026-03-01T10:00:00.000Z"]);
    // So many batches of 512 rows end before the window, and the cohort, that end at 8 o'clock begin.
    expect(result.accounting["scored"]?.passedOver).toBe(10_752);
  });

  it("tells of what fires already when the asked time begins, and still when it ends", async () => {
    const result = await told("scored.jsonl", "--since", "2026-03-01 08:30", "--until", "2026-03-01 09:00");
    expect(result.models[0]?.rules[1]).toMatchObject({ fired: 1, firingSeconds: 1800, open: 1 });
  });

  it("takes several files of a stream one behind the other, and other formats", async () => {
    const flat = EVENTS.map(({ id, time, version, segment, features, prediction }) =>
      [id, time, version, segment.region, features.amount ?? "", features.card, prediction.score].join(),
    );
    const header = "id,time,version,region,amount,card,score";
    project.write("day=1/a.csv", [header, ...flat.slice(0, 9_000)].join("\n"));
    project.write("day=1/b.csv", [header, ...flat.slice(9_000)].join("\n"));
    const result = await told("day=1/a.csv", "day=1/b.csv", "charged=charged.jsonl");
    expect(outline(result)).toEqual([DRIFT, LABELS, NULLS]);
  });

  it("judges nothing by labels that were not given, and says so", async () => {
    const { notes, models } = await told("scored.jsonl");
    expect(notes).toContain(
      "No source was given for charged, so nothing that needs labels was judged (Inaccurate). Add charged=PATH.",
    );
    expect(models[0]?.rules[2]).toMatchObject({
      alert: "Inaccurate",
      unjudged: "needs labels, and none were given",
    });
  });

  it("promises nothing where the budget covers no series", async () => {
    const [, nulls] = RULES.rules;
    project.write("plain/scoring.yaml", ruleFile({ ...RULES, rules: [nulls] }));
    const { out } = await project.backtest("scored.jsonl", "--rules", "plain");
    expect(out).toContain(
      "Budget of scoring: it covers no series (driftd check says why), and promises nothing of these alerts.",
    );
    expect((await told("scored.jsonl", "--rules", "plain")).models).toMatchObject([{ covered: 0 }]);
    expect((await told("scored.jsonl")).models).toMatchObject([{ covered: 1 }]);
  });

  it("takes other rule files", async () => {
    const [drift] = RULES.rules;
    project.write("strict/scoring.yaml", ruleFile({ ...RULES, rules: [{ ...drift, for: "20m" }] }));
    const { alerts } = await told("scored.jsonl", "--rules", "strict");
    expect(outline({ alerts })).toEqual([["FeatureDrift", 4.4, 5.6]]);
  });
});
