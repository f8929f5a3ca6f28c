import { readFile } from "node:fs/promises";
import { expect, it } from "vitest";
import { demoStreams, DEMO_RULES } from "../../../src/commands/demo/monitor.ts";
import { formatFault } from "../../../src/config/fault.ts";
import { readModel } from "../../../src/rules/model-file.ts";
import { MEASURES } from "../../../src/statistics/measures.ts";

const MINUTE = 60_000;

it("the demo's rule file is a sound model, judged by the hour and by the day", async () => {
  const text = await readFile(DEMO_RULES, "utf8");
  const { model, faults } = readModel({
    text,
    file: "rules/demo/flight-delay.yaml",
    extended: new Map(),
    measures: MEASURES,
  });
  expect(faults.map(formatFault)).toEqual([]);
  expect(model?.name).toBe("flight-delay");
  const windows = model?.rules.map(({ alert, window, for: held }) => [
    alert,
    window.size / MINUTE,
    window.every / MINUTE,
    held / MINUTE,
  ]);
  expect(windows).toContainEqual(["HourlyDrift", 60, 5, 10]);
  expect(windows).toContainEqual(["DailyDriftByOrigin", 1440, 60, 120]);
  expect(model?.rules.find(({ alert }) => alert === "VolumeChanged")?.by).toEqual([]);
});

it("the demo's streams are a stream of predictions and the labels of it", () => {
  const [flights, outcomes] = demoStreams();
  expect(flights).toMatchObject({ name: "flights", role: "inference", format: "native" });
  expect(outcomes).toMatchObject({ name: "outcomes", role: "labels", of: "flights", format: "native" });
});
