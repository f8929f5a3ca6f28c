import { setTimeout as sleep } from "node:timers/promises";
import { expect, onTestFinished, test } from "vitest";
import { kafkaMissing, sharedKafka, uniqueName } from "../services/kafka.ts";
import { redisMissing, startRedis, type RedisService } from "../services/redis.ts";
import { describeService } from "../services/service.ts";
import { systemClock } from "../../src/runtime/clock.ts";
import { createLog } from "../../src/runtime/log.ts";
import { openRedisStore } from "../../src/state/redis.ts";
import { eventually, startDaemon, type Daemon } from "./daemon.ts";
import { scoredEvents } from "./events.ts";
import { kafkaSection, writeProject } from "./project.ts";
import { countsInTopic, countsOfPanes, fittedModel, type Counts } from "./recount.ts";
import { createTopic, produce, recordsOf } from "./topic.ts";

const PARTITIONS = 4;
const PREFIX = "fleet";
const FROM = Date.parse("2026-02-01T00:00:00Z");

interface Fleet {
  readonly redis: RedisService;
  readonly directory: string;
  readonly brokers: readonly string[];
  readonly topic: string;
  start(): Promise<Daemon>;
  /** Writes `count` more events, one every 50 ms of event time. */
  write(count: number): Promise<void>;
  written(): number;
}

/** A topic, a Redis, and a project whose members share both. */
async function fleetOf(settings: readonly string[] = []): Promise<Fleet> {
  const redis = await startRedis(settings);
  onTestFinished(() => redis.stop());
  const brokers = await sharedKafka();
  const topic = await createTopic(brokers, { partitions: PARTITIONS });
  const { directory } = await writeProject({
    config: {
      kafka: kafkaSection(brokers, uniqueName("fleet")),
      streams: { scored: { role: "inference", topic, from: "earliest", idleAfter: "1h" } },
      state: { store: "redis", url: redis.url, prefix: PREFIX },
    },
  });
  let written = 0;
  return {
    redis,
    directory,
    brokers,
    topic,
    start: () => startDaemon(directory),
    async write(count) {
      const from = FROM + written * 50;
      const events = scoredEvents({ count, from, to: from + count * 50, seed: written + 1 });
      await produce(brokers, topic, recordsOf(events), PARTITIONS);
      written += count;
    },
    written: () => written,
  };
}

/** By member, the value of a metric without labels. */
async function valuesOf(members: readonly Daemon[], metric: string): Promise<number[]> {
  const lines = await Promise.all(members.map((member) => member.metric(metric)));
  return lines.map(([line = " NaN"]) => Number(line.split(" ").at(-1)));
}

/** How many tasks members have, in order of size. */
async function tasksOf(members: readonly Daemon[]): Promise<number[]> {
  const lines = await Promise.all(members.map((member) => member.metric("driftd_tasks_assigned")));
  return lines
    .flat()
    .map((line) => Number(line.split(" ").at(-1)))
    .toSorted((left, right) => left - right);
}

/** How often a member has tried to lead, or to go on leading. */
async function leadRuns(member: Daemon): Promise<number> {
  const lines = await member.metric("driftd_job_runs_total");
  return Number(
    lines
      .find((line) => line.includes('job="lead"'))
      ?.split(" ")
      .at(-1),
  );
}

async function leaderOf(members: readonly Daemon[]): Promise<number> {
  return eventually("a member that judges", async () => {
    const leads = await valuesOf(members, "driftd_leads");
    return leads.filter((lead) => lead === 1).length === 1 ? leads.indexOf(1) : undefined;
  });
}

async function countsIn({ redis, directory }: Fleet): Promise<Counts> {
  const log = createLog({ level: "silent" });
  const store = await openRedisStore({ url: redis.url, prefix: PREFIX, clock: systemClock, log });
  try {
    return await countsOfPanes(store, await fittedModel(directory));
  } finally {
    await store.close();
  }
}

/** Any member knows what all have counted. */
async function measured(member: Daemon, rows: number): Promise<void> {
  const { rows: ledger } = await member.accounted("scored", (told) => told.rows.measured >= rows);
  expect(ledger).toMatchObject({ received: rows, measured: rows, balanced: true });
}

