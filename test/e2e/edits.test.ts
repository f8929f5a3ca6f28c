import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { startDaemon } from "./daemon.ts";
import { scoredEvents } from "./events.ts";
import { sharedReference, writeProject } from "./project.ts";

const BEGIN = Date.parse("2026-03-01T00:00:00Z");
const EVENTS = scoredEvents({ count: 500, from: BEGIN, to: BEGIN + 600_000 });

beforeAll(sharedReference);

test("an edit of limits is no news at the next start, one of what is counted is named in one line", async () => {
  const project = await writeProject({
    config: { streams: { scored: { role: "inference", file: "e.jsonl" } } },
  });
  writeFileSync(
    join(project.directory, "e.jsonl"),
    EVENTS.map((event) => `${JSON.stringify(event)}\n`).join(""),
  );
  const rule = { alert: "FeatureDrift", measure: "psi", columns: ["amount"] };
  const edit = (change: object): void =>
    writeFileSync(
      join(project.directory, "rules/scoring.yaml"),
      JSON.stringify({
        version: 1,
        model: "scoring",
        references: { default: { file: project.reference } },
        window: { size: "5m", pane: "1m", lateness: "5s" },
        segmentBy: ["region"],
        rules: [rule],
        ...change,
      }),
    );
  const run = async (): Promise<string[]> => {
    const daemon = await startDaemon(project.directory);
    await daemon.accounted("scored", ({ rows }) => rows.measured === EVENTS.length);
    expect((await daemon.end()).code).toBe(0);
    return daemon.log().flatMap(({ level, msg }) => (level === "warn" ? [msg] : []));
  };
  edit({});
  expect(await run()).toEqual([]);
  edit({
    rules: [{ ...rule, atLeast: 0.5, for: "2m", severity: "page" }],
    budget: { falseAlarms: 3, per: "7d" },
  });
  expect(await run()).toEqual([]);
  edit({ window: { size: "5m", pane: "1m", lateness: "20s" }, versions: { keep: 2 } });
  expect(await run()).toEqual([
    expect.stringMatching(/^records are counted otherwise .*\(lateness of scoring, versions of scoring\): /),
  ]);
});
