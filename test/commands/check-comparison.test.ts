import { expect, test } from "vitest";
import { writeReference } from "../../src/reference/reference-file.ts";
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
