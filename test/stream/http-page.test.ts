import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { readConfig } from "../../src/config/config-file.ts";
import { createServer } from "../../src/runtime/server.ts";
import { createHttpSource } from "../../src/stream/http.ts";
import { recordLog } from "../runtime/log-lines.ts";

const page = readFileSync(fileURLToPath(new URL("../../docs/HTTP.md", import.meta.url)), "utf8");

test("the page's configuration has no fault, and opens the routes that the page lists", () => {
  const text = /```yaml\n([\s\S]*?)```/.exec(page)?.[1] ?? "";
  const { config, faults } = readConfig({ text, file: "driftd.yaml", env: {} });
  expect(faults).toEqual([]);
  if (config === undefined) throw new Error("no configuration");
  const { log } = recordLog();
  const source = createHttpSource({
    streams: Object.values(config.streams),
    http: config.http,
    clock: () => 0,
    log,
  });
  const routes = source.register?.(createServer({ log })) ?? [];
  const listed = [...page.matchAll(/^\| `(POST \/\S*)`/gm)].map(([, route]) => route);
  expect(routes.map(({ method, path }) => `${method} ${path}`)).toEqual(listed);
});
