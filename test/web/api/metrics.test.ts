import { expect, test } from "vitest";
import { registerMetrics } from "../../../src/web/api/metrics.ts";
import { server } from "./app.ts";

test("metrics are rendered for each scrape, with the exposition's content type", async () => {
  let scrapes = 0;
  const app = server();
  registerMetrics(app, {
    contentType: "text/plain; version=0.0.4; charset=utf-8",
    render: async () => `scrape ${(scrapes += 1)}\n`,
  });
  await app.inject("/metrics");
  const second = await app.inject("/metrics");
  expect(second.body).toBe("scrape 2\n");
  expect(second.headers["content-type"]).toBe("text/plain; version=0.0.4; charset=utf-8");
});
