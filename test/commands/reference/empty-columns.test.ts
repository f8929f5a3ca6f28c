import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { runReference } from "../run-reference.ts";

const RULES = `version: 1
model: fraud
references: { default: { file: hollow.arrow } }
columns: { card: { type: category } }
rules: [{ alert: Drift, measure: psi, columns: ["*"] }]
`;

it("says which columns no row has a value of", async () => {
  const directory = await mkdtemp(join(tmpdir(), "driftd-hollow-"));
  onTestFinished(() => rm(directory, { recursive: true }));
  const records = Array.from({ length: 50 }, (_, i) =>
    JSON.stringify({
      id: `e${i}`,
      time: new Date(Date.UTC(2024, 0, 1) + i * 20_000).toISOString(),
      features: { amount: i, card: null },
    }),
  );
  await writeFile(join(directory, "hollow.jsonl"), records.join("\n"));
  await writeFile(join(directory, "fraud.yaml"), RULES);
  const argv = ["build", "hollow.jsonl", "--rules", "fraud.yaml", "--output", "hollow.arrow"];
  const told = "card: no row has a value; nothing can be held against that";
  expect((await runReference(directory, argv)).out).toContain(told);
  const { out } = await runReference(directory, [...argv, "--json"]);
  expect(JSON.parse(out)).toMatchObject({ empty: ["card"] });
});
