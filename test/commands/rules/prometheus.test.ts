import { readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { exampleView } from "../../publish/view.ts";
import { createPrometheus } from "../../../src/publish/prometheus.ts";
import { MEASURES } from "../../../src/statistics/measures.ts";
import type { RuleGroup } from "../../../src/commands/rules/rule-group.ts";
import { runTool } from "../../services/tool.ts";
import { rulesProject } from "./rules-project.ts";

const FRAUD = `version: 1
model: fraud
references: { default: { file: ../nowhere.arrow } }
segmentBy: [region]
rules:
  - { alert: FeatureDrift, measure: psi, columns: ["*"], by: [version, region], for: 10m, severity: page, alertLabels: { team: risk } }
  - { alert: SchemaBroken, measure: invalid, above: 0.01, by: [], annotations: { runbook: "https://wiki/{{ not }} a template" } }
  - { alert: StreamSilent, measure: freshness, above: 1d, severity: page }
  - { alert: Quiet, measure: volume, below: 0.25 }
`;

/** Names that would break a rule file, were they written into it as they are; and limits by type of column. */
const AWKWARD = `version: 1
defaults: { number: { missing: 0.03 } }
model: 'a "model" \\ {{ $labels.x }} é'
references: { default: { file: ../nowhere.arrow } }
rules: [{ alert: Missing, measure: missing, columns: [amount], alertLabels: { note: "{{ value }}" } }]
`;

function groupsOf(text: string): readonly RuleGroup[] {
  // What was written a moment before.
  return (parse(text) as { groups: readonly RuleGroup[] }).groups;
}

const WRITE = ["rules", "prometheus", "--output", "out.yml"];

test("promtool accepts the rules, and their tests pass", async (context) => {
  const project = rulesProject({ fraud: FRAUD, awkward: AWKWARD });
  const ended = await project.run(...WRITE, "--tests", "rules/out.test.yml");
  expect(ended).toEqual({
    status: 0,
    err: "",
    out: "Wrote out.yml; Wrote rules/out.test.yml: 22 alerts and 4 recording rules, for 2 models.\n",
  });
  const runs = [
    ["check", "rules", "--lint=all", "--lint-fatal", join(project.directory, "out.yml")],
    ["test", "rules", join(project.directory, "rules/out.test.yml")],
  ].map((args) => runTool(context, { tool: "promtool", args }));
  expect(runs.filter(({ status }) => status !== 0)).toEqual([]);
});

test("promtool accepts what becomes of the rule files that are shipped", async (context) => {
  const shipped = join(import.meta.dirname, "../../../rules");
  const project = rulesProject({});
  project.write(
    "driftd.yaml",
    `version: 1\nstreams: { scored: { role: inference, file: scored.jsonl } }\nrules: [${shipped}/*.yaml, ${shipped}/demo/*.yaml]\n`,
  );
  const { status, err, out } = await project.run(...WRITE, "--tests", "out.test.yml");
  expect([status, err]).toEqual([0, ""]);
  const models = readdirSync(shipped, { recursive: true, encoding: "utf8" }).filter(
    (name) => /^(demo\/)?[\w-]+\.yaml$/.test(name) && !name.endsWith(".test.yaml"),
  );
  expect(models.length).toBeGreaterThan(5);
  expect(out).toContain(`for ${models.length} models`);
  const names = groupsOf(project.read("out.yml")).map(({ name }) => name);
  expect(names).toHaveLength(models.length + 1);
  const runs = [
    ["check", "rules", "--lint=all", "--lint-fatal", join(project.directory, "out.yml")],
    ["test", "rules", join(project.directory, "out.test.yml")],
  ].map((args) => runTool(context, { tool: "promtool", args }));
  expect(runs.filter(({ status: ended }) => ended !== 0)).toEqual([]);
});

test("a limit by type of column is looked up by column", async () => {
  const project = rulesProject({ awkward: AWKWARD, fraud: FRAUD });
  await project.run(...WRITE);
  const rules = groupsOf(project.read("out.yml")).flatMap((group) => group.rules);
  const lookedUpBy = (alert: string): string | undefined =>
    rules.flatMap((rule) =>
      "alert" in rule && rule.alert === alert ? [rule.annotations["threshold"]] : [],
    )[0];
  expect(lookedUpBy("Missing")).toContain("driftd_alert_threshold{alert=%q,model=%q,column=%q}");
  expect(lookedUpBy("FeatureDrift")).toContain("driftd_alert_threshold{alert=%q,model=%q}");
});

test("the tests that are written go red when a rule says something else", async (context) => {
  const project = rulesProject({ fraud: FRAUD });
  await project.run(...WRITE, "--tests", "out.test.yml");
  const written = project.read("out.yml");
  const mutations = [
    ['driftd_alert_firing{alert="Quiet"', 'driftd_alert_firing{alert="Loud"'],
    ["max(driftd_alert_value", "min(driftd_alert_samples"],
    ['absent(driftd_lineage_info{model="fraud"})', "absent(driftd_lineage_info)"],
    ['job="driftd"', 'job="drift"'],
  ];
  for (const [from = "", to = ""] of mutations) {
    expect(written).toContain(from);
    project.write("out.yml", written.replace(from, to));
    const args = ["test", "rules", join(project.directory, "out.test.yml")];
    expect(runTool(context, { tool: "promtool", args }).status).toBe(1);
  }
});

test("a rule becomes an alert on what driftd says, without waiting and with its own labels", async () => {
  const project = rulesProject({ fraud: FRAUD });
  await project.run(...WRITE);
  const [health, fraud] = groupsOf(project.read("out.yml"));
  expect([health?.name, fraud?.name]).toEqual(["driftd", "driftd fraud"]);
  const alerts = (fraud?.rules ?? []).flatMap((rule) => ("alert" in rule ? [rule] : []));
  expect(alerts.map(({ alert }) => alert)).toEqual([
    "DriftdModelGone",
    "FeatureDrift",
    "SchemaBroken",
    "StreamSilent",
    "Quiet",
    "Blind",
  ]);
  const [, drift, broken] = alerts;
  expect(drift).toMatchObject({
    expr: 'max without (instance, pod) (driftd_alert_firing{alert="FeatureDrift", model="fraud"} == 1)',
    labels: { model: "fraud", team: "risk" },
  });
  expect(drift).not.toHaveProperty("for");
  expect(drift?.annotations["movers"]).toContain("driftd_alert_mover_ratio");
  expect(broken?.annotations["runbook"]).toBe('https://wiki/{{ "{{" }} not }} a template');
  expect(broken?.annotations).not.toHaveProperty("movers");
});

test("every metric that the rules name is one that driftd has", async () => {
  const project = rulesProject({ fraud: FRAUD });
  await project.run(...WRITE);
  const named = new Set(project.read("out.yml").match(/(?<![:\w])driftd_\w+(?=[{)\s,[]|$)/gm));
  expect(named.size).toBeGreaterThan(15);
  const { render } = createPrometheus({
    view: exampleView,
    measures: MEASURES,
    segments: "all",
    maxLines: 20_000,
  });
  const exposition = await render();
  expect([...named].filter((name) => !exposition.includes(`# TYPE ${name} `))).toEqual([]);
});

test("a manifest for the operator holds the same groups", async () => {
  const project = rulesProject({ fraud: FRAUD });
  await project.run(...WRITE);
  await project.run("rules", "prometheus", "--operator", "--output", "manifest.yml");
  const manifest: unknown = parse(project.read("manifest.yml"));
  expect(manifest).toEqual({
    apiVersion: "monitoring.coreos.com/v1",
    kind: "PrometheusRule",
    metadata: { name: "driftd", labels: { "app.kubernetes.io/name": "driftd" } },
    spec: { groups: groupsOf(project.read("out.yml")) },
  });
});

const PUSH = '{ alertmanager: { urls: ["http://am:9093"] }';

test("where alerts are pushed the rules leave them out, and say so", async () => {
  const project = rulesProject({ fraud: FRAUD }, `publish: ${PUSH} }\n`);
  const { err, out } = await project.run("rules", "prometheus");
  const note =
    "The alerts of the models are left out: driftd pushes them to Alertmanager by itself (publish.alertmanager).";
  expect(err).toBe(`${note}\n`);
  expect(out).toContain(`# ${note}\n`);
  expect(groupsOf(out)[1]?.rules).toMatchObject([{ alert: "DriftdModelGone" }]);
  const json: unknown = JSON.parse((await project.run("rules", "prometheus", "--json")).out);
  expect(json).toEqual({ files: [], pushed: true, groups: groupsOf(out) });
});

test("the job of driftd's targets is that of the configuration", async () => {
  const project = rulesProject(
    { fraud: FRAUD },
    "publish: { prometheus: { rulesFile: out.yml, job: models/driftd } }\n",
  );
  await project.run(...WRITE);
  expect(project.read("out.yml")).toContain('up{job="models/driftd"} == 0');
});

test("runbooks are where the configuration says", async () => {
  const page = "https://wiki.example/driftd/alerts";
  const section = (runbooks: string): string =>
    `publish: { prometheus: { rulesFile: out.yml, runbooks: "${runbooks}" } }\n`;
  const project = rulesProject({ fraud: FRAUD }, section(page));
  await project.run(...WRITE, "--tests", "tests.yml");
  for (const file of ["out.yml", "tests.yml"]) {
    const text = project.read(file);
    expect(text).toContain(`runbook_url: ${page}#driftdgone`);
    expect(text).toContain(`runbook_url: ${page}#driftdmodelgone`);
    expect(text).not.toContain("docs/ALERTS.md#");
  }
  const refused = await rulesProject({ fraud: FRAUD }, section("wiki")).run("rules", "prometheus");
  expect(refused).toMatchObject({ status: 78, err: expect.stringContaining('"wiki": is not a page') });
});

test("faults are told, and nothing is written", async () => {
  const project = rulesProject({ fraud: FRAUD.replace("measure: psi", "measure: psy") });
  const { status, err, out } = await project.run("rules", "prometheus");
  expect([status, out]).toEqual([78, ""]);
  expect(err).toContain('rules/fraud.yaml:6:37  error  UNKNOWN_NAME  "psy"');
});

test("what cannot be done is refused", async () => {
  const project = rulesProject({ fraud: FRAUD });
  const refusals = [
    await project.run("rules", "prometheus", "--tests", "t.yml"),
    await project.run(...WRITE, "--tests", "t.yml", "--operator"),
  ];
  expect(refusals).toMatchObject([
    { status: 2, err: expect.stringContaining("Add --output FILE") },
    { status: 2, err: expect.stringContaining("without --operator") },
  ]);
});
