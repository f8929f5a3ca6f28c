import { describe, expect, it } from "vitest";
import type { RuleOutlook, ShiftOutlook } from "../../src/commands/rule-outlook.ts";
import { describeRules, describeWords } from "../../src/commands/rule-table.ts";

const HOUR = 3_600_000;
const NO_SERIES = { promised: 0, provisional: 0, none: 0, policy: 0 };

function outlook(rule: Partial<RuleOutlook>): RuleOutlook {
  return {
    model: "fraud",
    alert: "Drift",
    measure: "psi",
    limit: { kind: "atLeast", value: 0.02 },
    trust: { ...NO_SERIES, promised: 2 },
    doubts: {},
    silent: {},
    thin: 0,
    early: [],
    budget: { looks: 43_200, consecutive: 11, alpha: 1.02e-5, expected: 0.5, per: 720 * HOUR },
    shift: [],
    changes: [],
    ...rule,
  };
}

function shift(column: string, one: Partial<ShiftOutlook>): ShiftOutlook {
  return { column, segment: "all", smallest: 0.2, after: HOUR / 2, ...one };
}

function say(...rules: RuleOutlook[]): string[] {
  return describeRules(rules);
}

describe("describeRules", () => {
  it("is a table of what each rule can say, and sentences on what it cannot", () => {
    const drift = outlook({
      shift: [
        shift("amount", {}),
        shift("age", { smallest: 0.28, after: HOUR }),
        shift("tail", { after: null, because: "level", smallest: 0.41 }),
      ],
      changes: [
        { column: "card", segment: "all", direction: "category amex", from: 0.12, to: 0.02, after: HOUR },
        {
          column: "card",
          segment: "region=eu",
          direction: "category visa",
          from: 0.12,
          to: 0.17,
          after: 1.5 * HOUR,
        },
      ],
      doubts: { "provisional: fewer than 500 reference windows": 1 },
      silent: { "too-variable: windows of this length differ too much by themselves": 3 },
    });
    const broken = outlook({
      alert: "SchemaBroken",
      measure: "invalid",
      limit: { kind: "above", value: 0.01 },
      trust: { ...NO_SERIES, policy: 1 },
    });
    const { budget: _none, ...policy } = broken;
    expect(say(drift, policy)).toEqual([
      "  rule          series                looks   level       alarms  sees         0.3 sd in",
      "  Drift         2 promised, 3 not     43,200  1.0e-5 ×11  0.5     0.2-0.41 sd  30 min to 1 h, or",
      "                judged                                                         never",
      "  SchemaBroken  1 policy              -       -           -       -            -",
      "",
      "  Drift: psi, atLeast 0.02",
      "    The smallest change of a single share that fires: card category visa in region=eu from 12% to",
      "    17%, in 1 h 30 min.",
      "    A shift of 0.3 sd is never seen in tail (from 0.41 sd on): chance alone does as much to so few",
      "    rows, or between windows of this length.",
      "    1 provisional: fewer than 500 reference windows.",
      "    3 not judged, too-variable: windows of this length differ too much by themselves.",
      "",
      "  SchemaBroken: invalid, above 0.01.",
    ]);
  });

  it("counts segments where a rule judges by them, and tells limits from chance", () => {
    const segments = ["eu", "uk", "us"].map((name) => `region=${name}`);
    const some = segments.map((segment, i) =>
      shift("amount", {
        segment,
        ...(i === 0 ? {} : { after: null, because: "effect", smallest: 0.3 + i / 10 }),
      }),
    );
    const one = segments.map((segment, i) =>
      shift("age", { segment, ...(i === 0 ? { after: null, because: "level", smallest: null } : {}) }),
    );
    const text = say(outlook({ measure: "ks", shift: [...some, ...one] }))
      .join(" ")
      .replaceAll(/ +/g, " ");
    expect(text).toContain("never seen in age of region=eu (nor any larger): chance alone");
    expect(text).toContain(
      "never seen in amount of 2 of 3 segments (from 0.4 sd on): ks stays below its limit of 0.02.",
    );
  });

  it("says the limits that its columns have by their type", () => {
    const never = shift("amount", { after: null, because: "effect", smallest: 0.4 });
    const rule = outlook({ limits: [0.03, 0.05], shift: [never] });
    expect(say(rule)).toContain("  Drift: psi, atLeast 0.03 to 0.05, by type of column");
    expect(say(rule).join(" ").replaceAll(/ +/g, " ")).toContain(
      "psi stays below its limit of 0.03 to 0.05.",
    );
    expect(say(outlook({ limits: [0.1], shift: [never] }))).toContain("  Drift: psi, atLeast 0.1");
  });

  it("names no more columns than somebody reads, the blindest first", () => {
    const columns = Array.from({ length: 150 }, (_, i) =>
      shift(`f${i}`, { after: null, because: "level", smallest: i === 7 ? null : 0.4 + i / 1000 }),
    );
    const text = say(outlook({ shift: columns }))
      .join(" ")
      .replaceAll(/ +/g, " ");
    expect(text).toContain(
      "never seen in f7 (nor any larger), f149 (from 0.549 sd on), f148 (from 0.548 sd on), f147 (from 0.547 sd on), f146 (from 0.546 sd on), 145 more columns (from 0.4 sd on): chance alone",
    );
  });

  it("says nothing of a model without rules, and never of a rule that sees no shift at all", () => {
    expect(say()).toEqual([]);
    const blind = shift("amount", { after: null, because: "level", smallest: null });
    expect(say(outlook({ shift: [blind] }))[1]).toMatch(/ nothing +never$/);
    expect(say(outlook({ trust: NO_SERIES }))[1]).toContain(" none ");
  });

  it("fits a hundred characters", () => {
    const long = outlook({
      alert: "DailyDriftByOriginAndDestination",
      trust: { ...NO_SERIES, provisional: 1_200, none: 40 },
      silent: { [`too-few: ${"long ".repeat(40)}`]: 20 },
      shift: [shift("amount", { after: 40 * HOUR }), shift("age", { after: 50 * HOUR })],
    });
    for (const line of [...say(long), ...describeWords([long])]) expect(line.length).toBeLessThanOrEqual(100);
  });
});

describe("describeWords", () => {
  it("explains the words that were used, and no others", () => {
    const { budget: _none, ...policy } = outlook({ trust: { ...NO_SERIES, policy: 1 } });
    expect(describeWords([policy])).toEqual([
      "  policy: plain limits; chance is not asked, and the budget does not cover them.",
    ]);
    const words = describeWords([outlook({ shift: [shift("amount", {})] })]).join("\n");
    for (const word of ["promised", "looks", "level", "alarms", "sees", "0.3 sd in"]) {
      expect(words).toMatch(new RegExp(`^  ${word}: `, "m"));
    }
    expect(words).not.toContain("provisional:");
  });
});
