import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { RULES, scenarioProject } from "./scenario-project.ts";

const project = scenarioProject();

const REFERENCE = `reference:
  rows: 20000
  columns: { amount: { normal: [100, 20] }, region: { categories: { eu: 0.6, us: 0.4 } }, "prediction.score": { beta: [2, 8] } }
  labels: { delay: 12h }
scenarios:
`;

const GOOD = `${REFERENCE}
  - name: amounts of eu that rise are found there
    synthetic: { rate: 60000/1h, lasts: 3h, columns: [amount], changes: [{ at: 1h, column: amount, segment: { region: eu }, shift: 0.5sd }] }
    expect:
      - { alert: DriftByRegion, column: amount, segment: { region: eu }, firing: { within: 40m, notBefore: 10m } }
      - { alert: DriftByRegion, segment: { region: us }, never: true }
      - { alert: "*", except: [{ alert: Drift }, { alert: DriftByRegion }], never: true }
  - name: an hour of silence, and of nulls after it
    synthetic:
      rate: 6000/1h
      lasts: 6h
      columns: [amount]
      changes: [{ at: 1h, until: 2h, silence: true }, { at: 3h, until: 4h, column: amount, nulls: 0.1 }]
    expect:
      - { alert: Silent, firing: { within: 6m } }
      - { alert: Nulls, after: 3h, firing: { within: 15m }, resolved: { within: 2h } }
  - name: a truth that comes oftener than the score says
    synthetic: { rate: 2000/1h, lasts: 1d, columns: [amount], changes: [{ at: 6h, miscalibrate: { offset: 0.8 } }] }
    expect: [{ alert: Miscalibrated, firing: { within: 12h } }, { alert: "*", except: [{ alert: Miscalibrated }], never: true }]
  - name: nine minutes are no news
    steps: { alert: Drift, column: amount, lasts: 1h, scores: [{ at: 0m, score: 0.05 }, { at: 9m, score: 0.01 }] }
    expect: [{ alert: Drift, never: true }]
`;

describe("scenarios that go as expected", () => {
  test("are told one by one, and exit 0", async () => {
    project.write("rules/m.yaml", RULES);
    project.write("rules/m.test.yaml", GOOD);
    const { status, out, err } = await project.test("rules", "--junit", "report.xml");
    expect([status, err]).toEqual([0, ""]);
    const lines = out.replaceAll(/ {2}\d+\.\d s$/gm, "").split("\n");
    expect(lines).toEqual([
      "rules/m.test.yaml",
      "  ok    amounts of eu that rise are found there",
      "  ok    an hour of silence, and of nulls after it",
      "  ok    a truth that comes oftener than the score says",
      "  ok    nine minutes are no news",
      "",
      "All is well: 4 scenarios.",
      "",
    ]);
    const report = readFileSync(project.path("report.xml"), "utf8").replaceAll(/time="[\d.]+"/g, 'time="0"');
    expect(report).toContain(
      '<testsuite name="rules/m.test.yaml" tests="4" failures="0" errors="0" time="0">',
    );
    expect(report.match(/<testcase name="[^"]+" classname="rules\/m.test.yaml" time="0"\/>/g)).toHaveLength(
      4,
    );
  });
});

