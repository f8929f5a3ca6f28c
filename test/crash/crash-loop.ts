import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { onTestFailed, onTestFinished } from "vitest";
import { startDaemon, type Accounting, type Daemon } from "../e2e/daemon.ts";
import { kafkaSection, writeProject, type ProjectFiles, type ProjectOptions } from "../e2e/project.ts";
import { createTopic, endsOf, type NewRecord } from "../e2e/topic.ts";
import { startKafka, uniqueName } from "../services/kafka.ts";
import { feed } from "./feed.ts";
import { LARGEST_RECORD } from "./load.ts";
import { Members } from "./members.ts";
import { suffer, type World } from "./misfortunes.ts";
import { startReceiver, type PostedAlert } from "./receiver.ts";
import { planMisfortunes, SESSION, type Kind } from "./schedule.ts";
import { distinct, transitionsIn, type LoggedTransition } from "./transitions.ts";

/** What is written to a topic of its own, and how daemons are to read it. */
interface Load {
  readonly stream: string;
  /** Of `streams`, without its topic. */
  readonly section: Readonly<Record<string, unknown>>;
  readonly records: Iterable<NewRecord>;
  readonly count: number;
  /** Written once all of the others have been read: what ends the waiting of whatever waits. */
  readonly last?: readonly NewRecord[];
}

export interface CrashLoop {
  readonly seed: number;
  /** How long it goes on, ms. */
  readonly lasts: number;
  readonly partitions: number;
  readonly loads: readonly Load[];
  /** Sections of the rule file. */
  readonly rules: Readonly<Record<string, unknown>>;
  readonly kinds: readonly Kind[];
  /** The `state` section of each member. */
  readonly states: readonly Readonly<Record<string, unknown>>[];
  readonly redis?: World["redis"];
  /** Partitions that bring nothing for so long are declared idle; by default none is. */
  readonly idleAfter?: string;
}

export interface Survival {
  /** One of the members' projects. */
  readonly project: ProjectFiles;
  readonly brokers: readonly string[];
  /** By stream. */
  readonly topics: Readonly<Record<string, string>>;
  /** How often each kind of misfortune came. */
  readonly came: ReadonlyMap<Kind, number>;
  /** What members said that ended by themselves. */
  readonly failures: readonly string[];
  /** By stream, as a member tells them at the end. */
  readonly ledgers: Readonly<Record<string, Accounting>>;
  readonly transitions: readonly LoggedTransition[];
  /** Of one daemon that read the same topics afterwards, undisturbed. */
  readonly undisturbed: readonly LoggedTransition[];
  readonly posted: readonly PostedAlert[];
}

