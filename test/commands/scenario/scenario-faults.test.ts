import { expect, test } from "vitest";
import { RULES, scenarioProject } from "./scenario-project.ts";

const project = scenarioProject();

const COLUMNS =
  '{ amount: { normal: [100, 20] }, region: { categories: { eu: 0.6, us: 0.4 } }, "prediction.score": { beta: [2, 8] } }';

/** A test file of one scenario; the first line of the scenario is the fifth. */
function fileOf(
  scenario: string,
  reference = `{ rows: 2000, columns: ${COLUMNS}, labels: { delay: 12h } }`,
): string {
  return `reference: ${reference}\nscenarios:\n  - name: one\n    ${scenario}\n`;
}

const EXPECT = "expect: [{ alert: Drift, never: true }]";
const story = (changes: string, more = ""): string =>
  `synthetic: { rate: 600/1h, lasts: 2h, ${more}changes: [${changes}] }\n    ${EXPECT}`;

/** A test file without a reference of its own. */
const BARE = `- name: one
  synthetic: { lasts: 1h }
  ${EXPECT}
`;

/** What is written, and what is said of it, without the name of the file. */
const MISTAKES: readonly [name: string, text: string, said: string][] = [
  [
    "a misspelt key",
    fileOf(story("{ at: 1h, colum: amount, shift: 0.3sd }")),
    'UNKNOWN_KEY  "colum": is not known here; did you mean "column"?',
  ],
  ["no story", fileOf(EXPECT), 'MISSING_KEY  "one": tells no story; add synthetic, replay or steps'],
  [
    "two stories",
    fileOf(
      `steps: { alert: Drift, lasts: 1h, scores: [{ at: 0m, score: 1 }] }\n    ${story("{ at: 1h, silence: true }")}`,
    ),
    'CONFLICT  "one": has synthetic and steps; keep one of them',
  ],
  [
    "nothing that changes",
    fileOf(story("{ at: 1h, column: amount }")),
    "changes nothing; add one of shift, scale",
  ],
  [
    "two changes in one",
    fileOf(story("{ at: 1h, column: amount, shift: 1, nulls: 0.1 }")),
    "shift and nulls are two changes; write each as its own",
  ],
  [
    "a shift of nobody",
    fileOf(story("{ at: 1h, shift: 1 }")),
    'MISSING_KEY  "shift": needs a column; add column: NAME',
  ],
  [
    "a shift that is none",
    fileOf(story("{ at: 1h, column: amount, shift: 3 sigma }")),
    'WRONG_VALUE  "3 sigma": is not a shift; write a number in the column\'s own unit, or such as 0.3sd for standard deviations',
  ],
  [
    "silence of a segment",
    fileOf(story("{ at: 1h, segment: { region: eu }, silence: true }")),
    "is not for silence; for one segment write traffic: 0",
  ],
  [
    "a change behind the end",
    fileOf(story("{ at: 2h, silence: true }")),
    'WINDOW  "2h": is not before the end of the scenario; raise lasts',
  ],
  [
    "a change that ends before it begins",
    fileOf(story("{ at: 1h, until: 30m, silence: true }")),
    'WINDOW  "30m": is not after at: 1h; both count from the start',
  ],
  [
    "an unknown column",
    fileOf(story("{ at: 1h, column: amuont, shift: 1 }")),
    'UNKNOWN_COLUMN  "amuont": is no column of m; did you mean "amount"?',
  ],
  [
    "a column that is not drawn",
    fileOf(story("{ at: 1h, silence: true }", "columns: [amont], ")),
    'UNKNOWN_COLUMN  "amont": is no column of m; did you mean "amount"?',
  ],
  [
    "an unknown category",
    fileOf(story("{ at: 1h, column: region, shares: { uk: 0.5 } }")),
    'UNKNOWN_NAME  "uk": is no category of region, and newCategory is for those; did you mean "us"?',
  ],
  [
    "shares of more than all",
    fileOf(story("{ at: 1h, column: region, shares: { eu: 0.7, us: 0.6 } }")),
    "add up to 1.3; at most 1",
  ],
  [
    "a shift of categories",
    fileOf(story("{ at: 1h, column: region, shift: 1 }")),
    'CONFLICT  "shift": is of numbers, and region is none; use shares or newCategory',
  ],
  [
    "an unknown segment",
    fileOf(story("{ at: 1h, column: amount, segment: { region: uk }, shift: 1 }")),
    'UNKNOWN_NAME  "segment": is no segment of the reference; did you mean "region=us"?',
  ],
  [
    "a segment of another column",
    fileOf(story("{ at: 1h, column: amount, segment: { regoin: eu }, shift: 1 }")),
    'UNKNOWN_COLUMN  "regoin": is no column that the model is split by; did you mean "region"?',
  ],
  [
    "a swap of unlike columns",
    fileOf(story("{ at: 1h, swap: [amount, region] }")),
    "are a number and a category",
  ],
  [
    "errors of a score",
    fileOf(story("{ at: 1h, error: { shift: 1 } }")),
    "is not of a model that answers with a score; use labelFlip",
  ],
  [
    "labels where there are none",
    fileOf(story("{ at: 1h, labelFlip: 0.1 }"), `{ rows: 2000, columns: ${COLUMNS} }`),
    '"calibration-gap": the reference has no labels',
  ],
  [
    "an unknown alert",
    fileOf(`synthetic: { rate: 600/1h, lasts: 2h }\n    expect: [{ alert: Drft, never: true }]`),
    'UNKNOWN_NAME  "Drft": is no alert of m; did you mean "Drift"?',
  ],
  [
    "an exception of one rule",
    fileOf(
      "synthetic: { rate: 600/1h, lasts: 2h }\n    expect: [{ alert: Drift, never: true, except: [{ alert: Nulls }] }]",
    ),
    'takes away from one rule; write alert: "*", or leave it out',
  ],
  [
    "nothing expected",
    fileOf("synthetic: { rate: 600/1h, lasts: 2h }\n    expect: [{ alert: Drift }]"),
    "expects nothing; add firing, resolved or never: true",
  ],
  [
    "firing and never",
    fileOf("synthetic: { rate: 600/1h, lasts: 2h }\n    expect: [{ alert: Drift, firing: {}, never: true }]"),
    "cannot fire and never fire; keep one of the two",
  ],
  [
    "too early to be in time",
    fileOf(
      "synthetic: { rate: 600/1h, lasts: 2h }\n    expect: [{ alert: Drift, firing: { within: 5m, notBefore: 10m } }]",
    ),
    'CONFLICT  "10m": is later than within: 5m; make it shorter',
  ],
  [
    "a rate that is none",
    fileOf(`synthetic: { rate: fast, lasts: 2h }\n    ${EXPECT}`),
    'WRONG_VALUE  "fast": is not a rate; write rows per time such as 60000/1h',
  ],
  [
    "more runs than there are",
    fileOf(`synthetic: { rate: 600/1h, lasts: 2h }\n    repeat: 2\n    atLeast: 3\n    ${EXPECT}`),
    'CONFLICT  "3": is more than the 2 runs; raise repeat, or lower it',
  ],
  [
    "the same name twice",
    `${fileOf(story("{ at: 1h, silence: true }"))}  - name: one\n    ${story("{ at: 1h, silence: true }")}\n`,
    'DUPLICATE  "one": is the name of an earlier scenario too; give each its own',
  ],
  [
    "a reference that says nothing",
    fileOf(EXPECT, "{ rows: 2000 }"),
    "says neither what the columns are nor where a built one is; add columns or file",
  ],
  [
    "a column without values",
    fileOf(
      `synthetic: { lasts: 1h }\n    ${EXPECT}`,
      "{ columns: { region: { categories: { eu: 1 } }, amount: { nulls: 0.1 } } }",
    ),
    'MISSING_KEY  "amount": does not say how its values lie; add one of normal',
  ],
  [
    "a column of two kinds",
    fileOf(
      `synthetic: { lasts: 1h }\n    ${EXPECT}`,
      "{ columns: { region: { categories: { eu: 1 } }, amount: { normal: [0, 1], constant: 2 } } }",
    ),
    "lies in two ways, normal and constant; keep one",
  ],
  [
    "an impossible form",
    fileOf(
      `synthetic: { lasts: 1h }\n    ${EXPECT}`,
      "{ columns: { region: { categories: { eu: 1 } }, amount: { uniform: [2, 1] } } }",
    ),
    "needs the least value, then a greater one",
  ],
  [
    "no column to split by",
    fileOf(`synthetic: { lasts: 1h }\n    ${EXPECT}`, "{ columns: { amount: { constant: 2 } } }"),
    "need region, by which the model is split",
  ],
  [
    "an output that is none",
    fileOf(
      `synthetic: { lasts: 1h }\n    ${EXPECT}`,
      "{ columns: { region: { categories: { eu: 1 } }, prediction.scor: { beta: [1, 1] } } }",
    ),
    'UNKNOWN_COLUMN  "prediction.scor": is no output; did you mean "prediction.score"?',
  ],
  [
    "labels of nothing",
    fileOf(
      `synthetic: { lasts: 1h }\n    ${EXPECT}`,
      "{ columns: { region: { categories: { eu: 1 } } }, labels: {} }",
    ),
    "need a prediction to be the truth of",
  ],
  ["an empty file", "", "m.test.yaml"],
  [
    "a version that answers nothing",
    fileOf("synthetic: { rate: 600/1h, lasts: 2h }\n    expect: [{ alert: Drift, version: v8, firing: {} }]"),
    'UNKNOWN_NAME  "v8": answers no rows of this scenario, which has v1; write one of them, or add a rollout',
  ],
  [
    "a version to be held against that answers nothing",
    fileOf("synthetic: { rate: 600/1h, lasts: 2h }\n    expect: [{ alert: Canary, firing: {} }]"),
    'NO_JUDGEMENT  "Canary": holds versions against v7, of which this scenario has no rows; add version: v7 to synthetic, or a rollout',
  ],
];

