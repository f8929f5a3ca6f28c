import { expect, test } from "vitest";
import { recordLog } from "./log-lines.ts";

test("secrets and what came in are blanked at every depth that a configuration has", () => {
  const { log, lines } = recordLog();
  log.info(
    { password: "a", kafka: { sasl: { password: "b" } }, options: { headers: { authorization: "c" } } },
    "x",
  );
  log.info({ record: { amount: 12 }, stream: "fraud", offset: 7 }, "undecodable");
  const text = JSON.stringify(lines);
  expect(text).not.toMatch(/"[abc]"/);
  expect(text).not.toContain("amount");
  expect(lines[1]).toMatchObject({ record: "[hidden]", stream: "fraud", offset: 7, msg: "undecodable" });
});

test("a line carries its level in words and its time in RFC 3339", () => {
  const { log, lines } = recordLog("info");
  log.debug("not written");
  log.warn("written");
  expect(lines).toHaveLength(1);
  expect(lines[0]).toMatchObject({ level: "warn", msg: "written" });
  expect(lines[0]?.["time"]).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  expect(lines[0]).not.toHaveProperty("hostname");
});

test("an error keeps its stack and its cause", () => {
  const { log, lines } = recordLog();
  log.error({ err: new Error("outer", { cause: new Error("inner") }) }, "failed");
  expect(JSON.stringify(lines[0])).toContain("inner");
});

test("an error that several fail of is told once, and the rest is for debugging", () => {
  const { log, lines } = recordLog("info");
  const disk = new Error("the disk is gone");
  log.error({ err: disk, job: "commit" }, "job failed");
  log.error({ err: disk, job: "judge" }, "job failed");
  log.error({ err: new Error("last commit", { cause: disk }), step: "last commit" }, "could not be closed");
  log.error({ err: new Error("the disk is gone") }, "another one like it");
  log.warn({ reason: "the disk is gone" }, "no error");
  expect(lines.map(({ job, msg }) => job ?? msg)).toEqual(["commit", "another one like it", "no error"]);
  const { log: all, lines: told } = recordLog("debug");
  for (const job of ["commit", "judge"]) all.error({ err: disk, job }, "job failed");
  expect(told.map(({ level, job }) => [level, job])).toEqual([
    ["error", "commit"],
    ["debug", "judge"],
  ]);
});