/** Writes a load while everything goes wrong, waits until all of it is drained, and answers what became of it. */
export async function surviveCrashLoop(loop: CrashLoop): Promise<Survival> {
  const { seed, lasts, partitions, loads, rules, kinds, redis, idleAfter = "1h" } = loop;
  const cluster = await startKafka({ brokers: 3 });
  onTestFinished(() => cluster.stop());
  const receiver = await startReceiver();
  onTestFinished(() => receiver.stop());
  const { brokers } = cluster;
  const topics: Record<string, string> = {};
  for (const { stream } of loads) {
    topics[stream] = await createTopic(brokers, { partitions, replicas: 3, name: uniqueName(stream) });
  }
  const streams = Object.fromEntries(
    loads.map(({ stream, section }) => [
      stream,
      { ...section, topic: topics[stream], from: "earliest", idleAfter },
    ]),
  );
  const configOf = (group: string): Readonly<Record<string, unknown>> => ({
    // A Redis that was wiped is given another key for ids by whoever starts first, and the others would have to end.
    privacy: { keyFile: "key" },
    kafka: { ...kafkaSection(brokers, group, SESSION), maxRecordBytes: LARGEST_RECORD },
    streams,
  });
  const group = uniqueName("driftd");
  // As old as it is, its alerts are sent.
  const publish = { alertmanager: { urls: [receiver.url] }, maxAge: "3650d" };
  const projects = await Promise.all(
    loop.states.map((state) => writeLoop({ config: { ...configOf(group), publish, state }, rules })),
  );
  const [project] = projects;
  if (project === undefined) throw new Error("a loop has a member at least");

  const members = new Members(projects.map(({ directory }) => directory));
  onTestFailed(() => saveLogs(members.daemons, seed));
  await members.start();
  const writing = Promise.all(
    loads.map(({ stream, records, count }) =>
      feed({ brokers, topic: topics[stream] ?? "", records, count, lasts: lasts * 0.9 }),
    ),
  );
  const came = await suffer(
    { members, cluster, ...(redis && { redis }) },
    planMisfortunes({ seed, kinds, lasts }),
  );
  await writing;

  const running = (): readonly Daemon[] => members.running();
  for (const { stream, last = [] } of loads) {
    if (last.length === 0) continue;
    await drain(running, await totalsOf(brokers, topics), { untilNoneWaits: false });
    await feed({ brokers, topic: topics[stream] ?? "", records: last, count: last.length, lasts: 0 });
  }
  const { totals, ledgers } = await drainAll(running, () => totalsOf(brokers, topics));
  const undisturbed = await readUndisturbed(
    { config: configOf(uniqueName("undisturbed")), rules },
    totals,
    // Labels of nobody wait where it reads them after the last predictions.
    { untilNoneWaits: loads.every(({ last }) => last === undefined) },
  );
  await settle(async () => {
    const found = distinct(transitionsIn(members.daemons)).length;
    return found >= distinct(undisturbed).length ? undefined : found;
  });
  await members.stop();
  return {
    project,
    brokers,
    topics,
    came,
    failures: members.failures,
    ledgers,
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

async function writeLoop(options: ProjectOptions): Promise<ProjectFiles> {
  const project = await writeProject(options);
  writeFileSync(join(project.directory, "key"), "a key of the crash loop");
  return project;
}

/** How many records there are, by stream. */
async function totalsOf(
  brokers: readonly string[],
  topics: Readonly<Record<string, string>>,
): Promise<Record<string, number>> {
  const totals: Record<string, number> = {};
  for (const [stream, topic] of Object.entries(topics)) {
    totals[stream] = [...(await endsOf(brokers, topic)).values()].reduce((sum, end) => sum + end, 0);
  }
  return totals;
}

/** The accounting once all records are in it; by stream, the farthest that any of the daemons tells. */
async function drain(
  running: () => readonly Daemon[],
  totals: Readonly<Record<string, number>>,
  { untilNoneWaits = true }: { readonly untilNoneWaits?: boolean } = {},
): Promise<Record<string, Accounting>> {
  const best: Record<string, Accounting> = {};
  const received = (stream: string): number => best[stream]?.records.received ?? 0;
  await settle(async () => {
    for (const daemon of running()) {
      for (const stream of Object.keys(totals)) {
        const told = await daemon.accounting(stream).catch(() => undefined);
        if (told !== undefined && told.records.received >= received(stream)) best[stream] = told;
      }
    }
    const isOver = ([stream, total]: [string, number]): boolean =>
      received(stream) >= total && (best[stream]?.rows.waiting === 0 || !untilNoneWaits);
    if (Object.entries(totals).every(isOver)) return undefined;
    return Object.keys(totals).reduce((sum, stream) => sum + received(stream), 0);
  });
  return best;
}

/** The same, until no more records turn up: a leader that was just elected does not show the last ones at first. */
async function drainAll(
  running: () => readonly Daemon[],
  countAll: () => Promise<Record<string, number>>,
): Promise<{
  readonly totals: Readonly<Record<string, number>>;
  readonly ledgers: Readonly<Record<string, Accounting>>;
}> {
  for (let totals = await countAll(); ;) {
    const ledgers = await drain(running, totals);
    const now = await countAll();
    if (Object.entries(now).every(([stream, total]) => total === totals[stream])) return { totals, ledgers };
    totals = now;
  }
}

/** What the members said stays for whoever looks for the fault. */
function saveLogs(daemons: readonly Daemon[], seed: number): void {
  const directory = mkdtempSync(join(tmpdir(), `driftd-crash-${seed}-`));
  for (const [index, daemon] of daemons.entries()) {
    writeFileSync(join(directory, `${String(index).padStart(3, "0")}-${daemon.pid}.log`), daemon.stderr());
  }
  process.stderr.write(`What the members said stands in ${directory}\n`);
}

/** One daemon that nothing befalls reads the whole topics. */
async function readUndisturbed(
  project: ProjectOptions,
  totals: Readonly<Record<string, number>>,
  until: { readonly untilNoneWaits: boolean },
): Promise<LoggedTransition[]> {
  const { directory } = await writeLoop(project);
  const daemon = await startDaemon(directory);
  await drain(() => [daemon], totals, until);
  // What was committed last is judged before it ends.
  await daemon.end();
  return transitionsIn([daemon]);
}
