import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createSchedule } from "../../src/runtime/schedule.ts";
import { recordLog } from "./log-lines.ts";

beforeEach(() => void vi.useFakeTimers({ now: Date.UTC(2026, 0, 1) }));
afterEach(() => void vi.useRealTimers());

test("a job runs every so many seconds until the schedule stops", async () => {
  const schedule = createSchedule(recordLog());
  let runs = 0;
  schedule.every("resend", 15, () => (runs += 1));
  await vi.advanceTimersByTimeAsync(60_500);
  expect(runs).toBe(4);
  await schedule.stop();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(runs).toBe(4);
  expect(schedule.counts()).toEqual([{ job: "resend", runs: 4, failures: 0, skipped: 0 }]);
});

test("a job that is still running is not started again, and that is counted", async () => {
  const schedule = createSchedule(recordLog());
  let finish = (): void => {};
  schedule.every("slow", 1, () => new Promise<void>((resolve) => (finish = resolve)));
  await vi.advanceTimersByTimeAsync(3_500);
  expect(schedule.counts()).toEqual([{ job: "slow", runs: 1, failures: 0, skipped: 2 }]);
  finish();
  await schedule.stop();
});

test("a failing job is logged, counted, and tried again at its next mark", async () => {
  const { log, lines } = recordLog();
  const schedule = createSchedule({ log });
  schedule.at("refresh", "*/10 * * * * *", () => Promise.reject(new Error("no reference")));
  await vi.advanceTimersByTimeAsync(20_500);
  expect(schedule.counts()).toEqual([{ job: "refresh", runs: 2, failures: 2, skipped: 0 }]);
  expect(lines.filter((line) => line["msg"] === "job failed")).toHaveLength(2);
  await schedule.stop();
});

test("a job can be run at once, and stopping waits for it", async () => {
  const schedule = createSchedule(recordLog());
  let done = false;
  schedule.every("prune", 3600, async () => {
    await Promise.resolve();
    done = true;
  });
  void schedule.run("prune");
  await schedule.stop();
  expect(done).toBe(true);
  await expect(schedule.run("unknown")).rejects.toThrow("There is no job unknown.");
});

test("a job that is cancelled runs no more, may be added anew, and is waited for where it runs still", async () => {
  const schedule = createSchedule(recordLog());
  let runs = 0;
  let finish = (): void => {};
  schedule.at("refresh", "*/10 * * * * *", () => (runs += 1));
  schedule.every("slow", 3600, () => new Promise<void>((resolve) => (finish = resolve)));
  await vi.advanceTimersByTimeAsync(10_500);
  schedule.cancel("refresh");
  schedule.cancel("unknown");
  await vi.advanceTimersByTimeAsync(60_000);
  expect(runs).toBe(1);
  expect(schedule.counts().map(({ job }) => job)).toEqual(["slow"]);
  schedule.at("refresh", "*/10 * * * * *", () => (runs += 1));
  await vi.advanceTimersByTimeAsync(10_500);
  expect(runs).toBe(2);
  void schedule.run("slow");
  schedule.cancel("slow");
  let stopped = false;
  const end = schedule.stop().then(() => (stopped = true));
  await vi.advanceTimersByTimeAsync(1_000);
  expect(stopped).toBe(false);
  finish();
  await end;
});

test("two jobs of one name are a mistake", async () => {
  const schedule = createSchedule(recordLog());
  schedule.every("prune", 60, () => {});
  expect(() => schedule.every("prune", 30, () => {})).toThrow("There is a job prune already.");
  await schedule.stop();
});

test.each([0, -1, Number.NaN])("nothing runs every %d s", (seconds) => {
  const schedule = createSchedule(recordLog());
  expect(() => schedule.every("prune", seconds, () => {})).toThrow(RangeError);
});

test.each([
  ["back", -3_600_000],
  ["on", 365 * 86_400_000],
])("jobs go on where the clock is set %s", async (_, step) => {
  const schedule = createSchedule(recordLog());
  let runs = 0;
  schedule.every("commit", 1, () => (runs += 1));
  await vi.advanceTimersByTimeAsync(10_500);
  vi.setSystemTime(Date.now() + step);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(runs).toBe(20);
  await schedule.stop();
});
