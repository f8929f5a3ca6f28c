import { expect, test } from "vitest";
import { createSinks } from "../../src/publish/sinks.ts";
import { recordLog } from "../runtime/log-lines.ts";
import { exampleAlert, resolved } from "./alerts.ts";

test("the configuration decides which sinks there are; the log is always one", () => {
  const { log } = recordLog();
  const alertmanager = { urls: ["http://127.0.0.1:9093"], resend: 60_000, timeout: 10_000 };
  const names = (config: Parameters<typeof createSinks>[0]["config"]) =>
    createSinks({ config, send: () => Promise.resolve(), log }).map(({ name }) => name);
  expect(names({ maxAge: 3_600_000 })).toEqual(["log"]);
  expect(names({ maxAge: 3_600_000, alertmanager })).toEqual(["log", "alertmanager"]);
  const retrain = { url: "http://ci", headers: {}, timeout: 10_000, alerts: "actions" } as const;
  const topic = { feed: { topic: "alerts", alerts: "all" } } as const;
  const all = names({ maxAge: 3_600_000, alertmanager, webhook: { retrain }, topic });
  expect(all).toEqual(["log", "alertmanager", "webhook retrain", "topic feed"]);
});

test("the log has one line per transition, the explanation as its message", async () => {
  const { log, lines } = recordLog();
  const [sink] = createSinks({ config: { maxAge: 3_600_000 }, log });
  await sink?.deliver([exampleAlert(), resolved(exampleAlert())], { now: 0 });
  expect(lines).toHaveLength(2);
  expect(lines[0]).toMatchObject({
    level: "warn",
    alert: "FeatureDrift",
    state: "firing",
    column: "amount",
    value: 0.314159,
    threshold: 0.02,
    msg: exampleAlert().explanation,
  });
  expect(lines[1]).toMatchObject({
    level: "info",
    state: "resolved",
    endsAt: "2026-01-15T15:00:00.000Z",
    msg: `Resolved: ${exampleAlert().explanation}`,
  });
  await sink?.close();
});
