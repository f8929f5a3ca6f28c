import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { eventually, startDaemon } from "./daemon.ts";
import { scoredEvents } from "./events.ts";
import { writeProject } from "./project.ts";

// Others may have the machine.
vi.setConfig({ testTimeout: 120_000 });

const MINUTE = 60_000;
const BEGIN = Date.parse("2026-03-01T00:00:00Z");
/** Ten minutes as they were, and ten in which a number is renamed and another field declared in vain. */
const EVENTS = scoredEvents({ count: 2_000, from: BEGIN, to: BEGIN + 20 * MINUTE }).map((event) => {
  if (event.time < BEGIN + 10 * MINUTE) return event;
  const { amount, ...features } = event.features;
  return { ...event, features: { ...features, amountUsd: String(amount ?? "") } };
});

test("an upstream change that nobody documented is one alert, and can be looked up", async () => {
  const { directory } = await writeProject({
    config: {
      streams: { scored: { role: "inference", file: "events.jsonl", schema: "scored.schema.json" } },
    },
    rules: { rules: [{ alert: "SchemaChanged", measure: "schema-drift" }] },
  });
  writeFileSync(
    join(directory, "scored.schema.json"),
    JSON.stringify({ properties: { features: { required: ["amount"] } } }),
  );
  writeFileSync(
    join(directory, "events.jsonl"),
    EVENTS.map((event) => `${JSON.stringify(event)}\n`).join(""),
  );
  const daemon = await startDaemon(directory);
  const alert = await eventually("the alert", async () => (await daemon.alerts())[0]);
  expect(alert.alert).toBe("SchemaChanged");
  expect(Date.parse(alert.startsAt)).toBe(BEGIN + 11 * MINUTE);
  expect(alert.explanation).toContain("Field amountUsd is new, text (numeric)");
  expect(alert.explanation).toContain("Field amount breaks what the stream's schema declares (required)");
  await daemon.accounted("scored", ({ rows }) => rows.received >= EVENTS.length);
  const { schemas } = JSON.parse(await daemon.text("/api/schema?model=scoring"));
  expect(schemas[0].changes.map(({ field, kind }: { field: string; kind: string }) => [field, kind])).toEqual(
    [
      ["amount", "declared"],
      ["amount", "gone"],
      ["amountUsd", "new"],
    ],
  );
  expect(await daemon.metric("driftd_schema_changed_fields")).toContain(
    'driftd_schema_changed_fields{model="scoring",kind="gone"} 1',
  );
  expect((await daemon.metric("driftd_lineage_info"))[0]).toMatch(
    /^driftd_lineage_info\{model="scoring",reference="[0-9a-f]{12}",rules="[0-9a-f]{12}",schema="[0-9a-f]{12}"\} 1$/,
  );
  expect((await daemon.end()).code).toBe(0);
});
