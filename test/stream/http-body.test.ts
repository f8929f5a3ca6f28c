import { createServer, request, type ClientRequest, type IncomingMessage } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { gzipSync } from "node:zlib";
import { describe, expect, it, onTestFinished } from "vitest";
import { looksPacked, readBody, unpack, type Body, type WholeBody } from "../../src/stream/http-body.ts";
import { createRoom, type Room } from "../../src/stream/http-room.ts";
import { until } from "./listener.ts";

/** What a request takes beside its body. */
const OWN = 4_096;
const LIMIT = 10_000;

/** A request of which nothing has been sent yet, as its sender and as its receiver see it. */
async function openRequest(headers: Record<string, string> = {}): Promise<[ClientRequest, IncomingMessage]> {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  // A TCP server's address is an object.
  const { port } = server.address() as AddressInfo;
  const sender = request({ port, host: "127.0.0.1", method: "POST", headers });
  sender.on("error", () => undefined);
  const received = once(server, "request");
  sender.flushHeaders();
  // Node's documented first argument of `request`.
  const [incoming] = (await received) as [IncomingMessage];
  return [sender, incoming];
}

function bodyOf(incoming: IncomingMessage, room: Room, limit = LIMIT): Promise<Body> {
  return new Promise((resolve) => readBody(incoming, { limit, room }, resolve));
}

describe("readBody", () => {
  it("takes room for what has come, and leaves it taken with the whole body", async () => {
    const room = createRoom(50_000);
    const [sender, incoming] = await openRequest();
    const body = bodyOf(incoming, room);
    expect(room.taken).toBe(OWN);
    sender.write("x".repeat(3_000));
    await until("a first part", () => room.taken === OWN + 3_000);
    sender.end("y".repeat(2_000));
    expect(await body).toMatchObject({ kind: "whole", room: OWN + 5_000 });
    expect(room.taken).toBe(OWN + 5_000);
  });

  it("gives the room back where the sender goes away", async () => {
    const room = createRoom(50_000);
    const [sender, incoming] = await openRequest({ "content-length": "9000" });
    void bodyOf(incoming, room);
    sender.write("x".repeat(3_000));
    await until("a first part", () => room.taken === OWN + 3_000);
    sender.destroy();
    await until("the sender to be missed", () => incoming.destroyed && room.taken === 0);
    expect(incoming.complete).toBe(false);
  });

  it.each([
    ["announced", { "content-length": "10001" }],
    ["not announced", {}],
  ])("keeps nothing of what is too large, %s", async (_, headers) => {
    const room = createRoom(50_000);
    const [sender, incoming] = await openRequest(headers);
    const body = bodyOf(incoming, room);
    sender.end("x".repeat(10_001));
    expect(await body).toEqual({ kind: "too-large" });
    expect(room.taken).toBe(0);
  });

  it("keeps nothing of what there is no room for", async () => {
    const room = createRoom(6_000);
    const [sender, incoming] = await openRequest();
    const body = bodyOf(incoming, room);
    sender.end("x".repeat(2_000));
    expect(await body).toEqual({ kind: "no-room" });
    expect(room.taken).toBe(0);
  });
});

describe("unpack", () => {
  const unpacked = (bytes: Uint8Array, room: Room): Promise<Body> => {
    const body: WholeBody = { kind: "whole", bytes, room: bytes.length + OWN };
    room.take(body.room);
    return new Promise((resolve) => unpack(body, { limit: LIMIT, room }, resolve));
  };

  it("hands the packed body's room over to the unpacked one", async () => {
    const room = createRoom(50_000);
    const text = Buffer.from("0123456789".repeat(900));
    expect(await unpacked(gzipSync(text), room)).toMatchObject({
      kind: "whole",
      bytes: text,
      room: OWN + 9_000,
    });
    expect(room.taken).toBe(OWN + 9_000);
  });

  it("refuses what would be too large, or has no room, and gives all back", async () => {
    const wide = createRoom(15_000);
    expect(await unpacked(gzipSync("x".repeat(10_001)), wide)).toEqual({ kind: "too-large" });
    expect(wide.taken).toBe(0);
    const room = createRoom(14_000);
    // What the last member says of itself is true, and not all.
    const members = Buffer.concat([gzipSync("x".repeat(9_999)), gzipSync("yyy")]);
    expect(await unpacked(members, createRoom(50_000))).toEqual({ kind: "too-large" });
    expect(await unpacked(gzipSync("x".repeat(9_990)), room)).toEqual({ kind: "no-room" });
    expect(room.taken).toBe(0);
  });

  it.each([
    ["its end", (packed: Buffer) => packed.subarray(0, -12)],
    ["all but its beginning", (packed: Buffer) => packed.subarray(0, 24)],
  ])("leaves gzip without %s as it is, whatever its last bytes would say", async (_, cut) => {
    const room = createRoom(50_000);
    const packed = gzipSync(Buffer.from("0123456789".repeat(90)).map((byte, index) => byte ^ (index * 7)));
    const bytes = cut(packed);
    expect(bytes.readUInt32LE(bytes.length - 4)).toBeGreaterThan(LIMIT);
    expect(await unpacked(bytes, room)).toMatchObject({ kind: "whole", bytes });
    expect(room.taken).toBe(bytes.length + OWN);
  });

  it("leaves what only looks like gzip as it is", async () => {
    const room = createRoom(50_000);
    const bytes = Buffer.from([0x1f, 0x8b, ...Array.from({ length: 20 }, () => 0)]);
    expect(looksPacked(bytes)).toBe(true);
    expect(await unpacked(bytes, room)).toMatchObject({ kind: "whole", bytes });
    expect(room.taken).toBe(bytes.length + OWN);
    expect(looksPacked(bytes.subarray(0, 10))).toBe(false);
  });
});
