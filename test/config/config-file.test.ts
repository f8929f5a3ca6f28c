import { expect, test } from "vitest";
import { readConfig } from "../../src/config/config-file.ts";
import { formatFault } from "../../src/config/fault.ts";

const FRAUD = `version: 1
kafka: { brokers: ["\${KAFKA}"], group: driftd, tls: { caFile: ca.pem }, sasl: { mechanism: scram-sha-512, username: driftd, passwordFile: /run/secrets/kafka } }
streams:
  fraud:   { role: inference, topic: fraud.scored, format: json, map: { id: /txn, time: /ts, model: { value: fraud }, version: { header: model-version }, score: /p, decision: /decision, features: /x } }
  charged: { role: labels, of: fraud, topic: fraud.chargebacks, map: { id: /txn, time: /ts, truth: /fraud } }
rules: [rules/**/*.yaml]
state: { store: lmdb, path: ./state }
privacy: { keyFile: /run/secrets/driftd-key }
publish: { alertmanager: { urls: ["http://am:9093/"] } }
http: { port: \${PORT} }
`;

function faultsOf(text: string, env: Record<string, string> = {}): string[] {
  return readConfig({ text, file: "driftd.yaml", env }).faults.map(formatFault);
}

test("a whole file becomes a configuration with its defaults", () => {
  const text = FRAUD.replace("http: { port: ${PORT} }", 'http: { port: "${PORT}" }').replace(
    '"${PORT}"',
    "9464",
  );
  const { config, faults } = readConfig({
    text,
    file: "/etc/driftd/driftd.yaml",
    env: { KAFKA: "a:1, b:2" },
  });
  expect(faults).toEqual([]);
  expect(config).toMatchObject({
    directory: "/etc/driftd",
    kafka: {
      brokers: ["a:1", "b:2"],
      clientId: "driftd",
      sessionTimeout: 30_000,
      maxRecordBytes: 1_048_576,
      tls: { caFile: "/etc/driftd/ca.pem" },
      sasl: { passwordFile: "/run/secrets/kafka" },
    },
    rules: ["/etc/driftd/rules/**/*.yaml"],
    state: { store: "lmdb", path: "/etc/driftd/state", max: 2 * 1024 ** 3 },
    publish: {
      alertmanager: { urls: ["http://am:9093"], resend: 60_000, timeout: 10_000 },
      maxAge: 3_600_000,
    },
    http: { host: "0.0.0.0", port: 9464 },
    metrics: { segments: "firing", maxLines: 20_000 },
  });
  expect(Object.keys(config?.streams ?? {})).toEqual(["fraud", "charged"]);
  expect(config?.streams["fraud"]).toEqual({
    name: "fraud",
    role: "inference",
    topic: "fraud.scored",
    format: "json",
    map: {
      id: { pointer: "/txn" },
      time: { pointer: "/ts" },
      model: { value: "fraud" },
      version: { header: "model-version" },
      score: { pointer: "/p" },
      decision: { pointer: "/decision" },
      features: { pointer: "/x" },
    },
    from: "committed",
    maxAhead: 300_000,
    idleAfter: 60_000,
  });
});

test("an unset variable is a fault at its place", () => {
  const text =
    "version: 1\nstreams: { a: { role: inference, file: a.jsonl } }\nrules: [r.yaml]\nhttp: { host: '${HOST}' }\n";
  expect(faultsOf(text)).toEqual([
    'driftd.yaml:4:15  error  ENVIRONMENT  "${HOST}": HOST is not set; export it, or write the value',
  ]);
});

test("a file says its format by its ending, and a topic by its map", () => {
  const streams = (text: string) =>
    readConfig({
      text: `version: 1\nkafka: { brokers: [a:1], group: g }\nrules: [r.yaml]\nstreams:\n  s: { role: inference, ${text} }\n`,
      file: "/d/driftd.yaml",
      env: {},
    }).config?.streams["s"];
  expect(streams("file: a.jsonl.gz")).toMatchObject({
    file: "/d/a.jsonl.gz",
    format: "native",
    from: "earliest",
  });
  expect(streams("file: a.parquet, map: { score: /p }")).toMatchObject({
    format: "parquet",
    map: { score: { pointer: "/p" } },
  });
  expect(streams("topic: t")).toMatchObject({ format: "native", from: "committed", map: {} });
  expect(streams("topic: t, map: { time: { key: true }, model: { header: m } }")).toMatchObject({
    format: "json",
    map: { time: { key: true }, model: { header: "m" } },
  });
  expect(streams("topic: t, format: native, map: { version: { header: v } }")).toMatchObject({
    format: "native",
  });
});

test("a start without zone is UTC", () => {
  const from = (text: string) =>
    readConfig({
      text: `version: 1\nkafka: { brokers: [a:1], group: g }\nrules: [r.yaml]\nstreams: { s: { role: inference, topic: t, from: "${text}" } }\n`,
      file: "driftd.yaml",
      env: {},
    }).config?.streams["s"]?.from;
  expect(from("2026-01-31")).toBe(Date.UTC(2026, 0, 31));
  expect(from("2026-01-31T01:00:00")).toBe(Date.UTC(2026, 0, 31, 1));
  expect(from("2026-01-31T01:00:00+01:00")).toBe(Date.UTC(2026, 0, 31));
  expect(from("latest")).toBe("latest");
});
