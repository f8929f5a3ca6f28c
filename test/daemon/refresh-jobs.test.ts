import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { createRefreshJobs, refreshJob } from "../../src/daemon/refresh-jobs.ts";
import { readReference } from "../../src/reference/reference-file.ts";
import type { FittedModel } from "../../src/rules/fitted-model.ts";
import { createSimulatedClock } from "../../src/runtime/clock.ts";
import { createSchedule } from "../../src/runtime/schedule.ts";
import { createMemoryStore } from "../../src/state/memory.ts";
import type { ShownReference } from "../../src/web/api/references.ts";
import { runCommand } from "../commands/command-io.ts";
import { batchOf, DAY, HOUR, modelOf, START, traffic } from "../engine/fixture.ts";
import { recordLog } from "../runtime/log-lines.ts";
import { openApp } from "./app-fixture.ts";

function modelThatRefreshes(schedule: string): FittedModel {
  const fitted = modelOf({ rules: "  - { alert: Broken, measure: invalid, above: 0.5 }" });
  return { ...fitted, model: { ...fitted.model, refresh: { schedule, last: DAY + 6 * HOUR } } };
}

async function ask<T>(url: string): Promise<T> {
  const response = await fetch(url);
  expect(response.status).toBe(200);
  return (await response.json()) as T;
}

test("a daemon makes a candidate when its job runs, and a person brings it out", async () => {
  const fitted = modelThatRefreshes("0 3 1 * *");
  const { log, lines } = recordLog();
  const app = await openApp({
    models: [fitted],
    openStore: () => Promise.resolve(createMemoryStore()),
    sources: [],
    clock: createSimulatedClock(START + 2 * DAY),
    log,
    commitEvery: { rows: 1_000, interval: Number.POSITIVE_INFINITY },
  });
  const directory = mkdtempSync(join(tmpdir(), "driftd-refresh-"));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const bring = (...flags: string[]) =>
    runCommand(
      ["reference", "export", "m", "--candidate", "--output", "m.arrow", "--url", app.url, ...flags],
      {
        cwd: directory,
      },
    );
  expect(await bring()).toMatchObject({
    status: 70,
    err: expect.stringContaining("There is no candidate for the reference of m"),
  });

  await app.ingestion.assigned([0]);
  const sent = traffic({ from: 0, to: 32 * HOUR, perMinute: 1 }, (_, i) => ({
    id: `e${i}`,
    amount: (i * 7) % 100,
    region: ["eu", "us", "uk"][i % 3],
    device: i % 2 === 0 ? "app" : "web",
  }));
  await app.ingestion.batch(batchOf({ stream: "s", partition: 0, firstOffset: 0 }, sent));
  await app.ingestion.flush(true);
  await app.run(refreshJob("m"));

  const { references } = await ask<{ references: ShownReference[] }>(`${app.url}/api/references`);
  expect(references).toMatchObject([
    { model: "m", id: fitted.reference.id, refresh: { state: "ready", alerts: [], windows: { "1h": 31 } } },
  ]);
  const metrics = await (await fetch(`${app.url}/metrics`)).text();
  expect(metrics).toMatch(/^driftd_reference_candidate_timestamp_seconds\{model="m"\} \d+$/m);
  expect(lines.map(({ msg }) => msg)).toContainEqual(
    expect.stringMatching(/^a candidate for the reference stands ready\. It is made of 1,9\d\d rows/),
  );

  const { status, out } = await bring();
  expect(status).toBe(0);
  expect(out).toContain("m.arrow: the candidate for the reference of m\nIt is made of 1,9");
  expect(out).toContain("No alert is known to have fired in that time.\nPut this into the rule file");
  const exported = readReference(readFileSync(join(directory, "m.arrow")), "m.arrow");
  expect(exported.id).toBe(references[0]?.refresh?.id);
  expect(out).toContain(`sha256: ${exported.id} } }`);
  expect(JSON.parse((await bring("--json")).out)).toMatchObject({
    sha256: exported.id,
    refresh: { state: "ready", columns: expect.any(Array) },
  });

  // As docs/REFERENCES.md says, of this model.
  const page = readFileSync(new URL("../../docs/REFERENCES.md", import.meta.url), "utf8");
  const [, commands = ""] = /```sh\n(driftd [^`]*--candidate[^`]*)```/.exec(page) ?? [];
  const [first = "", second = ""] = commands.replaceAll("fraud", "m").split("\n");
  mkdirSync(join(directory, "reference"));
  const argv = (line: string): string[] => line.split(" ").slice(1);
  expect(await runCommand([...argv(first), "--url", app.url], { cwd: directory })).toMatchObject({
    status: 0,
  });
  const shown = await runCommand(argv(second), { cwd: directory });
  expect(shown.out).toMatch(
    /^accepted: amount, region, device and prediction\.score, in all, as counted from 2026-01-05T00:00:00\.000Z to 2026-01-06T\S+: refresh: the last 30h$/m,
  );
  expect(shown.out).toContain(
    "\nhow windows of these columns differ is still what the rows before said: the worst of it, which promises nothing\n",
  );
});

describe("the jobs of models that are refreshed", () => {
  afterEach(() => void vi.useRealTimers());

  test("follow the rule files: new times, no times, other models", async () => {
    vi.useFakeTimers({ now: START });
    const { log } = recordLog();
    const schedule = createSchedule({ log });
    const refreshed: string[] = [];
    const follow = createRefreshJobs({
      schedule,
      judging: { refresh: async (model) => void refreshed.push(model) },
      departure: { attempt: async (work) => void (await work()) },
    });
    const jobs = (): string[] => schedule.counts().map(({ job }) => job);
    follow([modelThatRefreshes("30 * * * *")]);
    follow([modelThatRefreshes("30 * * * *")]);
    expect(jobs()).toEqual(["refresh the reference of m"]);
    await vi.advanceTimersByTimeAsync(HOUR);
    expect(refreshed).toEqual(["m"]);
    follow([modelThatRefreshes("0 5 * * *")]);
    await vi.advanceTimersByTimeAsync(3 * HOUR + HOUR / 2);
    expect(refreshed).toEqual(["m"]);
    await vi.advanceTimersByTimeAsync(HOUR);
    expect(refreshed).toEqual(["m", "m"]);
    follow([modelOf({ rules: "  - { alert: Broken, measure: invalid, above: 0.5 }" })]);
    expect(jobs()).toEqual([]);
    await vi.advanceTimersByTimeAsync(2 * DAY);
    expect(refreshed).toEqual(["m", "m"]);
    await schedule.stop();
  });
});
