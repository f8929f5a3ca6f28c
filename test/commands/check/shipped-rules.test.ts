import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { checkOverlaps } from "../../../src/commands/check/overlap-check.ts";
import { readModel } from "../../../src/rules/model-file.ts";
import { MEASURES } from "../../../src/statistics/measures.ts";
import { referenceWith } from "../../rules/fitted-fixture.ts";

const RULES = fileURLToPath(new URL("../../../rules/", import.meta.url));
const FILES = readdirSync(RULES, { recursive: true, encoding: "utf8" }).filter(
  (name) => name.endsWith(".yaml") && !name.endsWith(".test.yaml"),
);
const TEXTS = new Map(FILES.map((name) => [RULES + name, readFileSync(RULES + name, "utf8")]));

const ANSWERS = [
  { name: "prediction.score", type: "number", role: "output", categories: [] },
  { name: "prediction.decision", type: "category", role: "output", categories: ["no", "yes"] },
] as const;

test("no two shipped rules would call for one cause", () => {
  const models = FILES.flatMap((name) => {
    const file = RULES + name;
    const { model, document } = readModel({
      text: TEXTS.get(file) ?? "",
      file,
      extended: TEXTS,
      measures: MEASURES,
    });
    return model === undefined ? [] : [{ model, document }];
  });
  expect(models.length).toBeGreaterThanOrEqual(6);
  for (const loaded of models) {
    const columns = Object.entries(loaded.model.columns).map(
      ([name, { type = "category" }]) => ({ name, type, role: "feature", categories: [] }) as const,
    );
    const overlaps = checkOverlaps(loaded, referenceWith([...columns, ...ANSWERS]));
    expect(overlaps.map(({ message }) => `${loaded.model.name}: ${message}`)).toEqual([]);
  }
});
