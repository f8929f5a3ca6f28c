import { expect, test } from "vitest";
import type { App, AppOptions } from "../../src/daemon/app.ts";
import type { QuarantineConfig, StreamConfig } from "../../src/config/config.ts";
import { createMemoryStore } from "../../src/state/memory.ts";
import type { Store } from "../../src/state/store.ts";
import { createHttpSource } from "../../src/stream/http.ts";
import { MINUTE, modelOf, START, streamsOf } from "../engine/fixture.ts";
import { createSimulatedClock } from "../../src/runtime/clock.ts";
import { recordLog } from "../runtime/log-lines.ts";
import { CONFIG, openApp } from "./app-fixture.ts";

const MAX_BODY = 16 * 1024 ** 2;

/** A daemon that is sent to, with a store whose commits can be held up or made to fail. */
async function openDoor(
  commit: (store: Store) => Store["commit"],
  options: Partial<AppOptions> & { readonly quarantine?: QuarantineConfig } = {},
): Promise<App> {
  const memory = createMemoryStore();
  const store = { ...memory, commit: commit(memory) };
  const { log } = recordLog("info");
  const { quarantine, ...given } = options;
  const streams = streamsOf(false).map(({ topic: _topic, ...stream }): StreamConfig => {
    return { ...stream, http: true, ...(quarantine && { quarantine: "reasons" }) };
  });
  const { clock = createSimulatedClock(START) } = given;
  const http = { ...CONFIG.http, maxBodyBytes: MAX_BODY };
  return openApp({
    config: { ...CONFIG, http, ...(quarantine && { quarantine }) },
    streams,
    models: [modelOf({ rules: "  - { alert: Drift, measure: psi, columns: [amount] }" })],
    openStore: async () => store,
    sources: [createHttpSource({ streams, http, clock: () => clock.tick().now, log })],
    commitEvery: { rows: 1, interval: 200 },
    clock,
    log,
    ...given,
  });
}

/** What waits for it goes on once it is open. */
function createGate(): { readonly passed: Promise<void>; open(): void } {
  let open = (): void => undefined;
  const passed = new Promise<void>((resolve) => (open = resolve));
  return { passed, open: () => open() };
}

const EVENT = JSON.stringify({
  id: "a",
  time: START,
  model: "m",
  features: { amount: 1, region: "eu", device: "web" },
  prediction: { score: 0.5 },
});

function post(app: App, body: string): Promise<Response> {
  return fetch(`${app.url}/v1/events`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body,
  });
}

interface Accounting {
  readonly streams: Readonly<Record<string, { readonly rows: { readonly received: number } }>>;
  readonly turnedAway: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

async function accountingOf(app: App): Promise<Accounting> {
  // Of this shape, as its own test says.
  return (await (await fetch(`${app.url}/api/accounting`)).json()) as Accounting;
}

test("what is sent while too much is in hand is told to come again, and taken then", async () => {
  let gate = createGate();
  const app = await openDoor((store) => async (commit) => {
    await gate.passed;
    return store.commit(commit);
  });
  // One item of much white space.
  const large = `[${" ".repeat(MAX_BODY - 8_192)}${EVENT}]`;
  const statuses: number[] = [];
  let refused: Response;
  do {
    gate = createGate();
    // Four of them fit.
    const answers = Array.from({ length: 5 }, () => post(app, large));
    refused = await Promise.race(answers);
    gate.open();
    for (const { status } of await Promise.all(answers)) statuses.push(status);
    // On a slow machine those that no commit covers are told after five seconds, before the last one has come.
  } while (refused.status === 503);
  expect([refused.status, refused.headers.get("retry-after")]).toEqual([429, "1"]);
  expect(await refused.json()).toMatchObject({ error: { code: "FULL" } });
  const count = (wanted: number): number => statuses.filter((status) => status === wanted).length;
  expect(count(200) + count(429) + count(503)).toBe(statuses.length);
  expect((await post(app, `[${EVENT}]`)).status).toBe(200);
  const { streams, turnedAway } = await accountingOf(app);
  expect(streams["s"]?.rows.received).toBe(count(200) + 1);
  expect(turnedAway["/v1/events"]).toMatchObject({ "429": count(429) });
});

test("what the store cannot keep is answered 503, and counts nowhere but among what was turned away", async () => {
  const app = await openDoor(() => async () => {
    throw new Error("the disk is gone");
  });
  const broken = await post(app, EVENT);
  expect([broken.status, await broken.json()]).toMatchObject([503, { error: { code: "UNAVAILABLE" } }]);
  expect(await app.failed).toMatchObject({ message: "the disk is gone" });
  const { streams, turnedAway } = await accountingOf(app);
  expect(streams["s"]?.rows.received).toBe(0);
  expect(turnedAway).toEqual({ "/v1/events": { "503": 1 } });
});

test("who waits for a store that does not answer is told after five seconds", async () => {
  const gate = createGate();
  const app = await openDoor((store) => async (commit) => {
    await gate.passed;
    return store.commit(commit);
  });
  const covered = post(app, EVENT);
  await expect.poll(async () => (await fetch(`${app.url}/healthz`)).status).toBe(200);
  const waiting = await post(app, EVENT);
  expect(waiting.status).toBe(503);
  gate.open();
  expect((await covered).status).toBe(200);
  await expect.poll(async () => (await post(app, EVENT)).status).toBe(200);
  expect((await accountingOf(app)).streams["s"]?.rows.received).toBe(2);
});

test("whoever waits for its quarantine is blind, and says so although nothing is counted", async () => {
  const clock = createSimulatedClock(START);
  const told: string[] = [];
  const app = await openDoor(({ commit }) => commit, {
    clock,
    // Takes no byte.
    quarantine: { file: "/dev/full", perMinute: 1_000, max: 1_000 },
    onTransitions: (transitions) =>
      told.push(...transitions.map(({ alert }) => `${alert.alert} ${alert.state}: ${alert.explanation}`)),
  });
  // Not answered before the end.
  post(app, JSON.stringify({ id: "b", time: "never" })).catch(() => undefined);
  const after = (): string => {
    clock.advanceTo(clock.tick().now + MINUTE);
    return told.join();
  };
  await expect
    .poll(after, { interval: 200 })
    .toMatch(/^Blind firing: .*the quarantine \/dev\/full cannot be written/s);
});
