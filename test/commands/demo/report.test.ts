import { describe, expect, it } from "vitest";
import { FAULTS } from "../../../src/commands/demo/faults.ts";
import { isMissed, matchFaults, reportJson } from "../../../src/commands/demo/report.ts";
import { renderAlert, renderReport } from "../../../src/commands/demo/report-text.ts";
import type { Finding, Report } from "../../../src/commands/demo/report.ts";
import { alertAt } from "./alerts.ts";

const plain = { width: 120, color: false };
const FEBRUARY = Date.UTC(2001, 1, 1);
const MARCH_10 = Date.UTC(2001, 2, 10);

const findings: Finding[] = [
  {
    episode: {
      alert: alertAt("2001-02-20T15:00:00.000Z", { segment: "origin=ATL" }),
      resolved: alertAt("2001-02-20T15:00:00.000Z", {
        segment: "origin=ATL",
        state: "resolved",
        endsAt: "2001-02-25T04:00:00.000Z",
      }),
      from: Date.UTC(2001, 1, 20, 15),
      to: Date.UTC(2001, 1, 25, 4),
    },
    cause: { kind: "fault", fault: "kilometres", reason: "distances from ATL arrive in kilometres" },
  },
  {
    episode: {
      alert: alertAt("2001-02-21T03:00:00.000Z"),
      from: Date.UTC(2001, 1, 21, 3),
      to: Number.NaN,
    },
    cause: { kind: "fault", fault: "kilometres", reason: "distances from ATL arrive in kilometres" },
  },
  {
    episode: {
      alert: alertAt("2001-03-05T12:40:00.000Z", { alert: "Hourly", column: "destination" }),
      from: Date.UTC(2001, 2, 5, 12, 40),
      to: Number.NaN,
    },
    cause: { kind: "chance", reason: "one window only, and not rarer than chance allows" },
  },
];

function reportOf(changes: Partial<Report> = {}): Report {
  return {
    accounting: { received: 1_300_000, measured: 1_299_000, waiting: 12, dropped: { late: 988, invalid: 0 } },
    findings,
    faults: matchFaults(FAULTS.slice(0, 2), findings, MARCH_10),
    from: FEBRUARY,
    to: MARCH_10,
    budget: { falseAlarms: 1, per: 30 * 86_400_000 },
    fitness: [
      { alert: "Daily", column: "distance", verdict: "provisional", series: 1, of: 1 },
      { alert: "Daily", column: "delay", verdict: "not judged: too variable", series: 18, of: 20 },
      { alert: "Daily", column: "delay", verdict: "provisional", series: 2, of: 20 },
    ],
    seconds: 41.26,
    ...changes,
  };
}

describe("report", () => {
  it("says what was found, what else fired and why, what the budget allowed, where the rows went", () => {
    expect(renderReport(reportOf(), plain)).toBe(
      `broken on purpose  from          for  found by                      after
kilometres         20 Feb 00:00  4 d  Daily distance v1 origin=ATL  15 h
lost-origin        24 Apr 08:00  2 d  not reached

fired         every other alert      cause
21 Feb 03:00  Daily distance v1      fault: kilometres
 5 Mar 12:40  Hourly destination v1  chance: one window only, and not rarer than chance allows

held against January  trust                     columns
Daily                 provisional               distance, delay (2 of 20 airports)
Daily                 not judged: too variable  delay (18 of 20 airports)

Budget: 1 false alarm in 30 d, so at most 1.2 expected in these 37 days from series whose trust is promised: none came.
Of 3 alerts 1 may be chance.

Rows: 1,300,000 received = 1,299,000 measured + 12 waiting + 988 late dropped, in 41.3 s.
`,
    );
  });

  it("calls a fault missed only when the run went past it", () => {
    const late = matchFaults(FAULTS.slice(0, 2), findings, Date.UTC(2001, 5, 1));
    expect(late.map(isMissed)).toEqual([false, true]);
    expect(reportOf().faults.map(isMissed)).toEqual([false, false]);
    expect(renderReport(reportOf({ faults: late }), plain)).toContain("MISSED");
  });

  it("keeps whole names at 80 columns", () => {
    const text = renderReport(reportOf(), { width: 80, color: false });
    expect(Math.max(...text.split("\n").map(({ length }) => length))).toBeLessThanOrEqual(80);
    expect(text).not.toContain("…");
  });

  it("finds a fault by the event time of its alerts, and says who told first", () => {
    const silence = FAULTS.slice(4);
    const tell = (alert: string, startsAt: string): Finding => ({
      episode: { alert: alertAt(startsAt, { alert }), from: Date.parse(startsAt), to: Number.NaN },
      cause: { kind: "fault", fault: "silence", reason: "no record arrives" },
    });
    const told = [tell("Silent", "2001-06-13T13:00Z"), tell("Volume", "2001-06-13T10:45Z")];
    const faults = matchFaults(silence, told, Date.UTC(2001, 6, 1));
    expect(faults[0]).toMatchObject({ found: told[1], toldBy: told[0] });
    expect(renderReport(reportOf({ findings: told, faults }), plain)).toContain(
      "silence: Silent told first, after 3 h; Volume speaks of the time of the records",
    );
  });

  it("is one JSON object with every alert once", () => {
    const json: unknown = JSON.parse(JSON.stringify(reportJson(reportOf())));
    expect(json).toMatchObject({
      received: 1_300_000,
      measured: 1_299_000,
      waiting: 12,
      dropped: { late: 988, invalid: 0 },
      alerts: [
        { alert: "Daily", state: "resolved", endsAt: "2001-02-25T04:00:00.000Z" },
        { alert: "Daily", state: "firing" },
        { alert: "Hourly", state: "firing" },
      ],
      faults: [
        {
          fault: "kilometres",
          from: "2001-02-20T00:00:00.000Z",
          to: "2001-02-24T00:00:00.000Z",
          foundBy: "Daily",
          afterSeconds: 54_000,
        },
        { fault: "lost-origin", foundBy: null, afterSeconds: null },
      ],
      seconds: 41.3,
    });
  });

  it("says when nothing else fired", () => {
    expect(renderReport(reportOf({ findings: [], faults: [] }), plain)).toContain("No other alert fired.");
  });

  it("shows an alert with its explanation, and with the fault behind it", () => {
    const [first] = findings;
    expect(first && renderAlert(first.episode.alert, first.cause, plain)).toBe(
      `20 Feb 15:00  FIRING Daily flight-delay/distance v1: distance moved up. Broken on purpose: kilometres.
`,
    );
    const resolved = alertAt("2001-02-20T15:00Z", {
      state: "resolved",
      endsAt: "2001-02-25T04:00Z",
      reason: "back within its limit",
    });
    expect(renderAlert(resolved, undefined, plain)).toBe(
      "25 Feb 04:00  resolved Daily distance v1: back within its limit\n",
    );
  });
});
