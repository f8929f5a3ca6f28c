import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, onTestFinished, test, vi } from "vitest";
import { createAlertmanagerSink } from "../../src/publish/alertmanager.ts";
import { createPrometheus } from "../../src/publish/prometheus.ts";
import { createServer as createMetricsServer, listen } from "../../src/runtime/server.ts";
import { registerMetrics } from "../../src/web/api/metrics.ts";
import { recordLog } from "../runtime/log-lines.ts";
import { alertmanagerMissing, startAlertmanager } from "../services/alertmanager.ts";
import { prometheusMissing, startPrometheus } from "../services/prometheus.ts";
import { describeService } from "../services/service.ts";
import { exampleAlert, resolved } from "./alerts.ts";
import { MEASURES, exampleView } from "./view.ts";

interface Notification {
  readonly status: string;
  readonly alerts: readonly { readonly status: string; readonly labels: Readonly<Record<string, string>> }[];
}

/** Takes what Alertmanager sends to people. */
async function startWebhook(): Promise<{ url: string; notifications: Notification[] }> {
  const notifications: Notification[] = [];
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk: Buffer) => (body += chunk.toString()));
    request.on("end", () => {
      // Alertmanager's documented webhook body.
      notifications.push(JSON.parse(body) as Notification);
      response.end();
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  // A TCP server's address is an object.
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, notifications };
}

const PATIENCE = { timeout: 120_000, interval: 100 };

describeService("alerts in a real Alertmanager", alertmanagerMissing, () => {
  test("a pushed alert fires there, survives a bad one beside it, and then resolves", async () => {
    const webhook = await startWebhook();
    const alertmanager = await startAlertmanager({
      config: `
route: { receiver: hook, group_by: [alertname], group_wait: 0s, group_interval: 1s }
receivers: [{ name: hook, webhook_configs: [{ url: "${webhook.url}", send_resolved: true }] }]
`,
    });
    onTestFinished(() => alertmanager.stop());
    const { log, lines } = recordLog();
    const config = { urls: [alertmanager.url], resend: 60_000, timeout: 60_000 };
    const sink = createAlertmanagerSink({ config, log });
    const startsAt = new Date(Date.now() - 600_000).toISOString();
    const alert = exampleAlert({ startsAt });
    const bad = exampleAlert({ id: "bad", column: "card", labels: { "not a label": "x" }, startsAt });

    await sink.deliver([bad, alert], { now: Date.now() });
    const listed = await (await fetch(`${alertmanager.url}/api/v2/alerts`)).json();
    expect(listed).toMatchObject([
      {
        labels: {
          alertname: "FeatureDrift",
          model: "fraud",
          column: "amount",
          segment: "region=eu",
          team: "risk",
        },
        annotations: { value: "0.3142", budget: "promised" },
        startsAt,
        status: { state: "active" },
      },
    ]);
    expect(lines).toMatchObject([{ level: "error", labels: { column: "card" } }]);
    await vi.waitFor(
      () => expect(webhook.notifications.map(({ status }) => status)).toEqual(["firing"]),
      PATIENCE,
    );

    await sink.deliver([resolved(alert, new Date(Date.now() - 1_000).toISOString())], { now: Date.now() });
    expect(await (await fetch(`${alertmanager.url}/api/v2/alerts`)).json()).toEqual([]);
    await vi.waitFor(
      () => expect(webhook.notifications.map(({ status }) => status)).toEqual(["firing", "resolved"]),
      PATIENCE,
    );
    expect(webhook.notifications[1]?.alerts[0]?.labels).toEqual(webhook.notifications[0]?.alerts[0]?.labels);
    await sink.close();
  });
});

describeService("metrics in a real Prometheus", prometheusMissing, () => {
  test("a scrape has every series, and a rule on the firing alert fires", async () => {
    const server = createMetricsServer(recordLog());
    onTestFinished(() => server.close());
    registerMetrics(
      server,
      createPrometheus({ view: exampleView, measures: MEASURES, segments: "firing", maxLines: 20_000 }),
    );
    const { port } = await listen(server, { host: "127.0.0.1", port: 0 });
    const prometheus = await startPrometheus({
      config: `
global: { scrape_interval: 200ms, evaluation_interval: 200ms }
rule_files: [rules.yml]
scrape_configs: [{ job_name: driftd, static_configs: [{ targets: ["127.0.0.1:${port}"] }] }]
`,
      files: {
        "rules.yml": `
groups:
  - name: drift
    rules: [{ alert: Drift, expr: "max without (instance, pod) (driftd_alert_firing) == 1" }]
`,
      },
    });
    onTestFinished(() => prometheus.stop());
    const query = async (expression: string): Promise<unknown> => {
      const response = await fetch(`${prometheus.url}/api/v1/query?query=${encodeURIComponent(expression)}`);
      return response.json();
    };
    await vi.waitFor(async () => {
      expect(await query('driftd_psi{segment="region=eu"}')).toMatchObject({
        data: {
          result: [
            {
              metric: { model: "fraud", version: "7", column: "amount" },
              value: [expect.any(Number), "0.31"],
            },
          ],
        },
      });
      expect(await query('ALERTS{alertstate="firing"}')).toMatchObject({
        data: { result: [{ metric: { alertname: "Drift", alert: "FeatureDrift", segment: "region=eu" } }] },
      });
    }, PATIENCE);
  });
});
