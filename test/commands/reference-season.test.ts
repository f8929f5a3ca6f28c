import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { random } from "../reference/plain-rows.ts";
import { runReference } from "./run-reference.ts";

let directory = "";

const HOURLY = `version: 1
model: hourly
references: { default: { file: hourly.arrow } }
window: { size: 1h, pane: 5m }
rules:
  - { alert: Hourly, measure: psi, columns: [amount], by: [version], against: season, window: { every: 1h } }
`;

/** Four weeks of 50 rows an hour, larger in the afternoon. */
function hourly(): string {
  const next = random(3);
  const rows = Array.from({ length: 28 * 24 * 50 }, (_, i) => {
    const level = i % (24 * 50) < 12 * 50 ? 100 : 130;
    return `${Date.UTC(2024, 0, 1) + i * 72_000},${(level * (1 + next())).toFixed(2)},${i % 7}`;
  });
  return ["time,amount,other", ...rows].join("\n");
}

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "driftd-season-"));
  await writeFile(join(directory, "hourly.yaml"), HOURLY);
  await writeFile(join(directory, "hourly.csv"), hourly());
});

afterAll(async () => {
  await rm(directory, { recursive: true });
});

describe("a rule against the season", () => {
  it("has its columns' seasons built, and show tells how far they can be trusted", async () => {
    const argv = ["build", "hourly.csv", "--rules", "hourly.yaml", "--output", "hourly.arrow"];
    const built = await runReference(directory, argv);
    expect(built.status).toBe(0);
    const shown = await runReference(directory, ["show", "hourly.arrow"]);
    expect(shown.out).toMatch(
      /amount .* 1h, season +4 weeks +50 .* provisional +by hour of the day; 4 whole weeks of reference, fewer than 10/,
    );
    expect(shown.out).not.toMatch(/other .* season/);
  });
});
