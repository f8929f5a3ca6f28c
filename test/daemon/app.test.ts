import { createServer, type ServerResponse } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { beforeAll, describe, expect, it, onTestFinished } from "vitest";
import type { App, AppOptions } from "../../src/daemon/app.ts";
import type { FittedModel } from "../../src/rules/fitted-model.ts";
import { createSimulatedClock } from "../../src/runtime/clock.ts";
import type { Store } from "../../src/state/store.ts";
import type { Source, SourceListener } from "../../src/stream/source.ts";
import type { Alert } from "../../src/verdict/alert.ts";
import { batchOf, HOUR, MINUTE, modelOf, START, traffic } from "../engine/fixture.ts";
import { recordLog } from "../runtime/log-lines.ts";
import { createRewindingStore } from "../state/rewinding-store.ts";
import { CONFIG, openApp } from "./app-fixture.ts";

let fitted: FittedModel;
beforeAll(() => {
  fitted = modelOf({ rules: "  - { alert: Drift, measure: psi, columns: [amount], keepFiringFor: 1h }" });
});

/** Four hours of which the second and third drift. */
const RECORDS = traffic({ from: 0, to: 4 * HOUR, perMinute: 4 }, (time, i) => {
  const hour = (time - START) / HOUR;
  return { id: `r${i}`, amount: hour >= 1 && hour < 3 ? 95 : (i * 7) % 100 };
});
const DRIFTING = 2 * 60 * 4;

interface Script {
  readonly source: Source;
  /** Reads on to this record; asks where to go on first if it has to. */
  readTo(end: number): Promise<void>;
  /** The group gives the task to somebody else, or to us. */
  assign(isOurs: boolean): Promise<void>;
  rejoins(): number;
}

/** A source of one partition that reads when it is told to. */
function scriptedSource(hasGroup: boolean): Script {
  let listener: SourceListener | undefined;
  let next = 0;
  let isStale = true;
  let rejoins = 0;
  const ask = async (tasks: readonly number[]): Promise<void> => {
    while (isStale) {
      isStale = false;
      const [position] = (await listener?.assigned(tasks)) ?? [];
      next = typeof position?.offset === "number" ? position.offset : 0;
    }
  };
  const source: Source = {
    async start(owner) {
      listener = owner;
      await ask([0]);
    },
    stop: async () => {},
    pause: () => {},
    resume: () => {},
    reload: () => void (isStale = true),
    ...(hasGroup && {
      rejoin() {
        rejoins += 1;
        listener?.revoked([0]);
      },
    }),
    reportCommitted: async () => {},
    partitions: () => [{ stream: "s", partition: 0, end: RECORDS.length, next, assigned: true }],
    lastProgress: () => Number.POSITIVE_INFINITY,
    outage: () => undefined,
  };
  return {
    source,
    async readTo(end) {
      for (await ask([0]); next < end; await ask([0])) {
        const until = Math.min(next + 20, end);
        await listener?.batch(
          batchOf({ stream: "s", partition: 0, firstOffset: next }, RECORDS.slice(next, until)),
        );
        next = until;
      }
    },
    async assign(isOurs) {
      isStale = true;
      if (!isOurs) listener?.revoked([0]);
      await ask(isOurs ? [0] : []);
    },
    rejoins: () => rejoins,
  };
}

async function start(
  options: { store: Store; source: Source } & Partial<AppOptions>,
): Promise<{ app: App; told: Alert[]; said: () => string[]; get: (path: string) => Promise<string> }> {
  const { store, source, ...rest } = options;
  const { log, lines } = recordLog("info");
  const told: Alert[] = [];
  const app = await openApp({
    models: [fitted],
    openStore: async () => store,
    sources: [source],
    clock: createSimulatedClock(START + 24 * HOUR),
    log,
    onTransitions: (transitions) => told.push(...transitions.map(({ alert }) => alert)),
    ...rest,
  });
  const get = async (path: string): Promise<string> => (await fetch(`${app.url}${path}`)).text();
  return { app, told, said: () => lines.map(({ msg }) => String(msg)), get };
}

/** What publishes to an Alertmanager that answers so. */
async function alertmanagerThat(
  answer: (body: string, response: ServerResponse) => void,
): Promise<AppOptions["config"]> {
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (bytes) => (body += String(bytes)));
    request.on("end", () => answer(body, response));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  // A TCP server's address is an object.
  const { port } = server.address() as AddressInfo;
  const alertmanager = { urls: [`http://127.0.0.1:${port}`], resend: MINUTE, timeout: MINUTE };
  return { ...CONFIG, publish: { ...CONFIG.publish, alertmanager } };
}

