import { afterEach, expect, test } from "vitest";
import { createServer, listen } from "../../src/runtime/server.ts";
import type { Server } from "../../src/runtime/server.ts";
import { recordLog } from "./log-lines.ts";

const open: Server[] = [];
afterEach(async () => {
  for (const server of open.splice(0)) await server.close();
});

function server() {
  const { log, lines } = recordLog();
  const created = createServer({ log });
  open.push(created);
  return { server: created, lines };
}

test("port 0 takes a free port and says which", async () => {
  const { server: first } = server();
  first.get("/x", () => ({ ok: true }));
  const address = await listen(first, { host: "127.0.0.1", port: 0 });
  expect(address.port).toBeGreaterThan(0);
  expect(address.url).toBe(`http://127.0.0.1:${address.port}`);
  const response = await fetch(`${address.url}/x`);
  expect(await response.json()).toEqual({ ok: true });
});

test("a port in use is a coded error that names it and what to do", async () => {
  const { port } = await listen(server().server, { host: "127.0.0.1", port: 0 });
  await expect(listen(server().server, { host: "127.0.0.1", port })).rejects.toMatchObject({
    code: "PORT_IN_USE",
    exit: 70,
    message: `Port ${port} on 127.0.0.1 is taken. Set http.port in driftd.yaml to another port, or stop what listens there.`,
  });
});

test("an address that is not this machine's is a coded error", async () => {
  await expect(listen(server().server, { host: "192.0.2.1", port: 0 })).rejects.toMatchObject({
    code: "LISTEN_FAILED",
    exit: 70,
  });
});

test("an unknown path is JSON", async () => {
  const response = await server().server.inject({ url: "/nothing" });
  expect(response.statusCode).toBe(404);
  expect(response.json()).toEqual({ error: { code: "NOT_FOUND", message: "There is no GET /nothing." } });
});

test("a failing route hides its reason from the caller and logs it", async () => {
  const { server: failing, lines } = server();
  failing.get("/boom", () => Promise.reject(new Error("the store is at /secret/path")));
  const response = await failing.inject({ url: "/boom" });
  expect(response.statusCode).toBe(500);
  expect(response.body).not.toContain("secret");
  expect(response.json()).toMatchObject({ error: { code: "INTERNAL" } });
  expect(lines[0]).toMatchObject({ level: "error", route: "/boom" });
});

test("a body beyond the limit is refused", async () => {
  const { server: limited } = server();
  limited.post("/in", () => ({}));
  const response = await limited.inject({
    method: "POST",
    url: "/in",
    payload: { text: "x".repeat(1_100_000) },
  });
  expect(response.statusCode).toBe(413);
  expect(response.json()).toMatchObject({ error: { code: "FST_ERR_CTP_BODY_TOO_LARGE" } });
});

test("closing the server cuts idle connections", async () => {
  const { server: closing } = server();
  closing.get("/x", () => ({}));
  const { url } = await listen(closing, { host: "127.0.0.1", port: 0 });
  await (await fetch(`${url}/x`)).text();
  await closing.close();
  await expect(fetch(`${url}/x`)).rejects.toThrow("fetch failed");
});
