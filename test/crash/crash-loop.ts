import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { onTestFailed, onTestFinished } from "vitest";
import { createCounter, type CountedLedger, type Counter } from "../e2e/counter.ts";
import { startDaemon, type Daemon } from "../e2e/daemon.ts";
import { kafkaSection, writeProject, type ProjectFiles } from "../e2e/project.ts";
import { fittedModel } from "../e2e/recount.ts";
import { createTopic, readTopic } from "../e2e/topic.ts";
import { startKafka, uniqueName, type KafkaCluster } from "../services/kafka.ts";
import { feed } from "./feed.ts";
import { LARGEST_RECORD, planRecords, type LoadPlan } from "./load.ts";
import { Members } from "./members.ts";
import { suffer, type World } from "./misfortunes.ts";
import { startReceiver, type PostedAlert } from "./receiver.ts";
import { RULES } from "./rules.ts";
import { planMisfortunes, SESSION, type Kind } from "./schedule.ts";
import { distinct, transitionsIn, type LoggedTransition } from "./transitions.ts";

const HOUR = 3_600_000;

export interface CrashLoop {
  readonly seed: number;
  /** How long it goes on, ms. */
  readonly lasts: number;
  readonly load: Omit<LoadPlan, "seed" | "from" | "span">;
  readonly kinds: readonly Kind[];
  /** The `state` section of each member. */
  readonly states: readonly Readonly<Record<string, unknown>>[];
  readonly redis?: World["redis"];
}

export interface Survival {
  /** One of the members' projects. */
  readonly project: ProjectFiles;
  readonly cluster: KafkaCluster;
  readonly topic: string;
  /** How often each kind of misfortune came. */
  readonly came: ReadonlyMap<Kind, number>;
  /** What members said that ended by themselves. */
  readonly failures: readonly string[];
  readonly recounted: Counter;
  readonly ledger: CountedLedger;
  readonly transitions: readonly LoggedTransition[];
  /** Of one daemon that read the same topic afterwards, undisturbed. */
  readonly undisturbed: readonly LoggedTransition[];
  readonly posted: readonly PostedAlert[];
}

/** Writes a load while everything goes wrong, waits until all of it is drained, and answers what became of it. */
export async function surviveCrashLoop(loop: CrashLoop): Promise<Survival> {
  const { seed, lasts, load, kinds, redis } = loop;
  const cluster = await startKafka({ brokers: 3 });
  onTestFinished(() => cluster.stop());
  const receiver = await startReceiver();
  onTestFinished(() => receiver.stop());
  const { brokers } = cluster;
  const topic = await createTopic(brokers, { partitions: load.partitions, replicas: 3 });
  const group = uniqueName("driftd");
  const configOf = (name: string, state: unknown): Readonly<Record<string, unknown>> => ({
    kafka: { ...kafkaSection(brokers, name, SESSION), maxRecordBytes: LARGEST_RECORD },
    streams: { scored: { role: "inference", topic, from: "earliest", idleAfter: "1h" } },
    // As old as it is, its alerts are sent.
    publish: { alertmanager: { urls: [receiver.url] }, maxAge: "3650d" },
    ...(state === undefined ? {} : { state }),
  });
  const projects = await Promise.all(
    loop.states.map((state) => writeProject({ config: configOf(group, state), rules: RULES })),
  );
  const [project] = projects;
  if (project === undefined) throw new Error("a loop has a member at least");

  const members = new Members(projects.map(({ directory }) => directory));
  onTestFailed(() => saveLogs(members.daemons, seed));
  await members.start();
  const plan = { ...load, seed, from: Date.parse("2026-03-01T00:00:00Z"), span: 1.5 * HOUR };
  const writing = feed({
    brokers,
    topic,
    records: planRecords(plan),
    count: load.records,
    lasts: lasts * 0.9,
  });
  const came = await suffer(
    { members, cluster, ...(redis && { redis }) },
    planMisfortunes({ seed, kinds, lasts }),
  );
  await writing;

  const counting = { fitted: await fittedModel(project.directory), maxRecordBytes: LARGEST_RECORD };
  const recounted = createCounter(counting);
  await readTopic({ brokers, topic, visit: (record) => recounted.add(record) });
  const total = recounted.ledger.records.received;
  const ledger = await drain(members, total);
  const undisturbed = await readUndisturbed(configOf(uniqueName("undisturbed"), undefined), total);
  await settle(async () => {
    const found = distinct(transitionsIn(members.daemons)).length;
    return found >= distinct(undisturbed).length ? undefined : found;
  });
  await members.stop();
  return {
    project,
    cluster,
    topic,
    came,
    failures: members.failures,
    recounted,
    ledger,
    transitions: transitionsIn(members.daemons),
    undisturbed,
    posted: receiver.posted,
  };
}

/** Longer than a group needs to settle, and an outage to be noticed, on a busy machine: nothing moves for so long, ms. */
const PATIENCE = 90_000;

/** Waits until `progress` answers undefined, or stands still for too long: what then is not right shows in what is compared. */
async function settle(progress: () => Promise<number | undefined>): Promise<void> {
  let last = Number.NaN;
  for (let moved = Date.now(); Date.now() - moved < PATIENCE; await sleep(500)) {
    const now = await progress();
    if (now === undefined) return;
    if (now !== last) moved = Date.now();
    last = now;
  }
}

/** The accounting of the members once all records are in it; the farthest that any of them tells. */
async function drain(members: Members, total: number): Promise<CountedLedger> {
  let best: CountedLedger | undefined;
  await settle(async () => {
    for (const daemon of members.running()) {
      const told = await daemon.accounting("scored").catch(() => undefined);
      if (told === undefined) continue;
      if (best === undefined || told.records.received >= best.records.received) best = told;
    }
    const received = best?.records.received ?? 0;
    return received >= total ? undefined : received;
  });
  if (best === undefined) throw new Error("no member answers");
  return best;
}

/** What the members said stays for whoever looks for the fault. */
function saveLogs(daemons: readonly Daemon[], seed: number): void {
  const directory = mkdtempSync(join(tmpdir(), `driftd-crash-${seed}-`));
  for (const [index, daemon] of daemons.entries()) {
    writeFileSync(join(directory, `${String(index).padStart(3, "0")}-${daemon.pid}.log`), daemon.stderr());
  }
  process.stderr.write(`What the members said stands in ${directory}\n`);
}

/** One daemon that nothing befalls reads the whole topic. */
async function readUndisturbed(
  config: Readonly<Record<string, unknown>>,
  total: number,
): Promise<LoggedTransition[]> {
  const { directory } = await writeProject({ config: { ...config, publish: {} }, rules: RULES });
  const daemon = await startDaemon(directory);
  await settle(async () => {
    const { received } = (await daemon.accounting("scored")).records;
    return received >= total ? undefined : received;
  });
  // What was committed last is judged before it ends.
  await daemon.end();
  return transitionsIn([daemon]);
}
