import { dirname, relative } from "node:path";
import { stringify } from "yaml";
import { CodedError } from "../../config/coded-error.ts";
import { formatFault, hasErrors } from "../../config/fault.ts";
import { resolvePath } from "../../config/path.ts";
import { writeAtomically } from "../../runtime/files.ts";
import type { CommandIo } from "../io.ts";
import { loadModels } from "../load.ts";
import { plural } from "../text.ts";
import { generateRules } from "./generated-rules.ts";
import type { GeneratedRules } from "./generated-rules.ts";

export interface PrometheusOptions {
  readonly configFile: string;
  /** Standard output where there is none. */
  readonly output?: string;
  /** Where promtool's unit tests go; they need the rules in a file. */
  readonly tests?: string;
  /** The manifest of a PrometheusRule in place of a plain rule file. */
  readonly operator: boolean;
  readonly json: boolean;
}

/** `driftd rules prometheus`: exits 0, or 78 where the configuration or a rule file has errors. */
export async function writePrometheusRules(options: PrometheusOptions, io: CommandIo): Promise<number> {
  checkOptions(options);
  const { config, models, faults } = await loadModels({ configFile: options.configFile, io });
  for (const fault of faults) io.stderr.write(`${formatFault(fault)}\n`);
  if (config === undefined || hasErrors(faults)) return 78;
  const rules = generateRules(models, config.publish);
  const { output, tests } = options;
  const text = options.operator ? describeManifest(rules) : describeRuleFile(rules);
  if (output !== undefined) await write(resolvePath(io.cwd, output), text);
  if (output !== undefined && tests !== undefined) {
    const file = resolvePath(io.cwd, tests);
    const place = relative(dirname(file), resolvePath(io.cwd, output));
    await write(file, describeTests(rules, place));
  }
  const files = [output, tests].filter((file) => file !== undefined);
  if (options.json) {
    const { groups, pushed } = rules;
    io.stdout.write(`${JSON.stringify({ files, pushed, groups })}\n`);
    return 0;
  }
  if (pushedNote(rules) !== undefined) io.stderr.write(`${pushedNote(rules)}\n`);
  if (output === undefined) io.stdout.write(text);
  else io.stdout.write(`${files.map((file) => `Wrote ${file}`).join("; ")}: ${summary(rules)}.\n`);
  return 0;
}

function checkOptions({ output, tests, operator }: PrometheusOptions): void {
  if (tests === undefined) return;
  if (operator) {
    throw new CodedError(
      "USAGE",
      "promtool reads no manifest. Write --tests beside a plain rule file, without --operator.",
    );
  }
  if (output === undefined)
    throw new CodedError("USAGE", "--tests names the rule file that it tests. Add --output FILE.");
}

async function write(file: string, text: string): Promise<void> {
  await writeAtomically(file, text, { what: "rule file", code: "CONFIG_INVALID" });
}

const NOTICE = "Written by `driftd rules prometheus`: change the rule files, and write it anew.";
const MEANING = [
  "No alert of a model has a `for`: driftd waits by itself, in event time. Their label severity comes with driftd_alert_firing:",
  "it is the rule's, or info where the budget promises nothing (trust none).",
];

/** Why the alerts of the models are not among the rules; undefined where they are. */
function pushedNote({ pushed }: GeneratedRules): string | undefined {
  return pushed
    ? "The alerts of the models are left out: driftd pushes them to Alertmanager by itself (publish.alertmanager)."
    : undefined;
}

/** The text of a rule file. */
function describeRuleFile(rules: GeneratedRules): string {
  return describeYaml({ groups: rules.groups }, rules);
}

/** https://prometheus-operator.dev/docs/api-reference/api/#monitoring.coreos.com/v1.PrometheusRule */
function describeManifest(rules: GeneratedRules): string {
  const manifest = {
    apiVersion: "monitoring.coreos.com/v1",
    kind: "PrometheusRule",
    metadata: { name: "driftd", labels: { "app.kubernetes.io/name": "driftd" } },
    spec: { groups: rules.groups },
  };
  return describeYaml(manifest, rules);
}

function describeTests(rules: GeneratedRules, ruleFile: string): string {
  return describeYaml({ rule_files: [ruleFile], evaluation_interval: "1m", tests: rules.tests }, rules);
}

function describeYaml(data: object, rules: GeneratedRules): string {
  const note = pushedNote(rules);
  const lines = [NOTICE, ...(note === undefined ? MEANING : [note])].map((line) => `# ${line}\n`);
  return `${lines.join("")}${stringify(data, { lineWidth: 0 })}`;
}

function summary({ groups, models }: GeneratedRules): string {
  const rules = groups.flatMap((group) => group.rules);
  const alerts = rules.filter((rule) => "alert" in rule).length;
  return `${plural(alerts, "alert")} and ${plural(rules.length - alerts, "recording rule")}, for ${plural(models, "model")}`;
}
