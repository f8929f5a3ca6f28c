import { createServer } from "node:http";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { exampleAlert } from "../publish/alerts.ts";
import { runCommand } from "./command-io.ts";

const STATISTICS = {
  model: "fraud",
  since: "2026-01-01T00:00:00.000Z",
  through: "2026-01-16T00:00:00.000Z",
  fired: 4,
  promised: 3,
  acknowledged: 2,
  false: 2,
  falsePromised: 1,
  budget: { falseAlarms: 1, per: 30 * 86_400_000, since: 0.5 },
  alerts: [],
};
const JUDGED = exampleAlert({
  judgements: { acknowledged: { by: "ann", at: "2026-01-15T15:30:00.000Z", reason: "new tariff" } },
});

interface Asked {
  readonly url: string | undefined;
  readonly authorization: string | undefined;
  readonly body: string;
}

/** A daemon that answers what it is told to, by path. */
async function daemonOf(answers: Readonly<Record<string, { status?: number; body: unknown }>>) {
  const asked: Asked[] = [];
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const part of request) body += String(part);
    asked.push({ url: request.url, authorization: request.headers.authorization, body });
    const { status = 200, body: answer } = answers[request.url ?? ""] ?? { status: 404, body: {} };
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(answer));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  // A server on a port has such an address.
  const { port } = server.address() as AddressInfo;
  return { port, url: `http://127.0.0.1:${port}`, asked };
}

const LISTS = {
  "/api/alerts?state=firing": { body: { alerts: [JUDGED] } },
  "/api/alerts/statistics": { body: { models: [STATISTICS] } },
};

test("lists what fires, what people said of it, and what the budget allows", async () => {
  const { url } = await daemonOf(LISTS);
  const { status, out, err } = await runCommand(["alerts", "--url", url]);
  expect(err).toBe("");
  expect(status).toBe(1);
  expect(out).toBe(
    `a1  firing  since 2026-01-15T14:05:00.000Z
    FeatureDrift fraud/amount v7: amount moved up. PSI 0.31 (limit 0.02).
    acknowledged by ann at 2026-01-15T15:30:00.000Z: new tariff
fraud, since 2026-01-01T00:00:00.000Z: 4 fired, 2 acknowledged, 2 called false. Of the 3 that the budget covers 1 were called false; it allows 1 in 30 d, 0.50 so far.
`,
  );
  const json = await runCommand(["alerts", "list", "--url", url, "--json"]);
  expect(JSON.parse(json.out)).toEqual({ alerts: [JUDGED], models: [STATISTICS] });
});

test("where the budget covers no alert, that is said", async () => {
  const { url } = await daemonOf({
    ...LISTS,
    "/api/alerts/statistics": { body: { models: [{ ...STATISTICS, promised: 0, falsePromised: 0 }] } },
  });
  const { out } = await runCommand(["alerts", "--url", url]);
  expect(out).toContain(
    "2 called false. The budget covers none of them; it allows 1 in 30 d, 0.50 so far.\n",
  );
});

test("nothing that fires is good news", async () => {
  const { url } = await daemonOf({
    "/api/alerts?state=all": { body: { alerts: [] } },
    "/api/alerts/statistics": { body: { models: [] } },
  });
  expect(await runCommand(["alerts", "list", "--all", "--url", url])).toMatchObject({
    status: 0,
    out: "Nothing fires.\n",
  });
});

test("a judgement goes to the daemon of the configuration, with its token", async () => {
  const { port, asked } = await daemonOf({ "/api/alerts/a1/acknowledge": { body: { alert: JUDGED } } });
  const cwd = mkdtempSync(join(tmpdir(), "driftd-alerts-"));
  onTestFinished(() => rmSync(cwd, { recursive: true, force: true }));
  writeFileSync(join(cwd, "token"), "secret\n");
  writeFileSync(
    join(cwd, "driftd.yaml"),
    JSON.stringify({
      version: 1,
      streams: { s: { role: "inference", http: true } },
      rules: ["rules/*.yaml"],
      http: { host: "0.0.0.0", port, tokenFile: "token" },
    }),
  );
  const argv = ["alerts", "acknowledge", "a1", "--by", "ann", "--reason", "new tariff"];
  const { status, out, err } = await runCommand(argv, { cwd });
  expect(err).toBe("");
  expect(status).toBe(0);
  expect(out).toContain("acknowledged by ann");
  expect(asked).toEqual([
    {
      url: "/api/alerts/a1/acknowledge",
      authorization: "Bearer secret",
      body: '{"by":"ann","reason":"new tariff"}',
    },
  ]);
});

test("what the daemon refuses, and that there is none, is said", async () => {
  const message = "There is no alert zz that fires or ended lately.";
  const { url } = await daemonOf({
    "/api/alerts/zz/false": { status: 404, body: { error: { code: "UNKNOWN_ALERT", message } } },
  });
  const refused = await runCommand(["alerts", "false", "zz", "--by", "ann", "--url", url]);
  expect(refused).toMatchObject({
    status: 70,
    err: `driftd: DAEMON_FAILED: ${url} answers 404: ${message}\n`,
  });
  const nobody = await runCommand(["alerts", "--url", "http://127.0.0.1:9"]);
  expect(nobody.status).toBe(70);
  expect(nobody.err).toMatch(/No daemon answers at http:\/\/127\.0\.0\.1:9\. Start it with driftd run/);
  const nowhere = await runCommand(["alerts", "--url", "localhost:9464"]);
  expect(nowhere).toMatchObject({
    status: 2,
    err: "driftd: USAGE: --url localhost:9464 is no address. Write it as http://localhost:9464.\n",
  });
  const nameless = await runCommand(["alerts", "false", "zz", "--by", " ", "--url", url]);
  expect(nameless).toMatchObject({ status: 2, err: "driftd: USAGE: --by is empty. Say who judges.\n" });
  const unsigned = await runCommand(["alerts", "false", "zz", "--url", url]);
  expect(unsigned).toMatchObject({ status: 2, err: expect.stringContaining("--by") });
});
