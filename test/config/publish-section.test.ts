import { expect, test } from "vitest";
import { readConfig } from "../../src/config/config-file.ts";

function publishOf(publish: string) {
  const text = `version: 1
kafka: { brokers: [a:1], group: g }
streams: { plain: { role: inference, topic: scored } }
rules: [r.yaml]
publish: ${publish}
`;
  const { config, faults } = readConfig({ text, file: "/d/driftd.yaml", env: { RETRAIN: "https://ci/x" } });
  expect(faults).toEqual([]);
  return config?.publish;
}

test("nothing is published unless asked for, and never what is older than an hour", () => {
  expect(publishOf("{}")).toEqual({ maxAge: 3_600_000 });
});

test("a webhook takes its actions, waits ten seconds, and has its files beside driftd.yaml", () => {
  expect(publishOf('{ webhook: { retrain: { url: "${RETRAIN}" } } }')?.webhook).toEqual({
    retrain: { url: "https://ci/x", headers: {}, timeout: 10_000, alerts: "actions" },
  });
  const files = "secretFile: s, tokenFile: /run/t, caFile: ca.pem";
  expect(
    publishOf(`{ webhook: { all: { url: "https://ci", ${files}, timeout: 2s, alerts: all } } }`)?.webhook,
  ).toEqual({
    all: {
      url: "https://ci",
      secretFile: "/d/s",
      tokenFile: "/run/t",
      caFile: "/d/ca.pem",
      headers: {},
      timeout: 2_000,
      alerts: "all",
    },
  });
});

test("a topic takes its actions, or all alerts", () => {
  expect(
    publishOf("{ topic: { rollback: { topic: rollbacks }, feed: { topic: alerts, alerts: all } } }")?.topic,
  ).toEqual({
    rollback: { topic: "rollbacks", alerts: "actions" },
    feed: { topic: "alerts", alerts: "all" },
  });
});

test("the file of Prometheus' rules lies beside driftd.yaml", () => {
  expect(publishOf("{ prometheus: { rulesFile: alerts/driftd.yml } }")?.prometheus).toEqual({
    rulesFile: "/d/alerts/driftd.yml",
    job: "driftd",
  });
});