describeService("a fleet on Redis", kafkaMissing ?? redisMissing, () => {
  test("shares the tasks; one member judges, and another one within 15 s of its death", async () => {
    const fleet = await fleetOf();
    const members = [await fleet.start(), await fleet.start(), await fleet.start()];
    for (const member of members) await member.said("reading");
    await fleet.write(8_000);
    for (const member of members) await measured(member, 8_000);
    const leader = await leaderOf(members);
    await expect.poll(() => tasksOf(members)).toEqual([1, 1, 2]);
    // What each has counted itself is all together what there was.
    const counted = await Promise.all(members.map((member) => member.metric("driftd_rows_measured_total")));
    const own = counted.flat().map((line) => Number(line.split(" ").at(-1)));
    expect(own.reduce((sum, value) => sum + value, 0)).toBe(8_000);
    const rest = members.filter((_, i) => i !== leader);
    for (const member of rest) {
      expect(await member.metric("driftd_psi")).toEqual([]);
      expect(await member.alerts()).toEqual([]);
    }
    // Counted is not yet judged: the next look may be a moment away.
    await expect.poll(async () => (await members[leader]?.metric("driftd_psi")) ?? []).not.toEqual([]);
    const said = rest.map((member) => member.log().length);
    const tried = await Promise.all(rest.map(leadRuns));
    const killed = Date.now();
    await members[leader]?.end("SIGKILL");
    const next = await leaderOf(rest);
    const { time } = await rest[next].said("this member judges what all members count", said[next]);
    const took = Date.parse(String(time)) - killed;
    // It is tried every 3 s: where the machine gives a member no processor for a while, its tries count, and not the clock.
    const tries = (await leadRuns(rest[next])) - tried[next];
    expect(Math.min(took, 3_000 * tries)).toBeLessThanOrEqual(15_000);
    await fleet.write(4_000);
    for (const member of rest) await measured(member, 12_000);
    expect(await countsIn(fleet)).toEqual(await countsInTopic(fleet.directory, fleet));
    for (const member of rest) expect((await member.end()).code).toBe(0);
  });

  test("waits for a Redis that is away, says so, also when it starts, and goes on where it was", async () => {
    const fleet = await fleetOf();
    const members = [await fleet.start(), await fleet.start()];
    const [first, second] = members;
    await fleet.write(4_000);
    await measured(first, 4_000);
    await fleet.redis.halt("SIGKILL");
    await fleet.write(4_000);
    const told = await first.said(/Redis at .* is away/);
    expect(told.level).toBe("warn");
    await first.shows("driftd_state_away 1");
    expect(JSON.parse(await first.text("/healthz"))).toMatchObject({
      status: "ok",
      waitingFor: [expect.stringMatching(/is away/)],
    });
    // One that is told to stop meanwhile ends: what it had not committed is read again.
    const { code } = await second.end();
    expect(code).toBe(0);
    await second.said(/Stopping without it: nothing that was committed is lost/);
    expect(second.log().filter(({ level }) => level === "error")).toEqual([]);
    // One that starts meanwhile waits, and so does one that is then told to stop.
    const [third, fourth] = await Promise.all([fleet.start(), fleet.start()]);
    const { url } = await third.said(/waiting for the state store/);
    const health = await fetch(`${String(url)}/healthz`);
    expect(health.status).toBe(200);
    expect(await health.json()).toMatchObject({
      status: "ok",
      waitingFor: [expect.stringMatching(/is away/)],
    });
    expect((await fetch(`${String(url)}/readyz`)).status).toBe(503);
    third.signal("SIGHUP");
    await fourth.said(/waiting for the state store/);
    expect((await fourth.end()).code).toBe(0);
    await fleet.redis.resume();
    await first.said(/Redis at .* is back/);
    for (const member of [first, third]) await measured(member, 8_000);
    // What it was asked for before it could do it is done.
    await third.said(/rule files and references were read again/);
    expect(await countsIn(fleet)).toEqual(await countsInTopic(fleet.directory, fleet));
    for (const member of [first, third]) expect((await member.end()).code).toBe(0);
  });

  test("waits for a Redis that is full when it starts, says so, and can be told to stop", async () => {
    const fleet = await fleetOf(["--maxmemory", "1"]);
    const [one, other] = await Promise.all([fleet.start(), fleet.start()]);
    const { url } = await one.said(/waiting for the state store/);
    expect(await (await fetch(`${String(url)}/healthz`)).json()).toMatchObject({
      status: "ok",
      waitingFor: [expect.stringMatching(/^Redis at .* takes no writes.*: OOM/)],
    });
    expect((await fetch(`${String(url)}/readyz`)).status).toBe(503);
    await other.said(/waiting for the state store/);
    expect((await other.end()).code).toBe(0);
    const client = fleet.redis.client();
    onTestFinished(() => client.disconnect());
    await client.config("SET", "maxmemory", 0);
    await one.said(/Redis at .* is back/);
    await fleet.write(1_000);
    await measured(one, 1_000);
    expect((await one.end()).code).toBe(0);
  });

  test("counts anew from the topic where Redis was wiped", async () => {
    const fleet = await fleetOf();
    const members = [await fleet.start(), await fleet.start()];
    await fleet.write(6_000);
    for (const member of members) await measured(member, 6_000);
    const client = fleet.redis.client();
    await client.flushall();
    client.disconnect();
    for (const member of members) await member.said(/the store went back in time/);
    await sleep(1_000);
    await fleet.write(1_000);
    for (const member of members) await measured(member, 7_000);
    expect(await countsIn(fleet)).toEqual(await countsInTopic(fleet.directory, fleet));
    for (const member of members) expect((await member.end()).code).toBe(0);
  });

  test("has members without tasks where there are more than partitions", async () => {
    const fleet = await fleetOf();
    const members = await Promise.all(Array.from({ length: PARTITIONS + 2 }, () => fleet.start()));
    await fleet.write(2_000);
    // While they join one after the other, tasks go from hand to hand.
    await expect.poll(() => tasksOf(members)).toEqual([0, 0, 1, 1, 1, 1]);
    for (const member of members) await measured(member, 2_000);
    for (const member of members) expect((await member.end()).code).toBe(0);
  });
});
