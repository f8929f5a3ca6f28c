import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { createServer, listen, type Server } from "../../src/runtime/server.ts";
import { recordLog } from "./log-lines.ts";

async function open() {
  const { log, lines } = recordLog();
  const server = createServer({ log });
  server.post("/taken", () => ({}));
  server.get("/broken", () => {
    throw new Error("no");
  });
  const { url, port } = await listen(server, { host: "127.0.0.1", port: 0 });
  onTestFinished(() => server.close());
  return { server, lines, url, port };
}

/** Sends just these bytes. */
async function send(port: number, text: string): Promise<Socket> {
  const socket = connect(port, "127.0.0.1");
  onTestFinished(() => void socket.destroy());
  await once(socket, "connect");
  socket.write(text);
  return socket;
}

function counts({ requests }: Server): Record<string, number> {
  return Object.fromEntries(requests.read().map(({ route, code, count }) => [`${route} ${code}`, count]));
}

test("requests are counted by route and status, and what has no route together", async () => {
  const { server, url } = await open();
  for (const path of ["/taken", "/taken?token=s3cret", "/elsewhere", "/s3cret/x"])
    await (await fetch(url + path, { method: "POST", body: "{}" })).text();
  await (await fetch(`${url}/taken`)).text();
  await (await fetch(`${url}/broken`)).text();
  await (await fetch(`${url}/taken`, { method: "POST", body: "x".repeat(1_048_577) })).text();
  await expect
    .poll(() => counts(server))
    .toEqual({
      "/taken 200": 2,
      "/taken 404": 1,
      "/taken 413": 1,
      "other 404": 2,
      "/broken 500": 1,
    });
});

test("a request whose sender is gone before the answer counts, and what is no HTTP", async () => {
  const { server, port } = await open();
  const half = (type: string): string =>
    `POST /taken HTTP/1.1\r\nHost: x\r\nContent-Type: ${type}\r\nContent-Length: 100\r\n\r\nhalf`;
  (await send(port, half("text/plain"))).end();
  await expect.poll(() => counts(server)).toEqual({ "/taken none": 1 });
  // Answered by its header, and torn after that: one request.
  const early = await send(port, half("image/png"));
  await once(early, "data");
  early.end();
  await send(port, "\x16\x03\x01 hello\r\n\r\n");
  await expect.poll(() => counts(server)).toEqual({ "/taken none": 1, "/taken 415": 1, "other 400": 1 });
});

test("the first request of each kind that is turned away is logged, without anything that it brought", async () => {
  const { lines, url } = await open();
  for (let i = 0; i < 3; i++)
    await (await fetch(`${url}/s3cret?id=s3cret`, { method: "POST", body: "s3cret" })).text();
  await expect.poll(() => lines).toHaveLength(1);
  expect(lines[0]).toMatchObject({ level: "warn", route: "other", code: "404", from: "127.0.0.1" });
  expect(JSON.stringify(lines)).not.toContain("s3cret");
});
