import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, it, onTestFinished } from "vitest";
import type { ReportConfig } from "../../src/config/config.ts";
import { reportJob } from "../../src/daemon/reports.ts";
import type { Report } from "../../src/publish/report.ts";
import type { FittedModel } from "../../src/rules/fitted-model.ts";
import { createSimulatedClock } from "../../src/runtime/clock.ts";
import { createMemoryStore } from "../../src/state/memory.ts";
import type { Store } from "../../src/state/store.ts";
import { batchOf, DAY, HOUR, modelOf, START, traffic } from "../engine/fixture.ts";
import { startReceiver } from "../publish/receiver.ts";
import { faultsOfReport } from "../publish/report-schema.ts";
import { recordLog } from "../runtime/log-lines.ts";
import { createSharedStore } from "../state/shared-store.ts";
import { CONFIG, openApp } from "./app-fixture.ts";

let fitted: FittedModel;
beforeAll(() => {
  fitted = modelOf({ rules: "  - { alert: Drift, measure: psi, columns: [amount], keepFiringFor: 1h }" });
});

/** So rare that no test meets it. */
const WEEKLY: ReportConfig = {
  name: "weekly",
  schedule: "0 0 29 2 *",
  isOnceADay: true,
  last: 7 * DAY,
};

const RECORDS = traffic({ from: 0, to: 3 * HOUR, perMinute: 4 }, (time, i) => ({
  id: `r${i}`,
  amount: time < START + HOUR ? (i * 7) % 100 : 95,
}));

/** A daemon that has seen three hours, of which two drift. */
async function started(
  report: Partial<ReportConfig>,
  { url = "http://127.0.0.1:1/hook", store = createMemoryStore() }: { url?: string; store?: Store } = {},
) {
  const { log, lines } = recordLog("info");
  const webhook = { desk: { url, headers: {}, timeout: 60_000, alerts: "actions" } } as const;
  const clock = createSimulatedClock(START + DAY);
  const app = await openApp({
    models: [fitted],
    openStore: async () => store,
    sources: [],
    clock,
    log,
    config: { ...CONFIG, publish: { ...CONFIG.publish, webhook }, reports: [{ ...WEEKLY, ...report }] },
  });
  const said = (): string[] => lines.map(({ msg }) => String(msg));
  const metrics = async (): Promise<string> => (await fetch(`${app.url}/metrics`)).text();
  const write = (): Promise<void> => app.run(reportJob("weekly"));
  return { app, clock, said, metrics, write };
}

type Started = Awaited<ReturnType<typeof started>>;

async function feed({ app }: Started): Promise<void> {
  await app.ingestion.assigned([0]);
  await app.ingestion.batch(batchOf({ stream: "s", partition: 0, firstOffset: 0 }, RECORDS));
  await app.ingestion.flush(true);
  await app.tick();
}

function directoryOfTest(): string {
  const directory = mkdtempSync(join(tmpdir(), "driftd-reports-"));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

describe("a daemon that writes reports", () => {
  it("writes a text and its JSON when their time has come, and counts the job", async () => {
    const directory = directoryOfTest();
    const daemon = await started({ directory });
    await feed(daemon);
    await daemon.write();
    expect(readdirSync(directory).toSorted()).toEqual(["weekly-2026-01-06.json", "weekly-2026-01-06.md"]);
    // Written by the daemon.
    const report = JSON.parse(readFileSync(join(directory, "weekly-2026-01-06.json"), "utf8")) as Report;
    expect(faultsOfReport(report)).toEqual([]);
    const [model] = report.models;
    expect(model?.alerts).toMatchObject([{ alert: "Drift", state: "firing", column: "amount" }]);
    expect(model?.rows.measured).toBeGreaterThan(RECORDS.length - 20);
    const text = readFileSync(join(directory, "weekly-2026-01-06.md"), "utf8");
    expect(text).toContain("# weekly: 1 of 1 model fires\n");
    expect(text).toContain("- **Drift** amount, v1 fires since 2026-01-05 01:");
    expect(daemon.said()).toContain("report written");
    expect(await daemon.metrics()).toContain('driftd_job_runs_total{job="report weekly"} 1\n');
  });

  it("fails the job, and goes on, where nothing can be written", async () => {
    const daemon = await started({ directory: join(directoryOfTest(), "gone") });
    await feed(daemon);
    await daemon.write();
    expect(daemon.said()).toContain("job failed");
    expect(await daemon.metrics()).toContain('driftd_job_failures_total{job="report weekly"} 1\n');
  });

  it("posts it to a webhook, and again to one that was away", async () => {
    const receiver = await startReceiver();
    receiver.reply = { status: 503 };
    const daemon = await started({ webhook: "desk" }, { url: receiver.url });
    await feed(daemon);
    await daemon.write();
    expect(await daemon.metrics()).toContain('driftd_sink_pending_alerts{sink="report weekly"} 1\n');
    receiver.reply = { status: 200 };
    daemon.clock.advanceTo(START + DAY + HOUR);
    await daemon.app.tick();
    await expect.poll(() => receiver.received.length).toBe(2);
    const [first, second] = receiver.received;
    expect(second?.headers["idempotency-key"]).toBe("report-weekly-2026-01-06T00:00Z");
    expect(second?.body).toBe(first?.body);
    expect(JSON.parse(second?.body ?? "")).toMatchObject({ report: "weekly", models: [{ model: "m" }] });
    const isDelivered = async (): Promise<boolean> =>
      (await daemon.metrics()).includes(
        'driftd_sink_deliveries_total{sink="report weekly",result="delivered"} 1\n',
      );
    await expect.poll(isDelivered).toBe(true);
  });

  it("leaves reports to the member of a fleet that leads", async () => {
    const directory = directoryOfTest();
    const fleet = createSharedStore(createMemoryStore());
    const daemon = await started({ directory }, { store: fleet.member() });
    await feed(daemon);
    await daemon.write();
    expect(readdirSync(directory)).toEqual([]);
    await daemon.app.run("lead");
    await daemon.app.tick();
    await daemon.write();
    expect(readdirSync(directory)).toHaveLength(2);
  });
});
