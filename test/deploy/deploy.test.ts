import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { parse, parseAllDocuments } from "yaml";
import { loadModels } from "../../src/commands/load.ts";
import { generateRules } from "../../src/commands/rules/generated-rules.ts";
import { readConfig } from "../../src/config/config-file.ts";
import { readModel } from "../../src/rules/model-file.ts";
import { MEASURES } from "../../src/statistics/measures.ts";
import { runTool } from "../services/tool.ts";

const pathOf = (name: string) => fileURLToPath(new URL(`../../deploy/${name}`, import.meta.url));
const textOf = (name: string) => readFileSync(pathOf(name), "utf8");

interface Probe {
  readonly httpGet: { readonly path: string };
}

interface Container {
  readonly name: string;
  readonly restartPolicy?: string;
  readonly readinessProbe?: Probe;
  readonly startupProbe?: Probe;
  readonly livenessProbe?: Probe;
  readonly securityContext: Readonly<Record<string, unknown>>;
}

interface Manifest {
  readonly kind: string;
  readonly data: Readonly<Record<string, string>>;
  readonly spec: {
    readonly replicas: number;
    readonly template: {
      readonly spec: {
        readonly terminationGracePeriodSeconds: number;
        readonly initContainers: readonly Container[];
      };
    };
  };
}

interface Compose {
  readonly services: Readonly<Record<string, { readonly healthcheck?: object; readonly restart?: string }>>;
}

/** The parts of the manifest that are asserted here; what is missing fails its test. */
function manifest(kind: string): Manifest {
  const documents = parseAllDocuments(textOf("kubernetes-sidecar.yaml")).map(
    (document) => document.toJS() as Manifest,
  );
  const found = documents.find((document) => document.kind === kind);
  if (found === undefined) throw new Error(`no ${kind}`);
  return found;
}

function faultsOf(configText: string, ruleText: string): unknown[] {
  const config = readConfig({
    text: configText,
    file: "/etc/driftd/driftd.yaml",
    env: { KAFKA: "kafka:19092" },
  });
  const rules = readModel({
    text: ruleText,
    file: "/etc/driftd/fraud.yaml",
    extended: new Map(),
    measures: MEASURES,
  });
  return [...config.faults, ...rules.faults];
}

test("promtool accepts the Prometheus configuration and its rules", (context) => {
  const args = ["check", "config", pathOf("prometheus.yml")];
  expect(runTool(context, { tool: "promtool", args })).toMatchObject({ status: 0 });
});

test("Prometheus' rules are what driftd writes for the example configuration", async () => {
  const io = { cwd: "/", env: { KAFKA: "kafka:19092" } };
  const { config, models, faults } = await loadModels({ configFile: pathOf("driftd.yaml"), io });
  expect(faults).toEqual([]);
  if (config === undefined) throw new Error("no configuration");
  // KAFKA=kafka:9092 driftd rules prometheus --config deploy/driftd.yaml --output deploy/prometheus-rules.yml
  expect(parse(textOf("prometheus-rules.yml"))).toEqual({
    groups: generateRules(models, config.publish).groups,
  });
});

test("amtool accepts the Alertmanager configuration", (context) => {
  const run = runTool(context, {
    tool: "amtool",
    args: ["check-config", pathOf("alertmanager.yml")],
  });
  expect(run).toMatchObject({ status: 0 });
});

test("the example configuration and rules have no fault", () => {
  expect(faultsOf(textOf("driftd.yaml"), textOf("rules/fraud.yaml"))).toEqual([]);
});

test("the sidecar's configuration and rules have no fault", () => {
  const { data } = manifest("ConfigMap");
  expect(faultsOf(data["driftd.yaml"] ?? "", data["fraud.yaml"] ?? "")).toEqual([]);
});

test("the sidecar can neither hold back its model server nor take it out of rotation", () => {
  const { replicas, template } = manifest("Deployment").spec;
  const [driftd] = template.spec.initContainers;
  expect(driftd).toMatchObject({ name: "driftd", restartPolicy: "Always" });
  expect(driftd).not.toHaveProperty("readinessProbe");
  expect(driftd).not.toHaveProperty("startupProbe");
  expect(driftd?.livenessProbe?.httpGet.path).toBe("/healthz");
  expect(replicas).toBe(1);
  expect(template.spec.terminationGracePeriodSeconds).toBeGreaterThan(10);
});

test("the sidecar has no rights beyond its own files", () => {
  expect(manifest("Deployment").spec.template.spec.initContainers[0]?.securityContext).toEqual({
    runAsUser: 65532,
    runAsGroup: 65532,
    runAsNonRoot: true,
    readOnlyRootFilesystem: true,
    allowPrivilegeEscalation: false,
    capabilities: { drop: ["ALL"] },
    seccompProfile: { type: "RuntimeDefault" },
  });
});

test("every long-running service of the compose file says whether it is well", () => {
  // The parts asserted here; what is missing fails.
  const { services } = parse(textOf("compose.yaml")) as Compose;
  expect(Object.keys(services)).toEqual(["kafka", "topics", "driftd", "prometheus", "alertmanager"]);
  const silent = Object.entries(services).filter(
    ([, service]) => service.healthcheck === undefined && service.restart !== "no",
  );
  expect(silent).toEqual([]);
});

test("the image runs as nobody, and gets signals itself", () => {
  const lines = textOf("Dockerfile").split("\n");
  expect(lines.filter((line) => line.startsWith("FROM "))).toHaveLength(2);
  expect(lines).toContain("USER 65532:65532");
  expect(lines.filter((line) => /^(?:ENTRYPOINT|CMD) \[/.test(line))).toHaveLength(2);
});