test.each(MISTAKES)("%s is told with its place, and what would be right", async (_, text, said) => {
  project.write("rules/m.yaml", `${RULES}  - { alert: Canary, compare: { version: v8, against: v7 } }\n`);
  project.write("rules/m.test.yaml", text);
  const { status, out, err } = await project.test("rules");
  expect([status, out]).toEqual([78, ""]);
  expect(err).toContain(said);
  expect(err).toMatch(/^rules\/m(\.test)?\.yaml/);
});

test("a rule file that is faulty is told as check tells it", async () => {
  project.write("rules/m.yaml", RULES.replace("measure: psi", "measure: psy"));
  project.write("rules/m.test.yaml", fileOf(story("{ at: 1h, silence: true }")));
  const { status, err } = await project.test("rules");
  expect(status).toBe(78);
  expect(err).toContain("rules/m.yaml:7:");
  expect(err).toContain('did you mean "psi"?');
});

test("a reference that nobody has built is told with the command that builds it", async () => {
  project.write("rules/m.yaml", RULES);
  project.write("rules/m.test.yaml", BARE);
  const { status, err } = await project.test("rules");
  expect(status).toBe(78);
  expect(err).toMatch(
    /REFERENCE {2}has no reference to draw from; build the rule file's own \(driftd reference build SOURCE --rules rules\/m\.yaml --output rules\/m\.arrow\), or add reference: \{ columns: \.\.\. \} here/,
  );
});

test("a test of nothing, and nothing to test", async () => {
  project.write("rules/lonely.test.yaml", BARE);
  expect((await project.test("rules")).err).toMatch(/tests rules\/lonely\.yaml, which is not there/);
  project.write("other/m.yaml", RULES);
  const { status, err } = await project.test("other");
  expect(status).toBe(78);
  expect(err).toContain(
    "has no scenarios; write them beside the rule file, as NAME.test.yaml beside NAME.yaml",
  );
  expect((await project.test()).err).toContain("driftd test rules/");
  project.write("m.arrow", "no rules");
  for (const path of ["nosuch", "rules/nosuch.yaml", "m.arrow"])
    expect((await project.test(path)).err).toBe(
      `${path}  error  FILE_MISSING  no rule file is there, and no scenarios; check the path\n`,
    );
});

test("faults are JSON for programs", async () => {
  project.write("rules/m.yaml", RULES);
  project.write("rules/m.test.yaml", fileOf(EXPECT));
  const { status, out } = await project.test("rules", "--json");
  expect(status).toBe(78);
  expect(JSON.parse(out)).toMatchObject({
    ok: false,
    faults: [{ file: "rules/m.test.yaml", line: 3, column: 11, code: "MISSING_KEY", level: "error" }],
  });
});
