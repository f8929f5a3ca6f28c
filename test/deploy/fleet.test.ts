import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { parse, parseAllDocuments } from "yaml";
import { readConfig } from "../../src/config/config-file.ts";
import type { Config } from "../../src/config/config.ts";
import { readModel } from "../../src/rules/model-file.ts";
import { MEASURES } from "../../src/statistics/measures.ts";

const textOf = (name: string): string =>
  readFileSync(fileURLToPath(new URL(`../../deploy/${name}`, import.meta.url)), "utf8");

interface Service {
  readonly deploy?: { readonly replicas: number };
  readonly command?: readonly string[];
  readonly ports?: readonly string[];
  readonly secrets?: readonly string[];
  readonly healthcheck?: object;
  readonly extends?: { readonly file: string; readonly service: string };
}

interface Compose {
  readonly services: Readonly<Record<string, Service>>;
  readonly secrets: Readonly<Record<string, object>>;
  readonly volumes: Readonly<Record<string, null>>;
}

interface Container {
  readonly name: string;
  readonly args: readonly string[];
  readonly readinessProbe?: object;
  readonly startupProbe?: object;
  readonly livenessProbe?: { readonly httpGet: { readonly path: string } };
  readonly securityContext: Readonly<Record<string, unknown>>;
  readonly volumeMounts: readonly { readonly name: string; readonly mountPath: string }[];
}

/** The parts that are asserted here; what is missing fails its test. */
interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly data: Readonly<Record<string, string>>;
  readonly spec: {
    readonly replicas: number;
    readonly ports: readonly { readonly port: number }[];
    readonly strategy?: object;
    readonly template: {
      readonly spec: {
        readonly terminationGracePeriodSeconds: number;
        readonly containers: readonly Container[];
        readonly initContainers: readonly Container[];
        readonly volumes: readonly { readonly name: string }[];
      };
    };
  };
}

const compose = parse(textOf("fleet-compose.yaml")) as Compose;
const documents = parseAllDocuments(textOf("kubernetes-fleet.yaml"));

function manifest(kind: string): Manifest {
  const found = documents.map((document) => document.toJS() as Manifest).find((one) => one.kind === kind);
  if (found === undefined) throw new Error(`no ${kind}`);
  return found;
}

function configOf(text: string): Config {
  const { config, faults } = readConfig({
    text,
    file: "/etc/driftd/driftd.yaml",
    env: { KAFKA: "kafka:19092" },
  });
  expect(faults).toEqual([]);
  if (config === undefined) throw new Error("no configuration");
  return config;
}

/** What state needs of its server. */
function expectSafe(arguments_: string): void {
  for (const wanted of ["--appendonly yes", "--maxmemory-policy noeviction", "--requirepass"])
    expect(arguments_).toContain(wanted);
}

test("three members share a Redis that forgets nothing, and have the password of it", () => {
  const { redis, driftd } = compose.services;
  const { state, streams } = configOf(textOf("fleet-driftd.yaml"));
  expect(driftd.deploy).toEqual({ replicas: 3 });
  expectSafe(redis.command?.join(" ") ?? "");
  expect(state.redis).toMatchObject({
    url: "redis://redis:6379",
    passwordFile: "/run/secrets/redis",
    prefix: "driftd-fleet",
  });
  expect([redis.secrets, driftd.secrets]).toEqual([["redis"], ["redis"]]);
  expect(Object.keys(compose.secrets)).toEqual(["redis"]);
  // Each has a port of its own on the host, and all are doors to the same topics.
  const [, first, last] = /:(\d+)-(\d+):9464$/.exec(driftd.ports?.join() ?? "") ?? [];
  expect(Number(last) - Number(first) + 1).toBeGreaterThanOrEqual(3);
  expect(Object.values(streams).map(({ topic, http }) => [topic, http])).toEqual([
    ["fraud.scored", true],
    ["fraud.chargebacks", true],
  ]);
});

test("what it takes from the other compose file is there, with its volumes", () => {
  const base = parse(textOf("compose.yaml")) as Compose;
  const taken = Object.values(compose.services).flatMap((service) => service.extends ?? []);
  expect(taken.map(({ service }) => service)).toEqual(["kafka", "topics", "prometheus", "alertmanager"]);
  for (const { file, service } of taken) {
    expect(file).toBe("compose.yaml");
    expect(base.services).toHaveProperty(service);
  }
  expect(Object.keys(compose.volumes)).toEqual(
    expect.arrayContaining(Object.keys(base.volumes).filter((name) => name !== "driftd-state")),
  );
  const own = Object.values(compose.services).filter((service) => service.extends === undefined);
  expect(own.every(({ healthcheck }) => healthcheck !== undefined)).toBe(true);
});

test("the manifests are YAML, and their configuration and rules have no fault", () => {
  expect(documents.flatMap(({ errors }) => errors)).toEqual([]);
  const { data } = manifest("ConfigMap");
  const { state } = configOf(data["driftd.yaml"] ?? "");
  const service = manifest("Service");
  expect(state.redis?.url).toBe(`redis://${service.metadata.name}:${service.spec.ports[0]?.port}`);
  const rules = readModel({
    text: data["fraud.yaml"] ?? "",
    file: "/etc/driftd/fraud.yaml",
    extended: new Map(),
    measures: MEASURES,
  });
  expect(rules.faults).toEqual([]);
});

test("every replica of the model has a member beside it, which can neither hold it back nor take it out of rotation", () => {
  const { replicas, strategy, template } = manifest("Deployment").spec;
  const [driftd] = template.spec.initContainers;
  expect(replicas).toBe(3);
  // Old and new pods side by side: members beyond the tasks stand by.
  expect(strategy).toBeUndefined();
  expect(driftd).toMatchObject({ name: "driftd", restartPolicy: "Always" });
  expect(driftd).not.toHaveProperty("readinessProbe");
  expect(driftd).not.toHaveProperty("startupProbe");
  expect(driftd?.livenessProbe?.httpGet.path).toBe("/healthz");
  expect(template.spec.terminationGracePeriodSeconds).toBeGreaterThan(10);
});

test("members and Redis have no rights beyond their own files, and mount what they name", () => {
  const { passwordFile } = configOf(manifest("ConfigMap").data["driftd.yaml"] ?? "").state.redis ?? {};
  const [redis] = manifest("StatefulSet").spec.template.spec.containers;
  const { initContainers, volumes } = manifest("Deployment").spec.template.spec;
  const [driftd] = initContainers;
  expectSafe(redis?.args.join(" ") ?? "");
  for (const container of [redis, driftd]) {
    expect(container?.securityContext).toMatchObject({
      runAsNonRoot: true,
      readOnlyRootFilesystem: true,
      allowPrivilegeEscalation: false,
      capabilities: { drop: ["ALL"] },
    });
    const mounts = container?.volumeMounts.map(({ mountPath }) => mountPath) ?? [];
    expect(mounts.some((path) => passwordFile === `${path}/password`)).toBe(true);
  }
  const names = volumes.map(({ name }) => name);
  expect(driftd?.volumeMounts.every(({ name }) => names.includes(name))).toBe(true);
});
