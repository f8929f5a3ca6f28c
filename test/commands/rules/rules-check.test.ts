import { expect, test } from "vitest";
import { rulesProject } from "./rules-project.ts";

const RULES = `version: 1
model: fraud
references: { default: { file: ../nowhere.arrow } }
rules: [{ alert: Broken, measure: invalid, above: 0.01 }]
`;
const PROMETHEUS = "prometheus: { rulesFile: prometheus-rules.yml }";
const WRITE = ["rules", "prometheus", "--output", "prometheus-rules.yml"];

/** What check has to say of the generated rules. */
async function warningsOf(project: ReturnType<typeof rulesProject>): Promise<string[]> {
  const { out } = await project.run("check");
  return out.split("\n").filter((line) => / {2}(OUT_OF_DATE|CONFLICT|FILE_MISSING) {2}/.test(line));
}

test("rules that were never written, that are as they should be, and that are older than the rule files", async () => {
  const project = rulesProject({ fraud: RULES }, `publish: { ${PROMETHEUS} }\n`);
  const remedy = "run: driftd rules prometheus --config driftd.yaml --output prometheus-rules.yml";
  expect(await warningsOf(project)).toContain(
    `driftd.yaml  warning  FILE_MISSING  publish.prometheus.rulesFile prometheus-rules.yml cannot be read as YAML here; ${remedy}`,
  );
  await project.run(...WRITE);
  const outdated = `driftd.yaml  warning  OUT_OF_DATE  prometheus-rules.yml is not what the rule files say; ${remedy}`;
  expect(await warningsOf(project)).not.toContain(outdated);
  await project.run(...WRITE, "--operator");
  expect(await warningsOf(project)).not.toContain(outdated);
  project.write("rules/fraud.yaml", RULES.replace("Broken", "SchemaBroken"));
  expect(await warningsOf(project)).toContain(outdated);
  for (const nonsense of ["groups: 7\n", "", "- 1\n"]) {
    project.write("prometheus-rules.yml", nonsense);
    expect(await warningsOf(project)).toContain(outdated);
  }
  project.write("prometheus-rules.yml", "groups: [\n");
  expect((await warningsOf(project)).join()).toContain("cannot be read as YAML here");
});

test("alerts that are pushed and raised by Prometheus too", async () => {
  const both = `publish: { alertmanager: { urls: ["http://am:9093"] }, ${PROMETHEUS} }\n`;
  const project = rulesProject({ fraud: RULES }, both);
  await project.run(...WRITE);
  expect(project.read("prometheus-rules.yml")).toContain("alert: Broken");
  expect(await warningsOf(project)).toContain(
    "driftd.yaml  warning  CONFLICT  publish.alertmanager and publish.prometheus raise the same alerts, and people hear of each twice; keep one of the two",
  );
});
