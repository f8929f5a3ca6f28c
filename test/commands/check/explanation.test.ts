import { expect, test } from "vitest";
import { writeReference } from "../../../src/reference/reference-file.ts";
import { checkProject, CONFIG } from "../check-project.ts";
import { build, plan, random } from "../../reference/plain-rows.ts";

const { write, run } = checkProject();

/** Three weeks of 300 rows an hour. */
function reference(): Uint8Array {
  const next = random(3);
  const rows = Array.from({ length: 21 * 24 * 300 }, (_, i) => ({
    time: Date.UTC(2026, 0, 1) + i * 12_000,
    amount: next(),
    merchant: "abcde".charAt(5 * next() * next()),
    region: next() < 0.6 ? "eu" : "us",
  }));
  const events = plan(
    { name: "amount", type: "number" },
    { name: "merchant", type: "category" },
    { name: "region", type: "category", role: "segment" },
  );
  return writeReference(build({ ...events, model: "m" }, rows, { segmentBy: [["region"]] }));
}

const RULES = `version: 1
model: m
extends: base.yaml
references: { default: { file: ../reference/m.arrow } }
segmentBy: [region]
rules:
  - { alert: Drift, by: [version, region], for: 10m }
  - { alert: Missing, measure: missing, columns: [amount], above: 0.05, for: 5m }
  - { alert: Silent, measure: freshness, above: 5m }
`;
const BASE = `version: 1
defaults: { category: { psi: 0.05 } }
rules: [{ alert: Drift, measure: psi }]
`;

function writeProject(): void {
  write("driftd.yaml", CONFIG);
  write("rules/m.yaml", RULES);
  write("rules/base.yaml", BASE);
  write("reference/m.arrow", reference());
}

test("says of every rule what the budget means", async () => {
  writeProject();
  const { exit, lines } = await run({ explain: true });
  expect(exit).toBe(0);
  await expect(`${lines.join("\n")}\n`).toMatchFileSnapshot("../../golden/explain.txt");
});

test("as one object with --json", async () => {
  writeProject();
  const { lines } = await run({ explain: true, json: true });
  const { explanations } = JSON.parse(lines.join("\n"));
  expect(explanations).toHaveLength(4);
  const [drift, missing] = explanations;
  expect(drift).toMatchObject({
    alert: "Drift",
    columns: ["amount", "merchant"],
    segments: ["region=eu", "region=us"],
    versions: 4,
    limits: [
      { kind: "atLeast", value: 0.05, type: "category", place: "rules/base.yaml:2:30" },
      { kind: "atLeast", value: 0.02 },
    ],
    window: { size: 3_600_000, every: 60_000, for: 600_000, pane: 60_000, lateness: 120_000 },
    budget: { falseAlarms: 1, seriesOfModel: 4, looks: 43_200, consecutive: 11, expected: 1 },
  });
  expect(drift.budget.expectedInYear).toBeCloseTo(365 / 30, 10);
  expect(missing).not.toHaveProperty("budget");
  // The more a shift, the fewer values and the less time it takes.
  const [{ seen }] = drift.shifts;
  const needed = seen.flatMap((one: { needed: number | null }) => one.needed ?? []);
  expect(needed.length).toBeGreaterThan(1);
  expect(needed).toEqual(needed.toSorted((a: number, b: number) => b - a));
});

test("nothing of it is told where nobody asked", async () => {
  writeProject();
  const { lines } = await run({ json: true });
  expect(JSON.parse(lines.join("\n"))).not.toHaveProperty("explanations");
});

test("names the columns that globs choose, and explains no word that it has not said", async () => {
  writeProject();
  write("rules/m.yaml", RULES.replace("by: [version, region]", 'columns: ["*", "!am*"]'));
  const { lines } = await run({ explain: true });
  expect(lines).toContain("  Drift: psi of merchant, against the reference");
  expect(lines.join("\n")).toContain("usual n: values in a window");
  write("rules/m.yaml", RULES.replace("alert: Missing", "alert: Mis sing"));
  const broken = await run({ explain: true });
  expect(broken.exit).toBe(78);
  expect(broken.lines.join("\n")).not.toContain("usual n: values in a window");
});
