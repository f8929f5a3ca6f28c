import { expect, test } from "vitest";
import { checkDecisions } from "../../src/commands/decision-check.ts";
import { readDocument } from "../../src/config/document.ts";
import type { Rule } from "../../src/rules/model.ts";
import { EMPTY_MODEL, referenceWith } from "../rules/fitted-fixture.ts";

const SCORE = { name: "prediction.score", type: "number", role: "output", categories: [] } as const;
const DECISION = { name: "prediction.decision", type: "category", role: "output" } as const;

const rules = ["brier", "accuracy"].map((measure) => {
  // Of a rule only its measure is looked at.
  return { alert: measure, measure } as Rule;
});
const loaded = {
  model: { ...EMPTY_MODEL, rules },
  // A review before them is no alert.
  document: readDocument({
    file: "m.yaml",
    text: "rules: [{ review: Unsure }, { alert: brier, measure: brier }, { alert: accuracy, measure: accuracy }]",
  }),
};

test("a rule on decisions is warned where the score decides in their place", () => {
  const named = referenceWith([SCORE, { ...DECISION, categories: ["allow", "deny"] }]);
  expect(checkDecisions(loaded, named)).toEqual([
    {
      path: ["rules", 2, "measure"],
      code: "NO_JUDGEMENT",
      level: "warning",
      message:
        "decisions such as allow, deny mean neither yes nor no, so accuracy takes a score of 0.5 or more for the decision; map one that is true or false, 1 or 0, yes or no",
    },
  ]);
});

test.each([
  ["that mean yes or no", [SCORE, { ...DECISION, categories: ["no", "yes"] }]],
  ["without a score, whose truth is a class, too", [{ ...DECISION, categories: ["cat", "dog"] }]],
  ["that nobody made", [SCORE]],
])("nothing is said of decisions %s", (_, columns) => {
  expect(checkDecisions(loaded, referenceWith(columns))).toEqual([]);
});
