import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { parseAllDocuments } from "yaml";
import { readConfig, type ReadConfig } from "../../src/config/config-file.ts";
import { readModel } from "../../src/rules/model-file.ts";
import { MEASURES } from "../../src/statistics/measures.ts";
import { createHttpSource } from "../../src/stream/http.ts";
import { createServer } from "../../src/runtime/server.ts";
import { recordLog } from "../runtime/log-lines.ts";

const text = readFileSync(fileURLToPath(new URL("../../deploy/kserve.yaml", import.meta.url)), "utf8");
const documents = parseAllDocuments(text);

interface Container {
  readonly ports: readonly object[];
  readonly readinessProbe: object;
  readonly securityContext: Readonly<Record<string, unknown>>;
}

/** The parts that are asserted here; what is missing fails its test. */
interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace: string };
  readonly data: Readonly<Record<string, string>>;
  readonly spec: {
    readonly replicas: number;
    readonly ports: readonly { readonly port: number }[];
    readonly predictor: { readonly logger: { readonly mode: string; readonly url: string } };
    readonly template: { readonly spec: { readonly containers: readonly Container[] } };
  };
}

function manifest(kind: string): Manifest {
  const found = documents.map((document) => document.toJS() as Manifest).find((one) => one.kind === kind);
  if (found === undefined) throw new Error(`no ${kind}`);
  return found;
}

function configuration(): ReadConfig {
  const { data } = manifest("ConfigMap");
  return readConfig({ text: data["driftd.yaml"] ?? "", file: "/etc/driftd/driftd.yaml", env: {} });
}

test("the manifests are YAML, and their configuration and rules have no fault", () => {
  expect(documents.flatMap(({ errors }) => errors)).toEqual([]);
  const { data } = manifest("ConfigMap");
  const rules = readModel({
    text: data["flight-delay.yaml"] ?? "",
    file: "/etc/driftd/flight-delay.yaml",
    extended: new Map(),
    measures: MEASURES,
  });
  expect([...configuration().faults, ...rules.faults]).toEqual([]);
});

test("the logger's url is the route of the service that takes CloudEvents", () => {
  const { mode, url } = manifest("InferenceService").spec.predictor.logger;
  const service = manifest("Service");
  const { name, namespace } = service.metadata;
  expect(mode).toBe("all");
  const { hostname, port, pathname } = new URL(url);
  expect(hostname).toBe(`${name}.${namespace}.svc`);
  const { config } = configuration();
  if (config === undefined) throw new Error("no configuration");
  expect(Number(port)).toBe(service.spec.ports[0]?.port);
  expect(Number(port)).toBe(config.http.port);

  const { log } = recordLog();
  const streams = Object.values(config.streams).filter(({ http }) => http === true);
  const source = createHttpSource({ streams, http: config.http, clock: () => 0, log });
  const routes = source.register?.(createServer({ log })) ?? [];
  expect(routes.find(({ path }) => path === pathname)?.streams).toEqual(["served"]);
  expect(routes.find(({ path }) => path === "/v1/labels")?.streams).toEqual(["arrived"]);
});

test("driftd is asked for events once it is ready, and has no rights beyond its own files", () => {
  const { replicas, template } = manifest("Deployment").spec;
  const [driftd] = template.spec.containers;
  expect(replicas).toBe(1);
  expect(driftd?.readinessProbe).toMatchObject({ httpGet: { path: "/readyz", port: "http" } });
  expect(driftd?.securityContext).toMatchObject({ runAsNonRoot: true, readOnlyRootFilesystem: true });
});
