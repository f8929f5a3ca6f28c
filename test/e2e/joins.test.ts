import { readFileSync } from "node:fs";
import { expect, test, vi } from "vitest";
import { kafkaMissing, sharedKafka, uniqueName } from "../services/kafka.ts";
import { describeService } from "../services/service.ts";
import { startDaemon, type Daemon } from "./daemon.ts";
import { LATENESS, recountHalves, tellLoad, WITHIN } from "./half-load.ts";
import { kafkaSection, writeProject } from "./project.ts";
import { countsInStore, countsOfEvents } from "./recount.ts";
import { createTopic, produce } from "./topic.ts";

/** A million, and no kills, in `npm run bench -- join`. */
const ASKED = process.env["DRIFTD_JOIN_REQUESTS"];
const REQUESTS = Number(ASKED ?? 50_000);
const KILLS = ASKED === undefined ? 3 : 0;
const PARTITIONS = 4;
const BEGIN = Date.parse("2026-03-01T00:00:00Z");

// Others may have the machine.
vi.setConfig({ testTimeout: 600_000 + REQUESTS });

/** Memory of its own, in MB: pages of the mapped state file are the system's to take back. */
function ownMemory({ pid }: Daemon): number {
  const kilobytes = /^RssAnon:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
  return Math.round(Number(kilobytes) / 1024);
}

function streamsOf(topics: { asked: string; answered: string }): Record<string, unknown> {
  const common = { format: "json", from: "earliest", idleAfter: "3s" };
  const map = { id: "/id", time: "/time", model: { value: "scoring" } };
  return {
    asked: {
      ...common,
      role: "inputs",
      topic: topics.asked,
      map: { ...map, features: "/features", segment: "/segment" },
      join: { within: `${WITHIN}ms` },
    },
    answered: {
      ...common,
      role: "outputs",
      of: "asked",
      topic: topics.answered,
      map: { ...map, version: "/version", score: "/prediction/score" },
    },
  };
}

describeService("requests and responses in two topics", kafkaMissing, () => {
  test("meet to the last one, through losses, repeats, reordering and kills, and cost no memory", async () => {
    const brokers = await sharedKafka();
    const [asked, answered] = [
      await createTopic(brokers, { partitions: PARTITIONS, name: uniqueName("asked") }),
      await createTopic(brokers, { partitions: PARTITIONS, name: uniqueName("answered") }),
    ];
    const { directory, state } = await writeProject({
      config: {
        kafka: kafkaSection(brokers, uniqueName("driftd"), "1500ms"),
        streams: streamsOf({ asked, answered }),
      },
      rules: { window: { size: "5m", pane: "1m", lateness: `${LATENESS}ms` } },
    });
    // An hour of event time: nothing is old enough to be deleted from the store.
    const load = tellLoad({ requests: REQUESTS, from: BEGIN, to: BEGIN + 3_600_000, partitions: PARTITIONS });
    const counts = { inputs: load.inputs.length, outputs: load.outputs.length };
    await produce(brokers, asked, load.inputs);
    await produce(brokers, answered, load.outputs);

    for (let kill = 1; kill <= KILLS; kill++) {
      const daemon = await startDaemon(directory);
      const goal = (kill * REQUESTS) / (KILLS + 2);
      await daemon.accounted("asked", ({ rows }) => rows.measured >= goal);
      expect((await daemon.end("SIGKILL")).signal).toBe("SIGKILL");
    }
    const daemon = await startDaemon(directory);
    const memory: number[] = [];
    for (let tenth = 1; tenth <= 9; tenth++) {
      await daemon.accounted("asked", ({ rows }) => rows.received >= (tenth * counts.inputs) / 10);
      memory.push(ownMemory(daemon));
    }
    const isOver = ({ rows }: { rows: { received: number; waiting: number } }, count: number): boolean =>
      rows.received >= count && rows.waiting === 0;
    const inputs = await daemon.accounted("asked", (all) => isOver(all, counts.inputs));
    const outputs = await daemon.accounted("answered", (all) => isOver(all, counts.outputs));
    expect((await daemon.end()).code).toBe(0);
    if (ASKED !== undefined)
      process.stdout.write(`anonymous memory by tenths of ${REQUESTS} requests, MB: ${memory.join(" ")}\n`);

    const recount = await recountHalves(
      brokers,
      { inputs: asked, outputs: answered, partitions: PARTITIONS },
      counts,
    );
    for (const [seen, expected] of [
      [inputs, recount.inputs],
      [outputs, recount.outputs],
    ] as const) {
      expect(seen.rows).toMatchObject({ ...expected, waiting: 0, balanced: true });
      expect(Object.keys(expected.dropped)).toEqual(
        expect.arrayContaining(["late", "duplicate", "conflict"]),
      );
    }
    expect(recount.inputs.dropped["orphan-input"]).toBeGreaterThan(REQUESTS / 100);
    expect(recount.outputs.dropped["orphan-output"]).toBeGreaterThan(REQUESTS / 100);
    const stored = await countsInStore(directory, state);
    const recounted = await countsOfEvents(directory, recount.events);
    expect(stored.size).toBeGreaterThan(1_000);
    expect(new Map([...stored].toSorted())).toEqual(new Map([...recounted].toSorted()));
    // A leak of 100 bytes a request would be 80 MB in a million.
    const [, second = Number.NaN, ...later] = memory;
    for (const megabytes of later) expect(megabytes).toBeLessThan(second + 80);
  });
});

describeService("topics that belong together", kafkaMissing, () => {
  test("of other partition counts are refused at the start, with their names and counts", async () => {
    const brokers = await sharedKafka();
    const asked = await createTopic(brokers, { partitions: 2, name: uniqueName("asked") });
    const answered = await createTopic(brokers, { partitions: 3, name: uniqueName("answered") });
    const { directory } = await writeProject({
      config: {
        kafka: kafkaSection(brokers, uniqueName("driftd")),
        streams: streamsOf({ asked, answered }),
      },
    });
    const daemon = await startDaemon(directory);
    expect((await daemon.exit).code).toBe(78);
    expect(daemon.stderr()).toContain(
      `PARTITIONS_DIFFER: Streams that belong together must have equal partition counts: asked (topic ${asked}) has 2, ` +
        `answered (topic ${answered}) has 3`,
    );
  });
});
