import { once } from "node:events";
import { createServer } from "node:http";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test } from "vitest";
import { createAlertmanagerSink } from "../../src/publish/alertmanager.ts";
import type { PostableAlert } from "../../src/publish/alertmanager-payload.ts";
import { recordLog } from "../runtime/log-lines.ts";
import { exampleAlert, resolved } from "./alerts.ts";

const MINUTE = 60_000;
const NOON = Date.UTC(2026, 0, 15, 14, 20);
const servers: Server[] = [];

afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

type Answer = (alerts: readonly PostableAlert[], response: ServerResponse) => void;

const accept: Answer = (_alerts, response) => void response.end();

/** Stands in for Alertmanager: keeps what it is sent, answers as told. */
async function receiver(answer: Answer = accept) {
  const batches: PostableAlert[][] = [];
  const paths: string[] = [];
  const server = createServer((request: IncomingMessage, response) => {
    void (async () => {
      let body = "";
      for await (const chunk of request) body += String(chunk);
      // The sink under test wrote it.
      const alerts = JSON.parse(body) as PostableAlert[];
      batches.push(alerts);
      paths.push(request.url ?? "");
      answer(alerts, response);
    })();
  });
  servers.push(server);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  // A TCP server's address is an object.
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, batches, paths };
}

function sinkTo(urls: readonly string[], timeout = 60_000) {
  const { log, lines } = recordLog();
  return { sink: createAlertmanagerSink({ config: { urls, resend: MINUTE, timeout }, log }), lines };
}

const columns = (batch: readonly PostableAlert[] | undefined) => batch?.map(({ labels }) => labels["column"]);

test("every Alertmanager hears of every alert, under its path", async () => {
  const first = await receiver();
  const second = await receiver();
  const { sink } = sinkTo([first.url, `${second.url}/prefix`]);
  await sink.deliver([exampleAlert(), exampleAlert({ id: "a2", column: "card" })], { now: NOON });
  expect(columns(first.batches[0])).toEqual(["amount", "card"]);
  expect(second.batches).toEqual(first.batches);
  expect(first.paths).toEqual(["/api/v2/alerts"]);
  expect(second.paths).toEqual(["/prefix/api/v2/alerts"]);
});

test("one that is down is logged; all of them down is a rejection, so that it is tried again", async () => {
  const up = await receiver();
  const down = await receiver((_alerts, response) => void response.writeHead(503).end("starting"));
  const { sink, lines } = sinkTo([down.url, up.url]);
  await sink.deliver([exampleAlert()], { now: NOON });
  expect(up.batches).toHaveLength(1);
  expect(lines.map((line) => line["level"])).toEqual(["warn"]);
  await expect(sinkTo([down.url]).sink.deliver([exampleAlert()], { now: NOON })).rejects.toThrow(
    "No Alertmanager took the alerts.",
  );
});

test("one bad alert in a batch is found, logged and given up; the others arrive", async () => {
  const taken: (string | undefined)[] = [];
  const strict = await receiver((alerts, response) => {
    if (columns(alerts)?.includes("bad") === true) {
      response.writeHead(400).end("invalid label set");
      return;
    }
    taken.push(...(columns(alerts) ?? []));
    response.end();
  });
  const { sink, lines } = sinkTo([strict.url]);
  const batch = ["a", "b", "bad", "c", "d"].map((column) => exampleAlert({ id: column, column }));
  await sink.deliver(batch, { now: NOON });
  expect(taken).toEqual(["a", "b", "c", "d"]);
  expect(lines).toHaveLength(1);
  expect(lines[0]).toMatchObject({ level: "error", refusal: "invalid label set", labels: { column: "bad" } });
});

test("an Alertmanager that does not answer in time is as good as down", async () => {
  const hanging = await receiver(() => {});
  const { sink } = sinkTo([hanging.url], 30);
  await expect(sink.deliver([exampleAlert()], { now: NOON })).rejects.toThrow(
    "No Alertmanager took the alerts.",
  );
});

test("closing gives up what is under way", async () => {
  const hanging = await receiver(() => {});
  const { sink } = sinkTo([hanging.url]);
  const delivery = sink.deliver([exampleAlert()], { now: NOON });
  await sink.close();
  await expect(delivery).rejects.toThrow("No Alertmanager took the alerts.");
});

test("what fires is sent again each minute, with a new lease", async () => {
  const { url, batches } = await receiver();
  const { sink } = sinkTo([url]);
  const alert = exampleAlert();
  await sink.deliver([alert], { now: NOON });
  await sink.refresh?.([alert], { now: NOON + 45_000 });
  expect(batches).toHaveLength(1);
  await sink.refresh?.([alert], { now: NOON + MINUTE });
  expect(batches).toHaveLength(2);
  expect(batches[1]?.[0]?.endsAt).toBe(new Date(NOON + 5 * MINUTE).toISOString());
});

test("a new process says at once what fires", async () => {
  const { url, batches } = await receiver();
  await sinkTo([url]).sink.refresh?.([exampleAlert()], { now: NOON });
  expect(batches).toHaveLength(1);
});

test("what is resolved is said again for five minutes", async () => {
  const { url, batches } = await receiver();
  const { sink } = sinkTo([url]);
  await sink.deliver([exampleAlert()], { now: NOON });
  await sink.deliver([resolved(exampleAlert())], { now: NOON + MINUTE });
  for (let minute = 2; minute <= 20; minute += 1) await sink.refresh?.([], { now: NOON + minute * MINUTE });
  expect(batches).toHaveLength(2 + 5);
});

test("an alert that fires anew is not ended by the resolved one before it", async () => {
  const { url, batches } = await receiver();
  const { sink } = sinkTo([url]);
  await sink.deliver([resolved(exampleAlert({ id: "first" }))], { now: NOON });
  const anew = exampleAlert({ id: "second", startsAt: new Date(NOON).toISOString() });
  await sink.deliver([anew], { now: NOON + MINUTE });
  await sink.refresh?.([anew], { now: NOON + 2 * MINUTE });
  expect(batches).toHaveLength(3);
  expect(batches[2]?.map(({ startsAt }) => startsAt)).toEqual([anew.startsAt]);
});
