import { describe, expect, test } from "vitest";
import { writeReference } from "../../../src/reference/reference-file.ts";
import { build, plan, random } from "../../reference/plain-rows.ts";
import { checkProject, CONFIG } from "../check-project.ts";
import { quietReference } from "../quiet-reference.ts";

const { write, run } = checkProject();
const QUIET = writeReference(quietReference());

/** Hours of 150 rows: a column that now and then is missing, one that never changes, and one that jumps from hour to hour. */
function hours(count: number): Uint8Array {
  const next = random(7);
  let level = 0;
  const rows = Array.from({ length: count * 150 }, (_, i) => {
    if (i % 150 === 0) level = next();
    return {
      time: Date.UTC(2026, 0, 1) + i * 24_000,
      ...(next() < 0.05 ? {} : { amount: next() }),
      constant: 1,
      jumping: level + next() / 100,
    };
  });
  const events = plan(
    { name: "amount", type: "number" },
    { name: "constant", type: "number" },
    { name: "jumping", type: "number" },
  );
  return writeReference(build({ ...events, model: "m" }, rows));
}

/** The warnings of a model with these rules. */
async function warningsOf(rules: string, reference = QUIET): Promise<readonly string[]> {
  const head = "version: 1\nmodel: m\nreferences: { default: { file: ../reference/m.arrow } }\nrules:\n";
  write("driftd.yaml", CONFIG);
  write("rules/m.yaml", head + rules);
  write("reference/m.arrow", reference);
  const { exit, lines } = await run();
  expect(exit).toBe(0);
  return lines.filter((line) => line.includes("  warning  "));
}

describe("one cause calls once", () => {
  test("a rule that is implied by another one is told", async () => {
    const warnings = await warningsOf(`  - { alert: Drift, measure: psi, columns: ["*"], for: 5m }
  - { alert: AmountDrift, measure: psi, columns: [amount], atLeast: 0.05, for: 10m }
`);
    expect(warnings).toMatchInlineSnapshot(`
      [
        "rules/m.yaml:6:14  warning  OVERLAP  "AmountDrift": where AmountDrift fires, Drift fires too (psi of amount by version in windows of 1h); keep one, or write "!amount" into the columns of one, or give AmountDrift another severity",
      ]
    `);
    expect((await run({ strict: true })).exit).toBe(1);
  });

  test("so are measures that are as good as each other, and plain limits", async () => {
    expect(
      await warningsOf(`  - { alert: Drift, measure: psi }
  - { alert: Distance, measure: hellinger, by: [version] }
  - { alert: Broken, measure: invalid, above: 0.01 }
  - { alert: VeryBroken, measure: invalid, above: 0.1 }
`),
    ).toMatchInlineSnapshot(`
      [
        "rules/m.yaml:6:14  warning  OVERLAP  "Distance": where Drift fires, Distance fires too (psi says what hellinger says of amount by version in windows of 1h); keep one, or write "!amount" into the columns of one",
        "rules/m.yaml:8:14  warning  OVERLAP  "VeryBroken": where VeryBroken fires, Broken fires too (invalid by version); keep one, or give VeryBroken another severity",
      ]
    `);
  });

  test.each([
    ["of another severity that wait for more", "psi, atLeast: 0.2, severity: page"],
    ["that wait longer, and page", "psi, for: 1h, severity: page"],
    ["that are quicker where it is worse", "psi, atLeast: 0.2, for: 0s"],
    ["over other windows", "psi, window: { every: 10m }"],
    ["of all versions together", "psi, by: []"],
    ["against something else", "psi, against: previous"],
    ["of another question", "missing"],
    ["of another kind of limit", "psi, above: 0.3"],
  ])("rules %s are no such pair", async (_, other) => {
    expect(
      await warningsOf(`  - { alert: Drift, measure: psi, for: 5m }
  - { alert: Other, measure: ${other} }
`),
    ).toEqual([]);
  });
});

test("rules that can never fire say why", async () => {
  expect(
    await warningsOf(
      `  - { alert: Constant, measure: psi, columns: [constant] }
  - { alert: Jumping, measure: psi, columns: [jumping] }
  - { alert: Drift, measure: psi, columns: [amount] }
`,
      hours(504),
    ),
  ).toMatchInlineSnapshot(`
    [
      "rules/m.yaml:5:14  warning  NO_JUDGEMENT  "Constant": can never fire: no window of its one series can be judged (1 undefined: constant); leave out columns that never change; novel watches them",
      "rules/m.yaml:6:14  warning  NO_JUDGEMENT  "Jumping": can never fire: no window of its one series can be judged (1 too-variable: windows of this length differ too much by themselves); take longer windows",
    ]
  `);
});

test("limits that are reached while all is well say what is usual", async () => {
  expect(
    await warningsOf(
      `  - { alert: Missing, measure: missing, columns: [amount], above: 0.02 }
  - { alert: Moved, measure: psi, columns: [amount], above: 0.05 }
  - { alert: Far, measure: psi, columns: [amount], above: 0.5 }
  - { alert: Fine, measure: missing, columns: [amount], above: 0.2 }
`,
      hours(504),
    ),
  ).toMatchInlineSnapshot(`
    [
      "rules/m.yaml:5:67  warning  NOISE  "0.02": fires when all is well: missing of amount is 0.0501 in the reference itself; write a higher limit, or leave it out",
      "rules/m.yaml:6:61  warning  NOISE  "0.05": lies under its noise: chance alone brings psi of amount to about 0.0616 in a usual window; write a higher limit, or atLeast, which asks chance first",
      "rules/m.yaml:7:14  warning  OVERLAP  "Far": where Far fires, Moved fires too (psi of amount by version in windows of 1h); keep one, or write "!amount" into the columns of one, or give Far another severity",
      "rules/m.yaml:8:14  warning  OVERLAP  "Fine": where Fine fires, Missing fires too (missing of amount by version in windows of 1h); keep one, or write "!amount" into the columns of one, or give Fine another severity",
    ]
  `);
});

test("a reference of too few windows is named with what follows", async () => {
  const rules =
    "  - { alert: Drift, measure: psi, columns: [amount] }\n  - { alert: Missing, measure: missing, columns: [amount] }\n";
  // No reference promises what is held against other windows: nothing can be done about it.
  const compared = "  - { alert: Jumped, measure: psi, columns: [amount], against: previous }\n";
  expect(await warningsOf(rules + compared, hours(240))).toMatchInlineSnapshot(`
    [
      "rules/m.yaml:3:32  warning  PROMISE  "../reference/m.arrow": the budget does not cover 2 series of Drift, Missing (provisional: fewer than 500 reference windows); they fire as the rules say, perhaps too often; build the reference from a longer time, or take shorter windows",
    ]
  `);
  expect(await warningsOf(rules, hours(24))).toMatchInlineSnapshot(`
    [
      "rules/m.yaml:3:32  warning  PROMISE  "../reference/m.arrow": the budget does not cover 2 series of Drift, Missing (none: fewer than 30 reference windows); they fire with severity info only; build the reference from a longer time, or take shorter windows",
    ]
  `);
});
