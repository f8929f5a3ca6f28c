import { describe, expect, it } from "vitest";
import { checkRefreshed } from "../../src/commands/refresh-check.ts";
import { readModel } from "../../src/rules/model-file.ts";
import { MEASURES } from "../../src/statistics/measures.ts";
import { build, plan } from "../reference/plain-rows.ts";

const PLAN = plan({ name: "amount", type: "number" }, { name: "score", type: "number" });
const ROWS = Array.from({ length: 200 }, (_, i) => ({
  time: Date.UTC(2024, 0, 1) + i * 60_000,
  amount: i % 10,
  score: i % 7,
}));

function faultsOf(last: string, options?: Parameters<typeof build>[2]) {
  const text = `version: 1
model: m
references: { default: { file: m.arrow, refresh: { schedule: "0 3 1 * *", last: ${last} } } }
rules:
  - { alert: Hourly, measure: psi }
  - { alert: Daily, measure: psi, window: { size: 1d } }
`;
  const { model } = readModel({ text, file: "m.yaml", extended: new Map(), measures: MEASURES });
  if (model === undefined) throw new Error("no model");
  return checkRefreshed({ model }, build(PLAN, ROWS, options));
}

describe("a reference that is refreshed", () => {
  it("is refreshed of 30 windows of every rule", () => {
    expect(faultsOf("30d")).toEqual([]);
    expect(faultsOf("28d")).toEqual([
      {
        path: ["references", "default", "refresh", "last"],
        code: "NO_JUDGEMENT",
        message: "holds 28 windows of 1d, and 30 are needed; write 30d or more, or take shorter windows",
      },
    ]);
    expect(faultsOf("1d").map(({ message }) => message.slice(0, 22))).toEqual([
      "holds 24 windows of 1h",
      "holds 1 windows of 1d,",
    ]);
  });

  it("holds no column against its season", () => {
    const season = {
      column: "amount",
      signal: "distribution",
      windowSize: 3_600_000,
      bySegment: false,
    } as const;
    expect(faultsOf("30d", { seasons: [season] })).toEqual([
      {
        path: ["references", "default", "refresh"],
        which: "key",
        code: "CONFLICT",
        message:
          "the reference holds amount against the season, which takes whole weeks of hours to learn, and a daemon keeps 14 days of them; take refresh away, and build a new reference with driftd reference build",
      },
    ]);
  });
});
