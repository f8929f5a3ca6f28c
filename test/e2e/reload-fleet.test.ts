import { rmSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { createSimulatedClock } from "../../src/runtime/clock.ts";
import { openRedisStore } from "../../src/state/redis.ts";
import { recordLog } from "../runtime/log-lines.ts";
import { kafkaMissing, sharedKafka, uniqueName } from "../services/kafka.ts";
import { redisMissing, startRedis } from "../services/redis.ts";
import { describeService } from "../services/service.ts";
import { eventually, startDaemon, type Daemon } from "./daemon.ts";
import { scoredEvents, type ScoredEvent } from "./events.ts";
import { mountedFiles } from "./mounted-files.ts";
import { kafkaSection, referenceFor, writeProject } from "./project.ts";
import { countsOfEvents, countsOfPanes, fittedModel } from "./recount.ts";
import { createTopic, produce, recordsOf } from "./topic.ts";

const PARTITIONS = 4;
const MINUTE = 60_000;
const TAKEN_OVER = /^rule files and references were read again, and are what counts/;
const REFUSED = /^rule files and references were read again and cannot be taken over/;
const DRIFT = { alert: "FeatureDrift", measure: "psi", columns: ["amount"], keepFiringFor: "1h" };
const BROKEN = { alert: "SchemaBroken", measure: "invalid", above: 0.01 };

type Mount = ReturnType<typeof mountedFiles>;

interface Member {
  readonly daemon: Daemon;
  readonly mount: Mount;
}

/** Waits until a daemon says it about files that are put there now. */
async function reads({ daemon, mount }: Member, files: Parameters<Mount>[0], what = TAKEN_OVER) {
  const seen = daemon.log().length;
  mount(files);
  return daemon.said(what, seen);
}

async function holds({ daemon }: Member, tasks: number): Promise<void> {
  await daemon.shows(`driftd_tasks_assigned{group="scored"} ${tasks}`);
}

/** The alerts that fire, as the member that judges tells them. */
async function firing(members: readonly Member[]) {
  const told = await Promise.all(members.map(({ daemon }) => daemon.alerts()));
  return told.flat();
}

describeService("rule files that change in a fleet", kafkaMissing ?? redisMissing, () => {
  test("reach its members one after the other; every event is counted once, and no alert ends for it", async () => {
    const brokers = await sharedKafka();
    const redis = await startRedis();
    onTestFinished(() => redis.stop());
    const topic = await createTopic(brokers, { partitions: PARTITIONS });
    const prefix = uniqueName("reload");
    const kafka = kafkaSection(brokers, uniqueName("reload"));
    const project = async () => {
      const files = await writeProject({
        config: {
          kafka,
          state: { store: "redis", url: redis.url, prefix },
          streams: { scored: { role: "inference", topic, from: "earliest" } },
        },
      });
      const rules = join(files.directory, "rules");
      rmSync(rules, { recursive: true });
      return { ...files, twin: referenceFor("twin", files), mount: mountedFiles(rules) };
    };
    const projects = [await project(), await project()] as const;
    const [{ reference, twin, directory }] = projects;
    const ruleFile = (model: string, rules: readonly object[]): object => ({
      version: 1,
      model,
      references: { default: { file: model === "twin" ? twin : reference } },
      window: { size: "5m", pane: "1m", lateness: "5s" },
      segmentBy: ["region"],
      rules,
    });
    const before = { "scoring.yaml": ruleFile("scoring", [DRIFT, BROKEN]) };
    for (const { mount } of projects) mount(before);

    const sent: ScoredEvent[] = [];
    const begin = Math.floor(Date.now() / MINUTE) * MINUTE - 40 * MINUTE;
    let minute = 0;
    // Each time the events of the next two minutes, so that none is late.
    const send = async (model = "scoring"): Promise<void> => {
      const from = begin + minute * MINUTE;
      minute += 2;
      const events = scoredEvents({ count: 2_000, from, to: from + 2 * MINUTE, seed: minute, shift: 30 });
      if (model === "scoring") sent.push(...events);
      const named = events.map((event) => ({ ...event, model }));
      await produce(brokers, topic, recordsOf(named), PARTITIONS);
    };

    const start = async ({ directory: place, mount }: (typeof projects)[number]): Promise<Member> => ({
      mount,
      daemon: await startDaemon(place),
    });
    const [first, second] = await Promise.all([start(projects[0]), start(projects[1])]);
    const members = [first, second];
    await Promise.all(members.map((member) => holds(member, 2)));
    for (let i = 0; i < 4; i++) await send();
    const alert = await eventually("the alert", async () => (await firing(members)).at(0));
    expect(alert).toMatchObject({ alert: "FeatureDrift", column: "amount" });

    // Limits count nothing otherwise: whose tasks are whose stays as it is.
    const limits = { "scoring.yaml": ruleFile("scoring", [{ ...DRIFT, atLeast: 0.05 }, BROKEN]) };
    await reads(first, limits);
    await send();
    await Promise.all(members.map((member) => holds(member, 2)));
    await reads(second, limits);
    await send();

    // Of another model on the same stream: who watches it reads everything, until the other one does, too.
    const both = { ...limits, "twin.yaml": ruleFile("twin", [DRIFT]) };
    await reads(second, both);
    await send();
    await Promise.all([holds(first, 0), holds(second, 4)]);
    await send("twin");
    const broken = { ...both, "twin.yaml": ruleFile("twin", [{ ...DRIFT, measure: "spi" }]) };
    const refused = await reads(first, broken, REFUSED);
    expect(refused["reasons"]).toEqual([expect.stringContaining('"spi"')]);
    await first.daemon.shows("driftd_config_last_reload_successful 0");
    await reads(first, both);
    await Promise.all(members.map((member) => holds(member, 2)));
    await send();
    await send("twin");

    for (const { daemon } of members) {
      const { rows } = await daemon.accounted("scored", (told) => told.rows.measured >= sent.length + 4_000);
      expect(rows).toMatchObject({
        received: sent.length + 4_000,
        measured: sent.length + 4_000,
        dropped: {},
      });
      await daemon.shows("driftd_config_last_reload_successful 1");
    }
    const counts = [...(await countsOfEvents(directory, sent))].toSorted();
    const { log } = recordLog();
    const store = await openRedisStore({
      url: redis.url,
      prefix,
      clock: createSimulatedClock(Date.now()),
      log,
    });
    onTestFinished(() => store.close());
    const stored = await countsOfPanes(store, await fittedModel(directory));
    expect([...stored].toSorted()).toEqual(counts);
    const still = await eventually("the alert of whoever judges now", async () => {
      const alerts = await firing(members);
      return alerts.find(({ id }) => id === alert.id);
    });
    expect(still.startsAt).toBe(alert.startsAt);

    // A rule that is gone at last ends its alert once, whoever judges.
    const without = { ...both, "scoring.yaml": ruleFile("scoring", [BROKEN]) };
    for (const member of members) await reads(member, without);
    await eventually("the end of the alert", async () => {
      const alerts = await firing(members);
      return alerts.every(({ id }) => id !== alert.id) ? true : undefined;
    });
    expect((await Promise.all(members.map(({ daemon }) => daemon.end()))).map(({ code }) => code)).toEqual([
      0, 0,
    ]);
    const ends = members.flatMap(({ daemon }) =>
      daemon.log().filter(({ state, id }) => state === "resolved" && id === alert.id),
    );
    expect(ends).toMatchObject([{ alert: "FeatureDrift", reason: "rule gone" }]);
  });
});