describe("a daemon whose store goes back", () => {
  it.each([
    { keeps: "an hour", says: /went back in time/ },
    { keeps: "nothing", says: /has lost what it knew of this task: it is rebuilt/ },
  ])("goes on, finds again what is lost, and says so: it keeps $keeps", async ({ keeps, says }) => {
    const script = scriptedSource(true);
    const store = createRewindingStore();
    const { app, told, said, get } = await start({ store, source: script.source });
    await script.readTo(DRIFTING / 2);
    const kept = keeps === "nothing" ? 0 : store.writes();
    await script.readTo(DRIFTING);
    expect(told.map(({ state }) => state)).toEqual(["firing"]);
    await store.goBackTo(kept);
    await script.readTo(RECORDS.length);

    expect(told.map(({ id, state }) => `${id} ${state}`)).toEqual([
      `${told[0]?.id} firing`,
      `${told[0]?.id} firing`,
    ]);
    expect(app.ledgers()["s"]).toMatchObject({ received: RECORDS.length, measured: RECORDS.length });
    const metrics = await get("/metrics");
    expect(metrics).toContain("driftd_state_rewinds_total 1\n");
    expect(metrics).toContain('driftd_state_commits_total{result="fenced"} 0\n');
    expect(said().some((line) => says.test(line))).toBe(true);
  });
});

describe("a daemon whose task somebody else has taken", () => {
  it("leaves the group, tells nobody anything while it stands by, and goes on when it owns the task again", async () => {
    const script = scriptedSource(true);
    const store = createRewindingStore();
    const clock = createSimulatedClock(START + 24 * HOUR);
    const { app, told, said, get } = await start({ store, source: script.source, clock });
    await script.readTo(DRIFTING);
    const before = app.ledgers()["s"]?.measured ?? 0;
    expect(JSON.parse(await get("/api/alerts")).alerts).toHaveLength(1);
    expect(await get("/metrics")).toContain("driftd_alert_firing{");

    await store.claim({ group: "s", partition: 0 });
    await script.readTo(DRIFTING + 20);
    expect(script.rejoins()).toBe(1);
    expect(said().some((line) => line.startsWith("another daemon has taken this task over"))).toBe(true);
    await script.assign(false);
    expect(JSON.parse(await get("/api/alerts")).alerts).toEqual([]);
    const metrics = await get("/metrics");
    expect(metrics).not.toContain("driftd_alert_firing{");
    expect(metrics).not.toContain("driftd_psi{");
    expect(metrics).toContain('driftd_state_commits_total{result="fenced"} 1\n');

    // No more data, as far as it can see: but it cannot see.
    await app.tick();
    clock.advanceTo(START + 48 * HOUR);
    await app.tick();
    expect(told.map(({ state }) => state)).toEqual(["firing"]);

    await script.assign(true);
    expect(app.ledgers()["s"]?.measured).toBe(before);
    expect(JSON.parse(await get("/api/alerts")).alerts).toHaveLength(1);
    await script.readTo(RECORDS.length);
    expect(app.ledgers()["s"]).toMatchObject({ received: RECORDS.length, measured: RECORDS.length });
  });

  it("stops where no group could decide whose the task is", async () => {
    const script = scriptedSource(false);
    const store = createRewindingStore();
    const { app } = await start({ store, source: script.source });
    await script.readTo(40);
    await store.claim({ group: "s", partition: 0 });
    await expect(script.readTo(80)).rejects.toThrow("Another daemon has taken over partition 0 of s");
    expect(await app.failed).toMatchObject({ code: "STATE_FAILED" });
  });

  it("keeps what it has recorded and not told to itself until it owns the task again", async () => {
    const received: string[] = [];
    let isUp = false;
    const config = await alertmanagerThat((body, response) => {
      if (isUp) received.push(body);
      response.writeHead(isUp ? 200 : 503).end();
    });
    const clock = createSimulatedClock(START + 24 * HOUR);
    const script = scriptedSource(true);
    const store = createRewindingStore();
    const { app, get } = await start({ store, source: script.source, clock, config });
    const pending = async (): Promise<string | undefined> =>
      (await get("/metrics"))
        .split("\n")
        .find((line) => line.startsWith('driftd_sink_pending_alerts{sink="alertmanager'));
    const failed = (): Promise<boolean> =>
      get("/metrics").then((text) => /driftd_sink_deliveries_total\{.*result="failed"\} [1-9]/.test(text));
    await script.readTo(DRIFTING);
    await expect.poll(failed).toBe(true);

    await script.assign(false);
    isUp = true;
    clock.advanceTo(START + 25 * HOUR);
    await app.tick();
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(received).toEqual([]);
    expect(await pending()).toMatch(/ 1$/);

    await script.assign(true);
    clock.advanceTo(START + 25.01 * HOUR);
    await app.tick();
    await expect.poll(() => received.length).toBe(1);
    expect(received[0]).toContain("Drift");
  });

  it("knows what it was telling when it was stopped: whoever follows does not tell it again", async () => {
    const waiting: ServerResponse[] = [];
    const config = await alertmanagerThat((_, response) => void waiting.push(response));
    const store = createRewindingStore();
    const first = scriptedSource(false);
    const { app } = await start({ store, source: first.source, config });
    await first.readTo(DRIFTING);
    await expect.poll(() => waiting.length).toBe(1);
    const stopped = app.stop("a test");
    waiting[0]?.writeHead(200).end();
    await stopped;

    const next = await start({
      store: await store.copyAt(store.writes()),
      source: scriptedSource(false).source,
      config,
    });
    const pending = (await next.get("/metrics")).match(
      /driftd_sink_pending_alerts\{sink="alertmanager[^}]*\} (\d+)/,
    );
    expect(pending?.[1]).toBe("0");
    await next.app.tick();
    expect(waiting).toHaveLength(1);
  });
});
