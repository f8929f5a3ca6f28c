import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it, onTestFinished } from "vitest";
import { NO_PAYLOAD } from "../../src/stream/http-payload.ts";
import { openDoor, rawConnection } from "./http-fixture.ts";
import { until } from "./listener.ts";

const EVENT = { "ce-id": "a", "ce-type": "org.kubeflow.serving.inference.request", "ce-specversion": "1.0" };

describe("POST /consumer/kserve/v2", () => {
  const PAYLOAD = { id: "r", kind: "request", modelid: "m", data: "CgFt" };

  it("hands a payload over as the gRPC body of KServe's logger", async () => {
    const door = await openDoor();
    expect(await door.post("/consumer/kserve/v2", JSON.stringify(PAYLOAD))).toMatchObject({
      status: 200,
      body: { accepted: 1 },
    });
    expect(door.delivered).toMatchObject([
      {
        stream: "served",
        value: "\0\0\0\0\u0003\n\u0001m",
        headers: { "ce-id": "r", "ce-inferenceservicename": "m", "content-type": "application/grpc" },
      },
    ]);
  });

  it("says what is wrong with one, and has it counted as what cannot be decoded", async () => {
    const door = await openDoor();
    expect(await door.post("/consumer/kserve/v2", JSON.stringify({ ...PAYLOAD, kind: 1 }))).toMatchObject({
      status: 400,
      body: { error: { code: "BAD_PAYLOAD", message: 'kind is missing. Write "request" or "response".' } },
    });
    expect(await door.post("/consumer/kserve/v2", "")).toMatchObject({ status: 400 });
    expect(door.delivered).toMatchObject([
      { stream: "served", value: JSON.stringify({ ...PAYLOAD, kind: 1 }), headers: NO_PAYLOAD },
      { stream: "served", value: "", headers: NO_PAYLOAD },
    ]);
  });
});