describe("a scenario that goes otherwise", () => {
  const FAILING = `${REFERENCE}
  - name: too much is asked
    synthetic: { rate: 60000/1h, lasts: 3h, columns: [amount], changes: [{ at: 1h, column: amount, segment: { region: us }, shift: 0.4sd }] }
    expect: [{ alert: Drift, column: amount, firing: { within: 45m } }, { alert: DriftByRegion, never: true }]
  - name: "less < \\"more\\" & more"
    synthetic: { rate: 6000/1h, lasts: 2h, columns: [amount], changes: [{ at: 1h, column: amount, shift: 0.05sd }] }
    expect: [{ alert: Drift, column: amount, firing: {} }]
`;

  test("says what was expected, what came, and what would have seen it", async () => {
    project.write("rules/m.yaml", RULES);
    project.write("rules/m.test.yaml", FAILING);
    const { status, out } = await project.test("rules/m.yaml", "--junit", "report.xml");
    expect(status).toBe(1);
    const lines = out.split("\n").map((line) => line.trim());
    expect(lines[1]).toMatch(/^FAIL {2}too much is asked/);
    expect(lines[2]).toMatch(
      /^Drift amount: expected within 45m, (fired after \d+m \(psi .*\)|never fired: largest psi effect .*); try by: \[version, region\]$/,
    );
    expect(lines[3]).toMatch(
      /^DriftByRegion: expected never, but DriftByRegion amount region=us fired after \d+m \(psi 0\.\d+ at n=[\d,]+\)$/,
    );
    expect(lines[5]).toMatch(
      /^Drift amount: expected, never fired: largest psi effect 0\.\d+ of 0\.02 at \d\d:\d\d \(amount v1, n=[\d,]+, p=\S+ against \S+\)$/,
    );
    expect(lines.at(-2)).toBe("2 scenarios, 2 failed.");
    const report = readFileSync(project.path("report.xml"), "utf8");
    expect(report).toContain('name="less &lt; &quot;more&quot; &amp; more"');
    expect(report.match(/<failure message="Drift amount: expected/g)).toHaveLength(2);
  });

  test("is one JSON object for programs, the same in every run", async () => {
    project.write("rules/m.yaml", RULES);
    project.write("rules/m.test.yaml", FAILING);
    const [first, second] = [await project.test("rules", "--json"), await project.test("rules", "--json")];
    const seconds = /"seconds":[\d.]+/g;
    expect(first.out.replaceAll(seconds, "")).toBe(second.out.replaceAll(seconds, ""));
    const told: unknown = JSON.parse(first.out);
    expect(told).toMatchObject({
      ok: false,
      files: [
        {
          file: "rules/m.test.yaml",
          model: "m",
          scenarios: [
            { name: "too much is asked", ok: false, runs: 1, passed: 0 },
            { name: 'less < "more" & more', ok: false, alerts: [] },
          ],
        },
      ],
    });
  });
});

test("runs of chance may go otherwise now and then, if the scenario says how often", async () => {
  project.write("rules/m.yaml", RULES);
  const scenario = (atLeast: number): string => `${REFERENCE}
  - name: often
    repeat: 3
    atLeast: ${atLeast}
    synthetic: { rate: 6000/1h, lasts: 2h, columns: [amount] }
    expect: [{ alert: Drift, firing: {} }]
`;
  project.write("rules/m.test.yaml", scenario(1).replace("firing: {}", "never: true"));
  const calm = await project.test("rules");
  expect(calm.out).toMatch(/ok {4}often \(3 of 3 runs\)/);
  project.write("rules/m.test.yaml", scenario(1));
  expect((await project.test("rules")).out).toMatch(/FAIL {2}often \(0 of 3 runs\)/);
});

test("scenarios are found beside the rules of the configuration", async () => {
  project.write(
    "driftd.yaml",
    "version: 1\nstreams:\n  s: { role: inference, file: s.jsonl }\nrules: [rules/**/*.yaml]\n",
  );
  project.write("rules/m.yaml", RULES);
  project.write("rules/m.test.yaml", GOOD.slice(0, GOOD.indexOf("  - name: an hour")));
  expect(await project.test()).toMatchObject({ status: 0, err: "" });
});

test("recorded files go through the same engine", async () => {
  project.write("rules/m.yaml", RULES);
  const event = (i: number, minute: number): string =>
    JSON.stringify({
      id: `e${i}`,
      time: new Date(Date.UTC(2026, 0, 5) + minute * 60_000 + (i % 600) * 100).toISOString(),
      model: "m",
      version: "v1",
      features: { amount: minute < 90 ? 80 + (i % 41) : null, region: i % 5 < 3 ? "eu" : "us" },
      prediction: { score: 0.05 + (i % 30) / 100 },
    });
  const lines = Array.from({ length: 150 * 50 }, (_, i) => event(i, Math.floor(i / 50)));
  project.write("rules/incident.jsonl", `${lines.join("\n")}\n`);
  project.write(
    "rules/m.test.yaml",
    `${REFERENCE}
  - name: the amounts of an incident were missing
    replay: { source: incident.jsonl }
    expect: [{ alert: Nulls, column: amount, after: 90m, firing: { within: 10m } }]
`,
  );
  expect(await project.test("rules")).toMatchObject({ status: 0, err: "" });
});
