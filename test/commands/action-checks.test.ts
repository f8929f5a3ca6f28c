import { expect, test } from "vitest";
import { checkActionTrust } from "../../src/commands/action-checks.ts";
import type { LoadedModel } from "../../src/commands/load-rules.ts";
import type { RuleOutlook } from "../../src/commands/rule-outlook.ts";
import { writeReference } from "../../src/reference/reference-file.ts";
import { readModel } from "../../src/rules/model-file.ts";
import { MEASURES } from "../../src/statistics/measures.ts";
import { checkProject, CONFIG, RULES } from "./check-project.ts";
import { quietReference } from "./quiet-reference.ts";

const { write, run } = checkProject();

function writeAction(action: string, publish: string): void {
  write("driftd.yaml", `${CONFIG}${publish}`);
  write("rules/m.yaml", RULES.replace("for: 10m", `for: 10m, action: ${action}`));
  write("reference/m.arrow", writeReference(quietReference()));
}

test("an action is the name of a webhook or a topic", async () => {
  writeAction("retrain", 'publish: { webhook: { retrain: { url: "http://ci" } } }\n');
  expect((await run()).exit).toBe(0);
  writeAction("retrian", 'publish: { webhook: { retrain: { url: "http://ci" } } }\n');
  const { exit, lines } = await run();
  expect(exit).toBe(78);
  expect(lines[0]).toBe(
    'rules/m.yaml:6:72  error  UNKNOWN_NAME  "retrian": is no name under publish.webhook or publish.topic in driftd.yaml; did you mean "retrain"?',
  );
});

test("an action where there is no sink at all", async () => {
  writeAction("retrain", "");
  expect((await run()).lines[0]).toMatch(
    /UNKNOWN_NAME {2}"retrain": is nowhere to be found; add publish: \{ webhook: \{ retrain: \{ url: ADDRESS \} \} \} to driftd.yaml$/,
  );
});

test("nobody knows the sinks where there is no driftd.yaml", async () => {
  writeAction("retrain", "");
  write("driftd.yaml", "");
  expect((await run({ paths: ["rules/m.yaml"] })).lines.join("\n")).not.toContain("retrain");
});

/** The outlook of the rule Drift, as far as trust goes. */
function outlook(trust: Partial<RuleOutlook["trust"]>): RuleOutlook {
  return {
    model: "m",
    alert: "Drift",
    measure: "psi",
    limit: { kind: "atLeast", value: 0.02 },
    trust: { promised: 0, provisional: 0, none: 0, policy: 0, ...trust },
    doubts: { "none: fewer than 30 windows": 1 },
    silent: {},
    thin: 0,
    early: [],
    shift: [],
    changes: [],
  };
}

function loadedWith(action: string): LoadedModel {
  const text = RULES.replace("for: 10m", `for: 10m${action}`);
  const file = "/p/rules/m.yaml";
  const { model, document } = readModel({ text, file, extended: new Map(), measures: MEASURES });
  if (model === undefined) throw new Error("the model was refused");
  return { model, document };
}

test("who relies on series whose trust is none is warned", () => {
  const warningsOf = (trust: Partial<RuleOutlook["trust"]>, action = ", action: rollback") =>
    checkActionTrust(loadedWith(action), [outlook(trust)]).map(({ path, level, message }) => [
      path,
      level,
      message,
    ]);
  expect(warningsOf({ none: 4 })).toEqual([
    [
      ["rules", 0, "action"],
      "warning",
      "is not done for any of its series: chance cannot be told of them (fewer than 30 windows), and they fire as info only; build the reference from a longer time, or leave action out",
    ],
  ]);
  expect(warningsOf({ none: 1, promised: 3 })[0]?.[2]).toContain("not done for 1 of its 4 judged series");
  expect(warningsOf({ promised: 3, provisional: 1 })).toEqual([]);
  expect(warningsOf({ none: 4 }, "")).toEqual([]);
});