describe("the door", () => {
  it("asks for the token where there is one, and not for metrics", async () => {
    const directory = mkdtempSync(join(tmpdir(), "driftd-door-"));
    onTestFinished(() => rmSync(directory, { recursive: true }));
    const tokenFile = join(directory, "token");
    writeFileSync(tokenFile, "s3cret");
    const door = await openDoor({ http: { maxBodyBytes: 1_000, tokenFile } });
    const refused = await door.post("/v1/events", "{}");
    expect([refused.status, refused.headers.get("www-authenticate")]).toEqual([401, 'Bearer realm="driftd"']);
    expect((await door.post("/", "{}", EVENT)).status).toBe(401);
    expect((await door.post("/", "{}", { ...EVENT, authorization: "Bearer s3cret" })).status).toBe(200);
    const url = new URL(door.url);
    const basic = `Basic ${Buffer.from("kserve:s3cret").toString("base64")}`;
    expect((await door.post(url.pathname, "{}", { ...EVENT, authorization: basic })).status).toBe(200);
    expect(door.delivered).toHaveLength(2);
  });

  it("answers after the commit, and what comes during one shares the next", async () => {
    const door = await openDoor();
    let letGo = (): void => {};
    const held = new Promise<boolean>((resolve) => (letGo = () => resolve(true)));
    door.onDeliver = () => held;
    let answered = 0;
    const posted = Array.from({ length: 21 }, () =>
      door.post("/v1/events", "{}").then(() => (answered += 1)),
    );
    await until("all requests", () => door.source.partitions()[1]?.end === 21);
    expect(answered).toBe(0);
    letGo();
    await Promise.all(posted);
    expect(door.delivered).toHaveLength(21);
    expect(door.groups.length).toBeLessThanOrEqual(2);
  });

  it("keeps what comes before it is open, and takes predictions in before their labels", async () => {
    const door = await openDoor({ isStarted: false });
    const posted = [door.post("/v1/labels", "{}"), door.post("/v1/events", "{}")];
    await until("both requests", () => door.source.partitions().filter(({ end }) => end === 1).length === 2);
    expect(door.source.partitions().every(({ assigned }) => !assigned)).toBe(true);
    await door.start();
    expect((await Promise.all(posted)).map(({ status }) => status)).toEqual([200, 200]);
    expect(door.delivered.map(({ stream }) => stream)).toEqual(["scored", "truth"]);
    expect(door.listener.calls).toEqual(["assigned 0"]);
  });

  it("delivers again what was not taken in, since the task was not ours", async () => {
    const door = await openDoor();
    let attempts = 0;
    door.onDeliver = ([delivery]) => {
      attempts += 1;
      delivery?.dropped?.(0, attempts === 1 ? "invalid" : "duplicate");
      return attempts > 2;
    };
    expect(await door.post("/v1/events", "{}")).toMatchObject({
      status: 200,
      body: { accepted: 0, rejected: [{ index: 0, reason: "duplicate" }] },
    });
    expect(attempts).toBe(3);
    door.source.reload();
    await until("the task was asked for", () => door.listener.calls.length === 2);
  });

  it("answers 503 where the store is broken, and once it is closed", async () => {
    const door = await openDoor();
    door.onDeliver = () => Promise.reject(new Error("the disk is full"));
    expect((await door.post("/", "{}", EVENT)).status).toBe(503);
    expect(await door.post("/v1/events", "{}")).toMatchObject({
      status: 503,
      body: { error: { code: "UNAVAILABLE" } },
    });
    await door.source.stop();
    expect((await door.post("/", "{}", EVENT)).status).toBe(503);
    expect(door.delivered).toEqual([]);
  });

  it("commits what it holds before it closes", async () => {
    const door = await openDoor();
    door.onDeliver = () => sleep(20).then(() => true);
    const posted = Array.from({ length: 5 }, () => door.post("/v1/events", "{}"));
    await until("five requests", () => (door.source.partitions()[1]?.end ?? 0) === 5);
    await door.source.stop();
    expect((await Promise.all(posted)).map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
    expect(door.delivered).toHaveLength(5);
  });

  it("has its end where nothing waits, and says since when it waits", async () => {
    let now = 1_000;
    const door = await openDoor({ clock: () => now });
    let letGo = (): void => {};
    const held = new Promise<boolean>((resolve) => (letGo = () => resolve(true)));
    door.onDeliver = () => held;
    const posted = door.post("/v1/events", "{}");
    const scored = () => door.source.partitions().find(({ stream }) => stream === "scored");
    await until("a request", () => scored()?.end === 1);
    now = 5_000;
    expect(scored()).toMatchObject({ next: 0, end: 1, assigned: true });
    expect(door.source.lastProgress()).toBe(1_000);
    letGo();
    await posted;
    await until("nothing waits", () => door.source.lastProgress() === 5_000);
    expect(scored()).toMatchObject({ next: 1, end: 1 });
  });

  it("forgets a sender that goes before it has sent all", async () => {
    const door = await openDoor();
    const head = "POST /v1/events HTTP/1.1\r\nhost: x\r\ncontent-length: 90000\r\n\r\n{";
    const sockets = await Promise.all(Array.from({ length: 3 }, () => rawConnection(door.url, head)));
    await sleep(50);
    for (const socket of sockets) socket.destroy();
    await Promise.all(sockets.map((socket) => once(socket, "close")));
    expect((await door.post("/v1/events", "{}")).status).toBe(200);
    expect(door.delivered).toHaveLength(1);
  });

  it("commits many records in groups, in the order in which they came", async () => {
    const door = await openDoor({ isStarted: false });
    const bodies = [1, 2, 3].map((request) => `${request}\n`.repeat(6_000));
    const posted: Promise<{ status: number }>[] = [];
    for (const body of bodies) {
      posted.push(door.post("/v1/events", body));
      await until("a request", () => door.source.partitions()[1]?.end === posted.length);
    }
    await door.start();
    expect((await Promise.all(posted)).map(({ status }) => status)).toEqual([200, 200, 200]);
    // The request that goes beyond the measure of a group still goes along.
    expect(door.groups).toEqual([12_000, 6_000]);
    expect(door.delivered.map(({ value }) => `${value}\n`).join("")).toBe(bodies.join(""));
  });

  it("never gives records a time before the one that came before", async () => {
    const times = [5_000, 4_000, 6_000];
    let calls = 0;
    const door = await openDoor({ clock: () => times[Math.min(calls, 2)] ?? 0 });
    for (; calls < 3; calls++) await door.post("/v1/events", "{}");
    expect(door.delivered.map(({ timestamp }) => timestamp)).toEqual([5_000, 5_000, 6_000]);
  });
});
