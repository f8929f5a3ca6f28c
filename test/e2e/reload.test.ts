import { readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
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

/** As web/api/accounting.ts tells them. */
async function unknownModels(daemon: Daemon): Promise<unknown> {
  const told: object = JSON.parse(await daemon.text("/api/accounting"));
  return "unknownModels" in told ? told.unknownModels : undefined;
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

  // Of a model that nobody describes it is told how to begin with it.
  const early = { count: 10, from: now - 8 * 60_000, to: now - 7 * 60_000, seed: 9 };
  expect(await send(daemon, "twin", early)).toMatchObject({ status: 400, body: { accepted: 0 } });
  const init = "driftd init SAVED-EVENTS.jsonl --model twin";
  expect(await daemon.said(/^events of a model that no rule file describes are dropped/)).toMatchObject({
    model: "twin",
    init,
  });
  expect(await unknownModels(daemon)).toEqual({ scored: [{ model: "twin", init }] });
  await daemon.shows('driftd_rows_dropped_total{stream="scored",reason="unknown-model"} 10');

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
  const { rows } = await daemon.accounted("scored", (found) => found.rows.received >= 5_010);
  expect(rows).toMatchObject({
    received: 5_010,
    measured: 5_000,
    dropped: { "unknown-model": 10 },
  });
  expect(await unknownModels(daemon)).toEqual({});
  expect((await daemon.alerts()).map(({ startsAt }) => startsAt)).toEqual([before.startsAt]);

  const seen = daemon.log().length;
  mount({ "scoring.yaml": ruleFile("scoring", { rules: [BROKEN] }), "twin.yaml": ruleFile("twin", {}) });
  await daemon.said(TAKEN_OVER, seen);
  await eventually("the end of the alert", async () =>
    (await daemon.alerts()).length === 0 ? true : undefined,
  );
  expect(await daemon.logged("resolved")).toMatchObject({ alert: "FeatureDrift", reason: "rule gone" });
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
    "driftd.yaml: streams and http have changed since driftd was started; restart driftd to take that over, or change it back: until then no other change counts either",
  ]);
  expect((await daemon.end()).code).toBe(0);
});

test("twenty changes in a row, of limits and of the reference, lose nothing that is sent meanwhile", async () => {
  const project = await writeProject({
    config: { streams: { scored: { role: "inference", http: true } } },
  });
  const file = join(project.directory, "rules/scoring.yaml");
  const ruleFile: object = JSON.parse(readFileSync(file, "utf8"));
  // Other rows of the same bins: windows stay.
  const other = referenceFor("scoring", project, { to: Date.parse("2026-01-02T00:00:00Z") });
  const daemon = await startDaemon(project.directory);
  await daemon.said("listening");
  const begin = Date.now() - 30 * 60_000;
  const sending = { isOver: false, sent: 0 };
  const sent = (async () => {
    for (let i = 0; !sending.isOver; i++) {
      // Small steps: however many there are meanwhile, none comes to be ahead of now.
      const from = begin + i * 100;
      const { status } = await send(daemon, "scoring", { count: 200, from, to: from + 100, seed: i });
      expect(status).toBe(200);
      sending.sent += 200;
    }
  })();
  const memory: number[] = [];
  for (let change = 1; change <= 20; change++) {
    const references = { default: { file: change % 2 === 0 ? project.reference : other } };
    const rules = [{ ...DRIFT, atLeast: 0.02 + change / 1_000 }, BROKEN];
    const seen = daemon.log().length;
    writeFileSync(`${file}.new`, JSON.stringify({ ...ruleFile, references, rules }));
    renameSync(`${file}.new`, file);
    daemon.signal("SIGHUP");
    await daemon.said(TAKEN_OVER, seen);
    memory.push(anonymousMemory(daemon));
  }
  sending.isOver = true;
  await sent;
  const { rows } = await daemon.accounted("scored", (found) => found.rows.received >= sending.sent);
  expect(rows).toMatchObject({ received: sending.sent, measured: sending.sent, dropped: {} });
  await daemon.shows("driftd_config_last_reload_successful 1");
  // What one set leaves behind would be there ten times over.
  expect(Math.max(...memory.slice(10))).toBeLessThan(Math.max(...memory.slice(0, 10)) + 60);
  expect((await daemon.end()).code).toBe(0);
});

/** MB that are the process's own. */
function anonymousMemory({ pid }: Daemon): number {
  const kilobytes = /^RssAnon:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
  return Math.round(Number(kilobytes) / 1024);
}
