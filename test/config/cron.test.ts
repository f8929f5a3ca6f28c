import { schedule, validate } from "node-cron";
import { expect, test } from "vitest";
import { cronFault, isOnceADay } from "../../src/config/cron.ts";

test.each([
  "0 7 * * 1",
  "  0 7  * * mon-fri ",
  "*/15 * * * *",
  "0 0-12/6,18 * * *",
  "5,35 7 1 jan,JUL *",
  "0 7 * * 0,7",
  "59 23 29 feb *",
])("%s is a schedule, to the scheduler too", async (text) => {
  expect(cronFault(text)).toBeUndefined();
  expect(validate(text)).toBe(true);
  const task = schedule(text, () => {}, { timezone: "Etc/UTC" });
  expect(task.getNextRun()).toBeInstanceOf(Date);
  await task.destroy();
});

test.each([
  ["", /has 1 field, and a schedule has five/],
  ["0 7 * *", /has 4 fields/],
  ["@weekly", /write 0 0 \* \* 0$/],
  ["60 7 * * 1", /has "60" for the minute; write 0 to 59,/],
  ["0 7 0 * *", /has "0" for the day of month/],
  ["0 7 * 13 *", /has "13" for the month; write 1 to 12 or jan to dec/],
  ["0 7 * * 8", /has "8" for the day of week/],
  ["0 7 L * *", /has "L" for the day of month/],
  ["-1 7 * * *", /has "-1" for the minute/],
  ["0 7,, * * *", /has "" for the hour/],
  ["0 1-2-3 * * *", /has "1-2-3" for the hour/],
  ["*/0 7 * * *", /has the steps \*\/0/],
  ["*/1.5 7 * * *", /has the steps/],
  ["0/5/5 7 * * *", /has "0\/5\/5"/],
  ["0 7 30 2 *", /no such month has; write a day of at most 29/],
  ["0 7 1 * 1", /names days of the month and of the week/],
])("%j is none: %s", (text, message) => {
  expect(cronFault(text)).toMatch(message);
});

test("a date tells apart what comes once a day", () => {
  expect(["0 7 * * 1", "30 6 1 * *", "5 0 * * *"].map(isOnceADay)).toEqual([true, true, true]);
  expect(["0 * * * *", "0,30 7 * * *", "0 7-9 * * *"].map(isOnceADay)).toEqual([false, false, false]);
});
