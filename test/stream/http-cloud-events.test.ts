import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { openDoor, STREAMS } from "./http-fixture.ts";
import { until } from "./listener.ts";

const EVENT = { "ce-id": "a", "ce-type": "org.kubeflow.serving.inference.request", "ce-specversion": "1.0" };
const JSON_TYPE = { "content-type": "application/json" };

describe("CloudEvents over HTTP", () => {
  it("hand over the bytes and the headers, and are answered 200 with nothing", async () => {
    const door = await openDoor();
    const before = Date.now();
    const { status, body } = await door.post("/", '{"instances":[[1]]}', { ...EVENT, ...JSON_TYPE });
    expect([status, body]).toEqual([200, undefined]);
    expect(door.delivered).toMatchObject([
      { stream: "served", value: '{"instances":[[1]]}', headers: { ...EVENT, ...JSON_TYPE } },
    ]);
    expect(door.delivered[0]?.timestamp).toBeGreaterThanOrEqual(before);
  });

  it("are answered 200 where they are bad: whoever decodes them counts them", async () => {
    const door = await openDoor();
    const statuses: number[] = [];
    for (const [body, headers] of [
      ["", {}],
      ["{", { "content-type": "application/cloudevents+json" }],
      ["\u001f\u008b nothing", { "content-type": "application/cloudevents+json" }],
      ["x", { "content-type": ";;;" }],
      ["x", { "content-encoding": "br" }],
      ["no array", { "content-type": "application/cloudevents-batch+json" }],
    ] as const) {
      statuses.push((await door.post("/", Buffer.from(body, "latin1"), headers)).status);
    }
    expect(statuses).toEqual([200, 200, 200, 200, 200, 200]);
    expect(door.delivered).toHaveLength(6);
  });

  it("in a batch stand as each would alone, also packed", async () => {
    const door = await openDoor();
    const type = { "content-type": "application/cloudevents-batch+json; charset=utf-8" };
    await door.post("/", '[{"id":"a"},{"id":"b"}]', type);
    await door.post("/", gzipSync('[{"id":"c"}]'), type);
    const loud = { "content-type": "Application/CloudEvents-Batch+JSON" };
    await door.post("/", '[{"id":"d"}]', loud);
    expect((await door.post("/", "[]", type)).status).toBe(200);
    expect(door.delivered.map(({ value }) => value)).toEqual(
      ["a", "b", "c", "d"].map((id) => `{"id":"${id}"}`),
    );
    const types = new Set(door.delivered.map(({ headers }) => headers["content-type"]));
    expect([...types]).toEqual(["application/cloudevents+json"]);
  });

  it("in binary mode keep their data as it travelled", async () => {
    const door = await openDoor();
    const packed = gzipSync('{"instances":[[1]]}');
    await door.post("/", packed, { ...EVENT, ...JSON_TYPE });
    expect(Buffer.from(door.delivered[0]?.value ?? "", "latin1")).toEqual(packed);
  });

  it("that are too large are answered 200 and counted unread", async () => {
    const door = await openDoor();
    expect((await door.post("/", "x".repeat(100_001), EVENT)).status).toBe(200);
    expect(door.unread["served"]).toEqual({ overflow: 0, oversize: 1 });
    expect(door.delivered).toEqual([]);
  });

  it("that there is no room for are answered 200 once that is counted, and /v1 is told to come again", async () => {
    const door = await openDoor({ http: { maxBodyBytes: 16_777_216 } });
    let letGo = (): void => {};
    const held = new Promise<boolean>((resolve) => (letGo = () => resolve(true)));
    door.onDeliver = () => held;
    const large = "x".repeat(16_770_000);
    const first = Array.from({ length: 4 }, () => door.post("/", large, EVENT));
    await until("four bodies in hand", () => door.source.partitions()[0]?.end === 4);
    const [refused, overflowed] = [door.post("/v1/labels", large, JSON_TYPE), door.post("/", large, EVENT)];
    const { status, headers, body } = await refused;
    expect([status, headers.get("retry-after")]).toEqual([429, "1"]);
    expect(body).toMatchObject({ error: { code: "FULL" } });
    letGo();
    expect((await overflowed).status).toBe(200);
    expect((await Promise.all(first)).map((posted) => posted.status)).toEqual([200, 200, 200, 200]);
    expect(door.unread["served"]).toEqual({ overflow: 1, oversize: 0 });
    expect(door.unread["truth"]).toBeUndefined();
    // The room is given back.
    expect((await door.post("/v1/events", "[]", JSON_TYPE)).status).toBe(200);
    expect((await door.post("/", large, EVENT)).status).toBe(200);
    expect(door.unread["served"]?.overflow).toBe(1);
  });

  it("go to the stream that the query names", async () => {
    const second = { ...STREAMS.served, name: "second" };
    const door = await openDoor({ streams: [STREAMS.served, second] });
    expect((await door.post("/?stream=second", "{}", EVENT)).status).toBe(200);
    expect(door.delivered.map(({ stream }) => stream)).toEqual(["second"]);
    expect(await door.post("/", "{}", EVENT)).toMatchObject({
      status: 404,
      body: { error: { message: "Say which stream: /?stream=NAME. There are: served, second." } },
    });
  });
});
