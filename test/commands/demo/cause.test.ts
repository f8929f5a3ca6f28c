import { describe, expect, it } from "vitest";
import { findCause } from "../../../src/commands/demo/cause.ts";
import type { Cause } from "../../../src/commands/demo/cause.ts";
import type { Episode } from "../../../src/commands/replay/episodes.ts";
import { FAULTS } from "../../../src/commands/demo/faults.ts";
import type { Alert } from "../../../src/verdict/alert.ts";
import { MODEL, alertAt } from "./alerts.ts";

const DAY = 86_400_000;

function episode(alert: Alert, to?: string): Episode {
  return { alert, from: Date.parse(alert.startsAt), to: to === undefined ? Number.NaN : Date.parse(to) };
}

function causeOf(judged: Episode, others: readonly Episode[] = []): Cause {
  const episodes = [judged, ...others];
  return findCause(judged, {
    faults: FAULTS,
    model: MODEL,
    episodes,
    budgetedSeries: 100,
    duration: 150 * DAY,
  });
}

const atlanta = { segment: "origin=ATL", column: "distance" };

describe("cause of an alert", () => {
  it("is a fault that moves the series and stood in the window", () => {
    expect(causeOf(episode(alertAt("2001-02-20T15:00Z", atlanta)))).toMatchObject({
      kind: "fault",
      fault: "kilometres",
    });
  });

  it("is a fault still, while the window holds its data", () => {
    expect(causeOf(episode(alertAt("2001-02-24T20:00Z", atlanta))).fault).toBe("kilometres");
    expect(causeOf(episode(alertAt("2001-02-25T01:00Z", atlanta))).fault).toBeUndefined();
  });

  it("is not a fault that had not begun when the first guilty window closed", () => {
    expect(causeOf(episode(alertAt("2001-02-20T01:30Z", atlanta))).fault).toBeUndefined();
  });

  it("is not a fault that only happens at the same time", () => {
    expect(causeOf(episode(alertAt("2001-02-20T15:00Z", { segment: "origin=ORD" }))).fault).toBeUndefined();
    expect(causeOf(episode(alertAt("2001-02-20T15:00Z", { column: "origin" }))).fault).toBeUndefined();
  });

  it("reaches back over cohort and maturity for outcomes", () => {
    const outcomes = { alert: "Outcomes", measure: "ece", column: "prediction.score", version: "v2" };
    expect(causeOf(episode(alertAt("2001-05-20T06:00Z", outcomes))).fault).toBe("stretched-version");
    expect(causeOf(episode(alertAt("2001-05-22T07:00Z", outcomes)))).toMatchObject({ kind: "real" });
  });

  it("is real where a plain limit was passed", () => {
    const broken = { alert: "Broken", measure: "invalid" };
    expect(causeOf(episode(alertAt("2001-03-20T15:00Z", broken)))).toMatchObject({ kind: "real" });
  });

  it("is real where windows that share no flights agree", () => {
    const hourly = { alert: "Hourly", column: "destination" };
    const first = episode(alertAt("2001-03-05T12:40Z", hourly), "2001-03-05T13:25Z");
    const second = episode(alertAt("2001-03-05T16:55Z", hourly), "2001-03-05T17:40Z");
    expect(causeOf(first, [second])).toMatchObject({
      kind: "real",
      reason: "windows that share no flights agree",
    });
    expect(causeOf(first)).toMatchObject({ kind: "chance" });
    expect(causeOf(episode(alertAt("2001-03-05T12:40Z", hourly), "2001-03-05T15:00Z")).kind).toBe("real");
  });

  it("is real where a column that does not follow from this one fired over the same hours", () => {
    const judged = episode(alertAt("2001-03-05T21:00Z", { column: "origin" }), "2001-03-06T10:00Z");
    const other = (column: string, startsAt: string, changes: Partial<Alert> = {}): Episode =>
      episode(alertAt(startsAt, { column, ...changes }));
    expect(causeOf(judged).kind).toBe("chance");
    expect(causeOf(judged, [other("destination", "2001-03-05T16:00Z")])).toMatchObject({
      kind: "real",
      reason: "destination of the same hours agrees (Daily)",
    });
    expect(causeOf(judged, [other("destination", "2001-03-09T16:00Z")]).kind).toBe("chance");
    expect(causeOf(judged, [other("prediction.score", "2001-03-05T16:00Z")]).kind).toBe("chance");
    expect(causeOf(judged, [other("destination", "2001-03-05T16:00Z", { version: "v2" })]).kind).toBe(
      "chance",
    );
  });

  it("is real where chance gives such a p hardly ever in the run, else it may be chance", () => {
    const score = alertAt("2001-06-09T18:00Z").score;
    const origin = { column: "origin" };
    expect(
      causeOf(episode(alertAt("2001-06-09T18:00Z", { ...origin, score: { ...score, p: 1e-9 } }))).kind,
    ).toBe("real");
    expect(
      causeOf(episode(alertAt("2001-06-09T18:00Z", { ...origin, score: { ...score, p: 1e-6 } }))).kind,
    ).toBe("chance");
  });
});
