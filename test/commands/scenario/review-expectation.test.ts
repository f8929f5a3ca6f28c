import { expect, test } from "vitest";
import { RULES, scenarioProject } from "./scenario-project.ts";

const project = scenarioProject();

/** 8.3% of the scores of beta [2, 8] lie between 0.35 and 0.45; nothing is new, and no amount lies above 200. */
const REVIEWS = `${RULES}
  - { review: Unsure, when: { any: [{ scoreBetween: [0.35, 0.45] }] }, atMost: 60 per 30m, to: people }
  - { review: New, when: { any: [{ novel: true, column: region }, { column: amount, above: 200 }] }, atMost: 20 per 1h, to: people }
`;

const REFERENCE = `reference:
  rows: 40000
  columns: { amount: { uniform: [0, 100] }, region: { categories: { eu: 0.6, us: 0.4 } }, "prediction.score": { beta: [2, 8] } }
  labels: { delay: 12h }
`;

const run = async (scenarios: string, files: Record<string, string> = {}): Promise<readonly string[]> => {
  project.write("rules/m.yaml", REVIEWS);
  project.write("rules/m.test.yaml", `${REFERENCE}scenarios:\n${scenarios}`);
  for (const [name, content] of Object.entries(files)) project.write(name, content);
  const { out, err } = await project.test("rules/m.yaml");
  return `${out}${err}`
    .replaceAll(/ {2}\d+\.\d s$/gm, "")
    .trim()
    .split("\n")
    .map((line) => line.trim());
};

test("what is drawn meets conditions as often as the reference and the changes say", async () => {
  const lines = await run(`
  - name: quiet
    synthetic: { rate: 6000/1h, lasts: 3h }
    expect:
      - { review: Unsure, share: { atLeast: 0.065, atMost: 0.09 }, picked: { atLeast: 60, atMost: 60 } }
      - { review: New, never: true }
  - name: few rows
    synthetic: { rate: 300/1h, lasts: 12h }
    expect: [{ review: Unsure, picked: { atLeast: 1, atMost: 30 } }]
  - name: a region that nobody knew
    synthetic: { rate: 6000/1h, lasts: 4h, changes: [{ at: 2h, column: region, newCategory: 0.1 }] }
    expect:
      - { review: New, share: { atLeast: 0.09, atMost: 0.11 }, picked: { atLeast: 20 } }
      - { review: New, after: 0h, share: { atLeast: 0.04, atMost: 0.06 } }
  - name: both, of which a tenth is the same
    synthetic:
      rate: 6000/1h
      lasts: 4h
      changes: [{ at: 0h, column: region, newCategory: 0.5 }, { at: 0h, column: amount, shift: 150 }]
    # Half of the rows lie above 200, and half of the others are new.
    expect: [{ review: New, share: { atLeast: 0.73, atMost: 0.77 } }]
`);
  expect(lines.slice(1)).toEqual([
    "ok    quiet",
    "ok    few rows",
    "ok    a region that nobody knew",
    "ok    both, of which a tenth is the same",
    "",
    "All is well: 4 scenarios.",
  ]);
});

test("what is otherwise is told with how many rows met the conditions, and where", async () => {
  const lines = await run(`
  - name: too few
    synthetic: { rate: 300/1h, lasts: 3h }
    expect: [{ review: Unsure, picked: { atLeast: 40 } }]
  - name: too many
    synthetic: { rate: 6000/1h, lasts: 30m }
    expect: [{ review: Unsure, picked: { atMost: 10 }, share: { atMost: 0.01 } }]
  - name: none
    synthetic: { rate: 6000/1h, lasts: 4h, changes: [{ at: 2h, column: region, newCategory: 0.1 }] }
    expect: [{ review: New, never: true }, { alert: Broken, never: true }]
  - name: silent
    synthetic: { rate: 6000/1h, lasts: 4h, changes: [{ at: 2h, silence: true }] }
    expect: [{ review: Unsure, share: { atMost: 1 }, picked: { atLeast: 1 } }]
`);
  const told = lines.filter((line) => /^(Unsure|New|FAIL)/.test(line));
  expect(told).toEqual([
    "FAIL  too few",
    "Unsure: expected at least 40 picked in each 30m, but 9 were in the one from 00:00 (9 of 152 rows meet its conditions); so in 6 of 6",
    "FAIL  too many",
    "Unsure: expected at most 10 picked in each 30m, but 60 were in the one from 00:00 (249 of 2,946 rows meet its conditions)",
    "Unsure: expected at most 0.01 of all rows to meet its conditions, but 0.0845 do (249 of 2,946)",
    "FAIL  none",
    "New: expected to pick nothing, but its conditions are met from 02:00 on (by 1,221 rows)",
    "FAIL  silent",
    "Unsure: expected at least 1 picked in each 30m, but 0 were in the one from 02:00 (0 of 0 rows meet its conditions); so in 4 of 4",
    "Unsure: expected at most 1 of all rows to meet its conditions, but there were no rows",
  ]);
});

