import { expect, test } from "vitest";
import { registerAlerts } from "../../../src/web/api/alerts.ts";
import { exampleAlert, resolved } from "../../publish/alerts.ts";
import { server } from "./app.ts";

test("alerts come newest first, and can be chosen by state and model", async () => {
  const old = exampleAlert({ id: "old", startsAt: "2026-01-15T13:00:00.000Z" });
  const gone = resolved(exampleAlert({ id: "gone", model: "churn" }));
  const app = server();
  registerAlerts(app, { alerts: () => [old, gone], elsewhere: () => undefined });
  const ids = async (url: string): Promise<string[]> => {
    const answer: { alerts: { id: string }[] } = (await app.inject(url)).json();
    return answer.alerts.map(({ id }) => id);
  };
  expect(await ids("/api/alerts")).toEqual(["gone", "old"]);
  expect(await ids("/api/alerts?state=firing")).toEqual(["old"]);
  expect(await ids("/api/alerts?model=churn")).toEqual(["gone"]);
  expect((await app.inject("/api/alerts?model=churn")).json().alerts[0]).toEqual(gone);
});

test("an unknown state is refused as JSON", async () => {
  const app = server();
  registerAlerts(app, { alerts: () => [], elsewhere: () => undefined });
  const response = await app.inject("/api/alerts?state=burning");
  expect(response.statusCode).toBe(400);
  expect(response.json().error.code).toBe("FST_ERR_VALIDATION");
});

test("who does not judge says where to ask", async () => {
  const app = server();
  registerAlerts(app, { alerts: () => [], elsewhere: () => "Ask another." });
  expect((await app.inject("/api/alerts")).json()).toEqual({ alerts: [], elsewhere: "Ask another." });
});
