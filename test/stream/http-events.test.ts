import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { openDoor, STREAMS } from "./http-fixture.ts";
import { until } from "./listener.ts";

const JSON_TYPE = { "content-type": "application/json" };
const LINES = { "content-type": "application/x-ndjson" };

describe("POST /v1/events and /v1/labels", () => {
  it.each([
    ["an object", '{"id":"a"}', JSON_TYPE, 1],
    ["an array", '[{"id":"a"},{"id":"b"}]', JSON_TYPE, 2],
    ["JSON lines", '{"id":"a"}\n{"id":"b"}\n', LINES, 2],
    ["JSON lines that do not say so", '{"id":"a"}\n{"id":"b"}\n', {}, 2],
    ["an empty array", "[]", JSON_TYPE, 0],
    ["gzip", gzipSync('[{"id":"a"},{"id":"b"}]'), { ...JSON_TYPE, "content-encoding": "gzip" }, 2],
    ["gzip that does not say so", gzipSync('{"id":"a"}'), JSON_TYPE, 1],
  ])("take %s", async (_, body, headers, count) => {
    const door = await openDoor();
    expect(await door.post("/v1/events", body, headers)).toMatchObject({
      status: 200,
      body: { accepted: count },
    });
    expect(door.delivered.map(({ value }) => value)).toEqual(['{"id":"a"}', '{"id":"b"}'].slice(0, count));
    expect(await door.post("/v1/labels", body, headers)).toMatchObject({ status: 200 });
    expect(new Set(door.delivered.map(({ stream }) => stream)).size).toBe(count === 0 ? 0 : 2);
  });

  it("give every item the headers of the request", async () => {
    const door = await openDoor();
    await door.post("/v1/events", "[1,2]", { ...JSON_TYPE, "Model-Version": "7" });
    expect(door.delivered.map(({ headers }) => headers["model-version"])).toEqual(["7", "7"]);
  });

  it("do not take along what a sender shows to be let in", async () => {
    const door = await openDoor();
    const secrets = {
      authorization: "Bearer s3cret",
      "proxy-authorization": "Basic s3cret",
      cookie: "s3cret",
    };
    await door.post("/v1/events", '{"a":1}', { ...secrets, "model-version": "7" });
    expect(door.delivered.map(({ headers }) => headers["model-version"])).toEqual(["7"]);
    expect(JSON.stringify(door.delivered)).not.toContain("s3cret");
  });

  it("say which items were not taken, and why; the others are", async () => {
    const door = await openDoor();
    door.onDeliver = ([delivery]) => {
      for (const [record, reason] of [
        [3, "undecodable"],
        [1, "invalid"],
        [1, "late"],
      ] as const) {
        delivery?.dropped?.(record, reason);
      }
      return true;
    };
    expect(await door.post("/v1/events", "[0,1,2,3]", JSON_TYPE)).toMatchObject({
      status: 400,
      body: {
        accepted: 2,
        rejected: [
          { index: 1, reason: "invalid" },
          { index: 3, reason: "undecodable" },
        ],
      },
    });
  });

  it("tell every request of its own items only", async () => {
    const door = await openDoor({ isStarted: false });
    door.onDeliver = ([delivery]) => {
      if (delivery?.stream !== "scored") return true;
      const values = delivery.requests.flatMap((request) => request.values);
      for (const [i, value] of values.entries())
        if (Buffer.from(value).toString() === '"bad"') delivery.dropped?.(i, "invalid");
      return true;
    };
    const posted = [`["bad"]`, "[1,2]", `[1,"bad",2,"bad"]`].map((body) => door.post("/v1/events", body));
    await until("three requests", () => door.source.partitions().some(({ end }) => end === 3));
    await door.start();
    expect((await Promise.all(posted)).map(({ status, body }) => [status, body])).toEqual([
      [400, { accepted: 0, rejected: [{ index: 0, reason: "invalid" }] }],
      [200, { accepted: 2 }],
      [
        400,
        {
          accepted: 2,
          rejected: [
            { index: 1, reason: "invalid" },
            { index: 3, reason: "invalid" },
          ],
        },
      ],
    ]);
    expect(door.groups).toEqual([7]);
  });

  it("take what came before for no fault: whoever got no answer sends again", async () => {
    const door = await openDoor();
    door.onDeliver = ([delivery]) => {
      delivery?.dropped?.(0, "duplicate");
      return true;
    };
    expect(await door.post("/v1/events", "[1,2]")).toMatchObject({
      status: 200,
      body: { accepted: 1, rejected: [{ index: 0, reason: "duplicate" }] },
    });
  });

  it.each([
    ["too large", "x".repeat(100_001), JSON_TYPE],
    ["too large once unpacked", gzipSync("x".repeat(100_001)), JSON_TYPE],
    [
      "too large in several members",
      Buffer.concat([gzipSync("x".repeat(99_000)), gzipSync(" ".repeat(9_000))]),
      JSON_TYPE,
    ],
  ])("answer 413 to what is %s, and count it", async (_, body, headers) => {
    const door = await openDoor();
    const { status, body: said } = await door.post("/v1/events", body, headers);
    expect([status, said]).toMatchObject([413, { error: { code: "TOO_LARGE" } }]);
    expect(door.unread["scored"]).toEqual({ overflow: 0, oversize: 1 });
  });

  it("answer 413 to too many items, and take none of them", async () => {
    const door = await openDoor({ http: { maxBodyBytes: 1_000_000 } });
    const { status, body } = await door.post("/v1/events", "1\n".repeat(65_537));
    expect([status, body]).toMatchObject([
      413,
      { error: { message: expect.stringContaining("65536 items") } },
    ]);
    expect(door.delivered).toEqual([]);
  });

  it("take gzip of several members", async () => {
    const door = await openDoor();
    const body = Buffer.concat([gzipSync('{"id":"a"}\n'), gzipSync('{"id":"b"}\n')]);
    expect(await door.post("/v1/events", body)).toMatchObject({ status: 200, body: { accepted: 2 } });
  });

  it("hand corrupt gzip over as the one record that it is", async () => {
    const door = await openDoor();
    const body = gzipSync('{"id":"a"}\n'.repeat(50));
    body[15] = 255 - (body[15] ?? 0);
    await door.post("/v1/events", body);
    expect(door.delivered.map(({ value }) => Buffer.from(value, "latin1"))).toEqual([body]);
  });

  it.each([
    [{ "content-type": "text/csv" }, "text/csv is not read here"],
    [{ "content-type": "multipart/form-data; boundary=x" }, "is not read here"],
    [{ ...JSON_TYPE, "content-encoding": "br" }, "Content-Encoding br is not read"],
  ])("answer 415 to %j", async (headers, says) => {
    const door = await openDoor();
    const { status, body } = await door.post("/v1/events", "a,b", headers);
    expect([status, body]).toMatchObject([415, { error: { message: expect.stringContaining(says) } }]);
  });

  it("say which streams there are where one is unknown or has to be named", async () => {
    const other = { ...STREAMS.scored, name: "other" };
    const door = await openDoor({ streams: [STREAMS.served, STREAMS.scored, other] });
    expect(await door.post("/v1/events?stream=x", "{}")).toMatchObject({
      status: 404,
      body: {
        error: {
          code: "UNKNOWN_STREAM",
          message: "/v1/events has no stream x. There are: served, scored, other.",
        },
      },
    });
    expect(await door.post("/v1/events", "{}")).toMatchObject({
      status: 404,
      body: { error: { code: "STREAM_NEEDED" } },
    });
    expect(await door.post("/v1/events?stream=other&stream=scored", "{}")).toMatchObject({ status: 404 });
    expect(await door.post("/v1/events?stream=other", "{}")).toMatchObject({ status: 200 });
    expect(await door.post("/v1/labels", "{}")).toMatchObject({ status: 404 });
    expect(door.routes.map(({ path, streams }) => [path, streams])).toEqual([
      ["/", ["served"]],
      ["/v1/events", ["served", "scored", "other"]],
      ["/consumer/kserve/v2", ["served"]],
    ]);
  });

  it("hand what model servers write over as it came", async () => {
    const requests = { ...STREAMS.scored, name: "asked", role: "inputs", format: "oip-v2" } as const;
    const door = await openDoor({ streams: [requests] });
    const posted = await door.post("/v1/events?stream=asked", "[1,\n2]", {
      "content-type": "application/x-protobuf",
    });
    expect(posted).toMatchObject({ status: 200, body: { accepted: 1 } });
    expect(door.delivered.map(({ value }) => value)).toEqual(["[1,\n2]"]);
  });
});