test("recorded events are picked one by one, as the daemon would", async () => {
  const hour = Date.UTC(2026, 0, 5, 10);
  const event = (minute: number, score: number, region = "eu"): string =>
    JSON.stringify({
      id: `${minute}`,
      time: new Date(hour + minute * 60_000).toISOString(),
      model: "m",
      version: "v1",
      features: { amount: 5, region },
      prediction: { score },
    });
  // Of three hours: in the first half hour 3 of 10, then none, at last a region that nobody knew.
  const events = Array.from({ length: 150 }, (_, minute) =>
    event(minute + 5, minute < 30 && minute % 10 === 0 ? 0.4 : 0.1, minute === 149 ? "mars" : "eu"),
  );
  const lines = await run(
    `
  - name: as it was
    replay: { source: ../events.jsonl }
    expect:
      - { review: Unsure, share: { atLeast: 0.02, atMost: 0.02 }, picked: { atMost: 3 } }
      - { review: Unsure, after: 1h, picked: { atMost: 0 } }
      - { review: New, picked: { atMost: 1 } }
  - name: otherwise
    replay: { source: ../events.jsonl }
    expect:
      - { review: Unsure, picked: { atLeast: 3 } }
      - { review: New, never: true }
`,
    { "events.jsonl": `${events.join("\n")}\n` },
  );
  expect(lines.slice(1, -2)).toEqual([
    "ok    as it was",
    "FAIL  otherwise",
    "Unsure: expected at least 3 picked in each 30m, but 0 were in the one from 10:30 (0 meet its conditions); so in 5 of 6",
    "New: expected to pick nothing, but its conditions are met from 12:00 on (by 1 row)",
  ]);
});

test("JSON has how many rows met the conditions", async () => {
  project.write("rules/m.yaml", REVIEWS);
  project.write(
    "rules/m.test.yaml",
    `${REFERENCE}scenarios:
  - { name: x, synthetic: { rate: 6000/1h, lasts: 1h }, expect: [{ review: New, never: true }] }
  - { name: y, synthetic: { rate: 6000/1h, lasts: 1h }, expect: [{ alert: Drift, never: true }] }
`,
  );
  const { out } = await project.test("rules/m.yaml", "--json");
  const { files } = JSON.parse(out) as { files: { scenarios: { reviews?: object[] }[] }[] };
  const [asked, other] = files[0]?.scenarios ?? [];
  expect(asked?.reviews).toEqual([{ review: "New", meeting: 0, rows: expect.any(Number) as number }]);
  expect(other).not.toHaveProperty("reviews");
});

/** What is expected, with what of, and what is said of it. */
const MISTAKES: readonly [name: string, story: string, expectation: string, said: string][] = [
  [
    "an unknown rule",
    "synthetic: { rate: 600/1h, lasts: 2h }",
    "{ review: Unsur, never: true }",
    'UNKNOWN_NAME  "Unsur": is no rule of m that picks events; did you mean "Unsure"?',
  ],
  [
    "a rule that raises alerts",
    "synthetic: { rate: 600/1h, lasts: 2h }",
    "{ review: Drift, never: true }",
    'UNKNOWN_NAME  "Drift": raises an alert, and picks nothing; write alert: Drift',
  ],
  [
    "an alert that picks",
    "synthetic: { rate: 600/1h, lasts: 2h }",
    "{ alert: Unsure, never: true }",
    'UNKNOWN_NAME  "Unsure": picks events, and raises no alert; write review: Unsure',
  ],
  [
    "nothing expected",
    "synthetic: { rate: 600/1h, lasts: 2h }",
    "{ review: Unsure }",
    'MISSING_KEY  "Unsure": expects nothing; add picked, share or never: true',
  ],
  [
    "both",
    "synthetic: { rate: 600/1h, lasts: 2h }",
    "{ review: Unsure, never: true, share: { atMost: 1 } }",
    'CONFLICT  "Unsure": cannot pick and never pick; keep one of the two',
  ],
  [
    "a misspelt key",
    "synthetic: { rate: 600/1h, lasts: 2h }",
    "{ review: Unsure, piked: { atLeast: 1 } }",
    'UNKNOWN_KEY  "piked": is not known here; did you mean "picked"?',
  ],
  [
    "bounds that let nothing through",
    "synthetic: { rate: 600/1h, lasts: 2h }",
    "{ review: Unsure, picked: { atLeast: 5, atMost: 4 } }",
    'CONFLICT  "5": is more than atMost: 4; swap them',
  ],
  [
    "no rule that is named",
    "synthetic: { rate: 600/1h, lasts: 2h }",
    "{ picked: { atLeast: 5 } }",
    "MISSING_KEY  needs review: name of the rule that picks",
  ],
  [
    "no whole span",
    "synthetic: { rate: 600/1h, lasts: 2h, changes: [{ at: 95m, silence: true }] }",
    "{ review: Unsure, picked: { atLeast: 5 } }",
    'WINDOW  "picked": is of each 30m, and the scenario has no whole one behind what it counts from; let it last longer, or add after',
  ],
  [
    "a column that is not drawn",
    "synthetic: { rate: 600/1h, lasts: 2h, columns: [amount] }",
    "{ review: Unsure, never: true }",
    'CONFLICT  "Unsure": looks at prediction.score, which this scenario does not draw; add it to its columns',
  ],
  [
    "steps",
    "steps: { alert: Drift, lasts: 1h, scores: [{ at: 0m, score: 1 }] }",
    "{ review: Unsure, never: true }",
    'CONFLICT  "Unsure": picks events, of which steps have none; play them as synthetic or replay',
  ],
  [
    "a share of a part of recorded files",
    "replay: { source: x.jsonl }",
    "{ review: Unsure, after: 1h, share: { atMost: 1 } }",
    "cannot be told of a part of recorded files; leave after out, or ask for picked",
  ],
];

test.each(MISTAKES)("refused: %s", async (_name, story, expectation, said) => {
  const lines = await run(`  - name: one\n    ${story}\n    expect: [${expectation}]\n`);
  expect(lines).toHaveLength(1);
  expect(lines[0]).toContain(said);
});
