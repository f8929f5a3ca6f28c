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
