import { expect, test } from "vitest";
import { createSimulatedClock } from "../../../src/runtime/clock.ts";
import { registerHealth } from "../../../src/web/api/health.ts";
import { server } from "./app.ts";

test("health is progress of the consume loop, not mere life", async () => {
  const clock = createSimulatedClock(1_000_000);
  const app = server();
  registerHealth(app, {
    clock,
    patience: 60_000,
    lastProgress: () => 1_000_000,
    outages: () => [],
    standby: () => [],
    notReady: () => undefined,
  });
  expect((await app.inject("/healthz")).json()).toEqual({ status: "ok", secondsSinceProgress: 0 });
  clock.advanceTo(1_060_000);
  expect((await app.inject("/healthz")).statusCode).toBe(200);
  clock.advanceTo(1_061_000);
  const stuck = await app.inject("/healthz");
  expect(stuck.statusCode).toBe(503);
  expect(stuck.json()).toEqual({
    status: "stuck",
    reason: "no fetch and no heartbeat for 61 s; 60 s are allowed",
    secondsSinceProgress: 61,
  });
});

test("who waits for Kafka is healthy and ready, and says what it waits for", async () => {
  const app = server();
  registerHealth(app, {
    clock: createSimulatedClock(0),
    patience: 1,
    lastProgress: () => 0,
    outages: () => ["Kafka at k:9092 is away, for 70 s now: connect ECONNREFUSED"],
    standby: () => [],
    notReady: () => undefined,
  });
  const health = await app.inject("/healthz");
  expect(health.statusCode).toBe(200);
  expect(health.json()).toEqual({
    status: "ok",
    secondsSinceProgress: 0,
    waitingFor: ["Kafka at k:9092 is away, for 70 s now: connect ECONNREFUSED"],
  });
  expect((await app.inject("/readyz")).statusCode).toBe(200);
});

test("readiness says what is still missing", async () => {
  let missing: string | undefined = "no partitions assigned yet";
  const app = server();
  registerHealth(app, {
    clock: createSimulatedClock(0),
    patience: 1,
    lastProgress: () => 0,
    outages: () => [],
    standby: () => [],
    notReady: () => missing,
  });
  const before = await app.inject("/readyz");
  expect(before.statusCode).toBe(503);
  expect(before.json()).toEqual({ status: "not ready", reason: "no partitions assigned yet" });
  missing = undefined;
  expect((await app.inject("/readyz")).json()).toEqual({ status: "ready" });
});

test("a member of a fleet that stands by is healthy and ready, and says why", async () => {
  const app = server();
  registerHealth(app, {
    clock: createSimulatedClock(0),
    patience: 1,
    lastProgress: () => 0,
    outages: () => [],
    standby: () => ["a newer configuration reads everything"],
    notReady: () => undefined,
  });
  const health = await app.inject("/healthz");
  expect(health.statusCode).toBe(200);
  expect(health.json()).toEqual({
    status: "ok",
    secondsSinceProgress: 0,
    standingBy: ["a newer configuration reads everything"],
  });
  expect((await app.inject("/readyz")).statusCode).toBe(200);
});
