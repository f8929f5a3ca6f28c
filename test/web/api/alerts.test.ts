import { expect, test } from "vitest";
import { registerAlerts, type AlertSource } from "../../../src/web/api/alerts.ts";
import { exampleAlert, resolved } from "../../publish/alerts.ts";
import { server } from "./app.ts";

function serverOf(source: Partial<AlertSource>): ReturnType<typeof server> {
  const app = server();
  registerAlerts(app, {
    alerts: () => [],
    statistics: () => [],
    judge: async () => undefined,
    allows: async () => true,
    elsewhere: () => undefined,
    ...source,
  });
  return app;
}

test("alerts come newest first, and can be chosen by state and model; by default those that fire", async () => {
  const old = exampleAlert({ id: "old", startsAt: "2026-01-15T13:00:00.000Z" });
  const gone = resolved(exampleAlert({ id: "gone", model: "churn" }));
  const app = serverOf({ alerts: () => [old, gone] });
  const ids = async (url: string): Promise<string[]> => {
    const answer: { alerts: { id: string }[] } = (await app.inject(url)).json();
    return answer.alerts.map(({ id }) => id);
  };
  expect(await ids("/api/alerts?state=all")).toEqual(["gone", "old"]);
  expect(await ids("/api/alerts")).toEqual(["old"]);
  expect(await ids("/api/alerts?state=resolved")).toEqual(["gone"]);
  expect(await ids("/api/alerts?state=all&model=churn")).toEqual(["gone"]);
  expect((await app.inject("/api/alerts?state=all&model=churn")).json().alerts[0]).toEqual(gone);
});

test("an unknown state is refused as JSON", async () => {
  const response = await serverOf({}).inject("/api/alerts?state=burning");
  expect(response.statusCode).toBe(400);
  expect(response.json().error.code).toBe("FST_ERR_VALIDATION");
});

test("who does not judge says where to ask", async () => {
  const app = serverOf({ elsewhere: () => "Ask another.", judge: async () => false });
  expect((await app.inject("/api/alerts")).json()).toEqual({ alerts: [], elsewhere: "Ask another." });
  const answer = await app.inject({ method: "POST", url: "/api/alerts/a1/false", payload: { by: "ann" } });
  expect(answer.statusCode).toBe(409);
  expect(answer.json().error).toEqual({ code: "ELSEWHERE", message: "Ask another." });
});

test("what a person says of an alert is handed on, and the alert answered with it", async () => {
  const said: unknown[] = [];
  const app = serverOf({
    async judge(id, name, judgement) {
      said.push([id, name, judgement]);
      return id === "a1" ? exampleAlert({ id }) : undefined;
    },
  });
  const post = (url: string, payload: object) => app.inject({ method: "POST", url, payload });
  const answer = await post("/api/alerts/a1/acknowledge", { by: "ann", reason: "new tariff" });
  expect(answer.statusCode).toBe(200);
  expect(answer.json().alert.id).toBe("a1");
  expect((await post("/api/alerts/a1/false", { by: "bob" })).statusCode).toBe(200);
  expect(said).toEqual([
    ["a1", "acknowledged", { by: "ann", reason: "new tariff" }],
    ["a1", "false", { by: "bob" }],
  ]);
  const unknown = await post("/api/alerts/zz/false", { by: "bob" });
  expect(unknown.statusCode).toBe(404);
  expect(unknown.json().error.code).toBe("UNKNOWN_ALERT");
  expect((await post("/api/alerts/a1/false", { reason: "nobody said so" })).statusCode).toBe(400);
  expect((await post("/api/alerts/a1/real", { by: "bob" })).statusCode).toBe(404);
});

test("whoever shows no token may read, and judge nothing", async () => {
  const judged: string[] = [];
  const app = serverOf({
    allows: async (authorization) => authorization === "Bearer secret",
    async judge(id) {
      judged.push(id);
      return exampleAlert({ id });
    },
  });
  const post = (headers: Record<string, string>) =>
    app.inject({ method: "POST", url: "/api/alerts/a1/false", payload: { by: "ann" }, headers });
  const refused = await post({});
  expect(refused.statusCode).toBe(401);
  expect(refused.json().error.code).toBe("TOKEN_NEEDED");
  expect(judged).toEqual([]);
  expect((await post({ authorization: "Bearer secret" })).statusCode).toBe(200);
  expect(judged).toEqual(["a1"]);
  expect((await app.inject("/api/alerts")).statusCode).toBe(200);
});
