import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, onTestFinished, test } from "vitest";
import { kafkaOwnMissing, startKafka, uniqueName } from "../services/kafka.ts";
import { describeService } from "../services/service.ts";
import { startDaemon, type Daemon } from "./daemon.ts";
import { scoredEvents } from "./events.ts";
import { kafkaSection, writeProject } from "./project.ts";
import { consume, createTopic } from "./topic.ts";

/** Events of one request; every tenth is one that cannot be counted. */
const EVENTS = 500;
const BROKEN = EVENTS / 10;
const REQUESTS = 40;

/** Answers the status, and how many items were rejected; 0 where the connection was cut. */
async function post(daemon: Daemon, seed: number): Promise<[status: number, rejected: number]> {
  const { url } = await daemon.said("listening");
  const from = Date.now() - 2_000;
  const events = scoredEvents({ count: EVENTS, from, to: from + 1_000, seed }).map((event, i) => {
    const sound = { ...event, model: "scoring" };
    return i % 10 === 7 ? { ...sound, time: `no time ${seed}/${i}` } : sound;
  });
  const answer = await fetch(`${String(url)}/v1/events`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(events),
  }).catch(() => undefined);
  if (answer === undefined) return [0, 0];
  const { rejected = [] } = (await answer.json()) as { rejected?: readonly unknown[] };
  return [answer.status, rejected.length];
}

/** Resident memory of the process, MB. */
function residentOf({ pid }: Daemon): number {
  const [, kilobytes] = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
  return Number(kilobytes) / 1024;
}

const complaints = (daemon: Daemon): string[] =>
  daemon.log().flatMap(({ level, msg }) => (level !== "info" && msg.includes("quarantine") ? [msg] : []));

describeService("a quarantine topic whose broker is gone", kafkaOwnMissing, () => {
  test("holds events back, says so once, and misses nothing that was answered", async () => {
    const cluster = await startKafka();
    onTestFinished(() => cluster.stop());
    const { brokers } = cluster;
    const quarantine = await createTopic(brokers, { name: uniqueName("quarantine") });
    const { directory } = await writeProject({
      config: {
        kafka: kafkaSection(brokers, uniqueName("driftd")),
        streams: { scored: { role: "inference", http: true } },
        quarantine: { topic: quarantine, raw: true, perMinute: 1_000_000 },
      },
    });
    const daemon = await startDaemon(directory);
    expect(await post(daemon, 0)).toEqual([400, BROKEN]);
    await daemon.accounted("scored", ({ rows: { received } }) => received >= EVENTS);
    await cluster.crash();

    const before = residentOf(daemon);
    const posted = Array.from({ length: REQUESTS }, (_, i) => post(daemon, 1 + i));
    const { reason } = await daemon.said("the quarantine cannot be written: ingestion waits for it");
    expect(String(reason)).toMatch(/ECONNREFUSED|connection|closed/i);
    await daemon.shows("driftd_quarantine_away 1");
    expect(JSON.parse(await daemon.text("/healthz"))).toMatchObject({
      status: "ok",
      waitingFor: [expect.stringMatching(/^the quarantine topic .* cannot be written: /)],
    });
    expect((await daemon.accounting("scored")).rows.received).toBe(EVENTS);
    // Nothing of it is taken in: to be sent again.
    await sleep(7_000);
    expect(await post(daemon, 99)).toEqual([503, 0]);
    expect(residentOf(daemon) - before).toBeLessThan(100);
    expect(complaints(daemon)).toHaveLength(1);

    await cluster.resume();
    const answers = await Promise.all(posted);
    await daemon.said("the quarantine is back");
    const answered = new Set(answers.flatMap(([status], i) => (status === 400 ? [1 + i] : [])));
    for (let seed = 1; seed <= REQUESTS; seed++) {
      if (answers[seed - 1]?.[0] !== 503) continue;
      expect(await post(daemon, seed)).toEqual([400, BROKEN]);
      answered.add(seed);
    }
    expect(answered.size).toBeGreaterThan(REQUESTS / 4);
    // Those that were cut off had become durable, and nobody was told.
    const cutOff = answers.filter(([status]) => status === 0).length;
    const taken = (1 + answered.size + cutOff) * EVENTS;
    const { rows } = await daemon.accounted("scored", ({ rows: { received } }) => received >= taken);
    expect(rows).toMatchObject({ balanced: true });
    const places = new Set<string>();
    const times = new Set<string>();
    await consume(brokers, quarantine, (messages) => {
      for (const { headers, value } of messages) {
        places.add(String(headers?.["driftd.place"]));
        times.add(String(JSON.parse(String(value)).time));
      }
      return places.size >= Number(rows.dropped["invalid"]);
    });
    expect(places.size).toBe(rows.dropped["invalid"]);
    for (const seed of answered)
      for (let i = 7; i < EVENTS; i += 10) expect(times).toContain(`no time ${seed}/${i}`);

    // And once more when it is told to stop.
    await cluster.crash();
    const heard = daemon.log().length;
    const last = post(daemon, 99);
    await daemon.said("the quarantine cannot be written: ingestion waits for it", heard);
    const exit = await daemon.end();
    expect(await last).toEqual([400, BROKEN]);
    // Told once in the log, and once as what the program ended of.
    expect(daemon.log().filter(({ level }) => level === "error")).toHaveLength(1);
    expect(
      daemon.stderr().match(/^driftd: QUARANTINE_FAILED: .* could not be written before the end/gm),
    ).toHaveLength(1);
    expect(exit.code).toBe(70);

    // What was answered stands in the journal.
    await cluster.resume();
    const next = await startDaemon(directory);
    expect(await next.said(/^records that were acknowledged and not counted yet/)).toMatchObject({
      records: EVENTS,
    });
    const after = await next.accounted("scored", ({ rows: { received } }) => received >= taken + EVENTS);
    expect(after.rows).toMatchObject({ received: taken + EVENTS, balanced: true });
  });
});
