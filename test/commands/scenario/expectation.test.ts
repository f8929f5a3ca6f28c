import { describe, expect, test } from "vitest";
import { findProblems, occasionOf } from "../../../src/commands/scenario/expectation.ts";
import type { Firing } from "../../../src/commands/scenario/firing.ts";
import type { Expectation } from "../../../src/commands/scenario/scenario.ts";

const MINUTE = 60_000;
const START = Date.UTC(2026, 0, 5);
const occasion = {
  start: START,
  end: START + 240 * MINUTE,
  change: START + 60 * MINUTE,
  calm: START + 120 * MINUTE,
};

function fired(alert: string, from: number, more: Partial<Firing> = {}): Firing {
  return { alert, from: START + from * MINUTE, to: Number.NaN, told: "psi 0.05 at n=9,020", ...more };
}

function problemsOf(expectation: Partial<Expectation>, firings: readonly Firing[]): string[] {
  const whole: Expectation = { alert: "Drift", except: [], never: false, ...expectation };
  return findProblems([whole], firings, occasion).map(({ text }) => text);
}

describe("an alert that is to fire", () => {
  const firing = { within: 15 * MINUTE };

  test("does so in time", () => {
    expect(problemsOf({ firing }, [fired("Drift", 75)])).toEqual([]);
    expect(problemsOf({ firing: {} }, [fired("Drift", 239)])).toEqual([]);
  });

  test.each([
    ["too late", [fired("Drift", 91)], "expected within 15m, fired after 31m (psi 0.05 at n=9,020)"],
    ["not at all", [fired("Other", 70)], "expected within 15m, never fired"],
    [
      "before the change",
      [fired("Drift", 48)],
      "expected after the change, fired 12m before the change (psi 0.05 at n=9,020)",
    ],
  ])("fires %s", (_, firings, text) => {
    expect(problemsOf({ firing }, firings)).toEqual([text]);
  });

  test("fires too soon for what it waits for", () => {
    const text = "expected not before 10m, fired after 5m (psi 0.05 at n=9,020)";
    expect(problemsOf({ firing: { notBefore: 10 * MINUTE } }, [fired("Drift", 65)])).toEqual([text]);
  });

  test("is timed from another moment where it says so", () => {
    expect(problemsOf({ firing, after: 100 * MINUTE }, [fired("Drift", 110)])).toEqual([]);
  });

  test("is told by column, segment and version", () => {
    const some = { column: "amount", segment: { region: "eu" }, version: "v2" };
    const meant = fired("Drift", 70, { column: "amount", segment: "region=eu,device=x", version: "v2" });
    expect(problemsOf({ firing, ...some }, [meant])).toEqual([]);
    for (const other of [{ column: "age" }, { segment: "region=europe" }, { version: "v1" }]) {
      expect(problemsOf({ firing, ...some }, [{ ...meant, ...other }])).toHaveLength(1);
    }
  });
});

describe("an alert that is to resolve", () => {
  const expectation = { firing: {}, resolved: { within: 30 * MINUTE } };

  test("does so in time after the change has ended", () => {
    const ended = fired("Drift", 70, { to: START + 150 * MINUTE });
    expect(problemsOf(expectation, [ended])).toEqual([]);
  });

  test.each([
    ["resolves too late", { to: START + 163 * MINUTE }, "expected to resolve within 30m, resolved after 43m"],
    ["goes on", {}, "expected to resolve within 30m, still fires 2h after the change ended"],
  ])("%s", (_, more, text) => {
    expect(problemsOf(expectation, [fired("Drift", 70, more)])).toEqual([text]);
  });

  test("must fire first, which is said once", () => {
    expect(problemsOf(expectation, [])).toEqual(["expected, never fired"]);
    expect(problemsOf({ resolved: {} }, [])).toEqual(["expected to resolve, never fired"]);
  });
});

describe("an alert that is never to fire", () => {
  test("is said to have fired, by its series", () => {
    const firings = [fired("Nulls", 62, { column: "amount", version: "v1" }), fired("Drift", 70)];
    expect(problemsOf({ alert: "*", never: true, except: [{ alert: "Drift" }] }, firings)).toEqual([
      "expected never, but Nulls amount v1 fired after 2m (psi 0.05 at n=9,020)",
    ]);
    expect(problemsOf({ never: true }, [fired("Other", 3)])).toEqual([]);
  });

  test("is named five times at most", () => {
    const [text] = problemsOf(
      { alert: "*", never: true },
      Array.from({ length: 8 }, (_, i) => fired(`A${i}`, 61)),
    );
    expect(text).toContain("A4 fired");
    expect(text).toMatch(/ and 3 more$/);
  });
});

test("times count from the first change, and calm from the last that ends", () => {
  const effect = { kind: "silence" } as const;
  const story = { kind: "synthetic", lasts: 10, start: 100, seed: 1, version: "v1" } as const;
  const changes = [
    { at: 5, until: 8, effect },
    { at: 3, until: Number.POSITIVE_INFINITY, effect },
  ];
  expect(occasionOf({ ...story, changes })).toEqual({ start: 100, end: 110, change: 103, calm: 108 });
  expect(occasionOf({ ...story, changes: [] })).toEqual({ start: 100, end: 110, change: 100, calm: 100 });
});
