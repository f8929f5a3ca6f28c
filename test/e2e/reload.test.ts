import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { runCommand } from "../commands/command-io.ts";
import { eventually, startDaemon, type Daemon } from "./daemon.ts";
import { scoredEvents } from "./events.ts";
import { mountedFiles } from "./mounted-files.ts";
import { referenceFor, sharedReference, writeProject } from "./project.ts";

beforeAll(sharedReference);

const TAKEN_OVER = /^rule files and references were read again, and are what counts/;
const REFUSED = /^rule files and references were read again and cannot be taken over/;
const DRIFT = { alert: "FeatureDrift", measure: "psi", columns: ["amount"] };
const BROKEN = { alert: "SchemaBroken", measure: "invalid", above: 0.01 };

async function send(daemon: Daemon, model: string, options: Parameters<typeof scoredEvents>[0]) {
  const url = String((await daemon.said("listening"))["url"]);
  const body = scoredEvents(options)
    .map((event) => `${JSON.stringify({ ...event, model })}\n`)
    .join("");
  const response = await fetch(`${url}/v1/events`, { method: "POST", body });
  return { status: response.status, body: await response.json() };
}

test("a mounted set of rule files is taken over whole: counts and alerts go on, what is removed ends", async () => {
  const project = await writeProject({
    config: { streams: { scored: { role: "inference", http: true } } },
  });
  const rules = join(project.directory, "rules");
  rmSync(rules, { recursive: true });
  const twin = referenceFor("twin", project);
  const mount = mountedFiles(rules);
  const ruleFile = (model: string, sections: object): object => ({
    version: 1,
    model,
    references: { default: { file: model === "twin" ? twin : project.reference } },
    window: { size: "5m", pane: "1m", lateness: "5s" },
    segmentBy: ["region"],
    ...sections,
  });
  mount({ "scoring.yaml": ruleFile("scoring", { rules: [DRIFT, BROKEN] }) });
  const daemon = await startDaemon(project.directory);
  const now = Date.now();
  const sent = { count: 4_000, from: now - 20 * 60_000, to: now - 8 * 60_000, shift: 30 };
  expect(await send(daemon, "scoring", sent)).toMatchObject({ status: 200 });
  const before = await eventually("the alert", async () => (await daemon.alerts()).at(0));
  expect(before).toMatchObject({ alert: "FeatureDrift", version: "v1" });

  const url = String((await daemon.said("listening"))["url"]);
  const judged = await runCommand(["alerts", "acknowledge", before.id, "--by", "ann", "--url", url]);
  expect(judged).toMatchObject({ status: 0, out: expect.stringContaining("acknowledged by ann") });

  // Another limit and length, and a second model on the same stream.
  mount({
    "scoring.yaml": ruleFile("scoring", { rules: [{ ...DRIFT, atLeast: 0.05, for: "2m" }, BROKEN] }),
    "twin.yaml": ruleFile("twin", { rules: [DRIFT] }),
  });
  expect(await daemon.said(TAKEN_OVER)).toMatchObject({ models: ["scoring", "twin"] });
  expect(await daemon.alerts()).toMatchObject([
    { id: before.id, startsAt: before.startsAt, judgements: { acknowledged: { by: "ann" } } },
  ]);
  expect(await daemon.metric("driftd_alerts_judged_total")).toContain(
    'driftd_alerts_judged_total{model="scoring",alert="FeatureDrift",judgement="acknowledged"} 1',
  );
  expect(await daemon.metric("driftd_config_last_reload_successful")).toEqual([
    "driftd_config_last_reload_successful 1",
  ]);
  const more = { count: 500, from: now - 8 * 60_000, to: now - 6 * 60_000, shift: 30, seed: 2 };
  expect(await send(daemon, "scoring", more)).toMatchObject({ status: 200 });
  const later = { ...more, from: now - 6 * 60_000, to: now - 4 * 60_000, seed: 3 };
  expect(await send(daemon, "twin", later)).toMatchObject({ status: 200 });
  expect((await daemon.accounting("scored")).rows).toMatchObject({ received: 5_000, measured: 5_000 });
  expect((await daemon.alerts()).map(({ startsAt }) => startsAt)).toEqual([before.startsAt]);

  const seen = daemon.log().length;
  mount({ "scoring.yaml": ruleFile("scoring", { rules: [BROKEN] }), "twin.yaml": ruleFile("twin", {}) });
  await daemon.said(TAKEN_OVER, seen);
  await eventually("the end of the alert", async () =>
    (await daemon.alerts()).length === 0 ? true : undefined,
  );
  const [ended] = daemon.log().filter((line) => line["state"] === "resolved");
  expect(ended).toMatchObject({ alert: "FeatureDrift", reason: "rule gone" });
  expect((await daemon.end()).code).toBe(0);
});

test("a set that is not in order changes nothing; SIGHUP reads it at once; driftd.yaml needs a restart", async () => {
  const project = await writeProject({
    config: { streams: { scored: { role: "inference", http: true } } },
  });
  const file = join(project.directory, "rules/scoring.yaml");
  const good = readFileSync(file, "utf8");
  const daemon = await startDaemon(project.directory);
  await daemon.ready();
  const [threshold] = await daemon.metric("driftd_alert_threshold");
  writeFileSync(file, good.replace('"psi"', '"spi"'));
  const refused = await daemon.said(REFUSED);
  expect(refused["reasons"]).toEqual([expect.stringMatching(/^rules\/scoring\.yaml:1:\d+ {2}error .*"spi"/)]);
  expect(await daemon.metric("driftd_config_last_reload_successful")).toEqual([
    "driftd_config_last_reload_successful 0",
  ]);
  expect(await daemon.metric("driftd_alert_threshold")).toContain(threshold);
  expect(await daemon.status("/readyz")).toBe(200);

  writeFileSync(file, good.replace('"keepFiringFor":"1m"', '"keepFiringFor":"2m"'));
  daemon.signal("SIGHUP");
  await daemon.said(TAKEN_OVER);
  expect(await daemon.metric("driftd_config_last_reload_successful")).toEqual([
    "driftd_config_last_reload_successful 1",
  ]);

  const seen = daemon.log().length;
  project.configure({
    streams: { scored: { role: "inference", http: true, maxAhead: "1m" } },
    http: { host: "127.0.0.1", port: 0, maxBodyBytes: "1MiB" },
  });
  expect((await daemon.said(REFUSED, seen))["reasons"]).toEqual([
    "driftd.yaml: other than at the start of driftd are streams, http; restart driftd to take that over, and the rest with it",
  ]);
  expect((await daemon.end()).code).toBe(0);
});
