import { expect, test } from "vitest";
import type { Reference } from "../../src/reference/reference.ts";
import { writeReference } from "../../src/reference/reference-file.ts";
import { build, plan, random } from "../reference/plain-rows.ts";
import { runCommand } from "./command-io.ts";
import { projectDirectory } from "./project-directory.ts";
import { quietReference } from "./quiet-reference.ts";
import { rulesProject } from "./rules/rules-project.ts";

const RULES = `version: 1
model: m
references: { default: { file: m.arrow } }
segmentBy: [region]
rules: [{ alert: Canary, compare: { version: v8, against: v7 }, by: [region], for: 10m }]
`;

const { path, write } = projectDirectory();

test("check tells the parts of a comparison apart, and does not ask for labels that nobody spoke of", async () => {
  write("m.arrow", writeReference(quietReference()));
  write("m.yaml", RULES);
  const { status, out } = await runCommand(["check", "m.yaml"], { cwd: path("") });
  expect(status).toBe(0);
  expect(out).not.toMatch(/error|warning/);
  // One column, in two regions, of the version that is asked about.
  expect(out).toMatch(/^ +Canary \(psi\) +2 provisional /m);
  expect(out).toContain("Canary: psi, atLeast 0.02");
  expect(out).toContain("no reference has seen how two such windows differ");
  write("labels.yaml", RULES.replace("against: v7 }", "against: v7, measures: [psi, calibration-gap] }"));
  const asked = await runCommand(["check", "labels.yaml"], { cwd: path("") });
  expect(asked.out).toMatch(/labels\.yaml:5:\d+ {2}error {2}NO_JUDGEMENT .*the reference has no labels/);
});

test("Prometheus gets one alert of a comparison, without a limit or a column of its own", async () => {
  const project = rulesProject({ m: RULES });
  expect(await project.run("rules", "prometheus", "--output", "p.yml")).toMatchObject({ status: 0 });
  const written = project.read("p.yml");
  expect(written.match(/alert: Canary$/gm)).toHaveLength(1);
  const [, own = ""] = written.split("alert: Canary\n");
  const [rule = ""] = own.split("- alert:");
  expect(rule).toContain("it does otherwise than v7");
  expect(rule).not.toMatch(/threshold|\$labels\.column/);
});

const HOURS = 60;

/** Of a model that answers so, with labels: 100 rows an hour. */
function labelledReference(output: "decision" | "value"): Reference {
  const type = output === "value" ? "number" : "category";
  const answer = (share: number): number | string =>
    output === "value" ? share : share < 0.4 ? "no" : "yes";
  const next = random(5);
  const rows = Array.from({ length: HOURS * 100 }, (_, i) => ({
    time: Date.UTC(2026, 0, 1) + i * 36_000,
    amount: next(),
    region: next() < 0.5 ? "eu" : "us",
    [`prediction.${output}`]: answer(next()),
    truth: answer(next()),
  }));
  const columns = plan(
    { name: "amount", type: "number" },
    { name: "region", type: "category", role: "segment" },
    { name: `prediction.${output}`, type, role: "output" },
    { name: "truth", type, role: "truth" },
  );
  return build({ ...columns, model: "m" }, rows, { segmentBy: [["region"]] });
}

test.each([
  [
    labelledReference("decision"),
    "the model answers without a score, and only scores have a calibration",
    "measure: accuracy, below: LIMIT, by: [version, region]",
  ],
  [
    labelledReference("value"),
    "the model answers with numbers, which have no calibration",
    "measure: mae, above: LIMIT, by: [version, region]",
  ],
])(
  "check says where labels cannot say which version is worse, and what can",
  async (reference, why, remedy) => {
    write("m.arrow", writeReference(reference));
    write("m.yaml", RULES);
    const { status, out } = await runCommand(["check", "m.yaml"], { cwd: path("") });
    expect(status).toBe(0);
    expect(out).toMatch(/^m\.yaml:5:\d+ {2}warning {2}NO_JUDGEMENT {2}"Canary": says what a version sees/m);
    expect(out).toContain(`and not whether it is worse: ${why}; write compare: { measures: [psi, missing] }`);
    expect(out).toContain(remedy);
    write("m.yaml", RULES.replace("against: v7 }", "against: v7, measures: [psi, missing] }"));
    const chosen = await runCommand(["check", "m.yaml"], { cwd: path("") });
    expect(chosen.out).not.toContain("worse");
    write("m.yaml", RULES.replace(/rules: .*/, "rules: [{ alert: Gap, measure: calibration-gap }]"));
    const gap = await runCommand(["check", "m.yaml"], { cwd: path("") });
    expect(gap.out).not.toContain("build the reference again");
  },
);
