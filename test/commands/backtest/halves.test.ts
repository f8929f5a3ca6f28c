import { beforeAll, expect, it } from "vitest";
import { openProject, twelveHours, type Project, type Told } from "./history.ts";

let project: Project;

beforeAll(async () => {
  project = await openProject();
  const events = twelveHours();
  const map = { id: "/id", time: "/time", model: { value: "scoring" } };
  const asked = { role: "inputs", topic: "asked", format: "json", join: { within: "30s" } };
  const answered = { role: "outputs", of: "asked", topic: "answered", format: "json" };
  project.write("halves.yaml", {
    version: 1,
    kafka: { brokers: ["127.0.0.1:9"], group: "driftd" },
    streams: {
      asked: { ...asked, map: { ...map, features: "/features", segment: "/segment" } },
      answered: { ...answered, map: { ...map, version: "/version", score: "/prediction/score" } },
    },
    rules: ["rules/*.yaml"],
  });
  project.lines("scored.jsonl", events);
  project.lines(
    "asked.jsonl",
    events.map(({ id, time, features, segment }) => ({ id, time, features, segment })),
  );
  // In the last hour, when all is calm, some answers are lost.
  project.lines(
    "answered.jsonl",
    events.flatMap(({ id, time, version, prediction }, i) =>
      i >= 17_000 && i % 10 === 9 ? [] : [{ id, time: time + 500, version, prediction }],
    ),
  );
});

it("joins requests and responses, however far one file is read ahead of the other", async () => {
  const whole = await project.backtest("scored.jsonl", "--json");
  const halves = await project.backtest(
    "asked=asked.jsonl",
    "answered=answered.jsonl",
    "--config",
    "halves.yaml",
    "--json",
  );
  expect(halves.status).toBe(0);
  const told = JSON.parse(halves.out) as Told;
  expect(told.accounting["asked"]?.rows).toMatchObject({
    received: 18_000,
    measured: 17_900,
    dropped: { "orphan-input": 100 },
  });
  const outline = ({ alerts }: Told): unknown[] => alerts.map(({ alert, startsAt }) => [alert, startsAt]);
  expect(outline(told)).toEqual(outline(JSON.parse(whole.out) as Told));
});

it("asks for the responses where only requests are given", async () => {
  const { status, err } = await project.backtest("asked=asked.jsonl", "--config", "halves.yaml");
  expect(err).toContain("asked holds requests only. Add their responses: answered=PATH.");
  expect(status).toBe(2);
});
