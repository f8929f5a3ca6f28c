import { expect, test } from "vitest";
import { CodedError } from "../../src/config/coded-error.ts";
import { StopError, causeOfStop, createLifecycle } from "../../src/runtime/lifecycle.ts";
import { recordLog } from "./log-lines.ts";

function lifecycle(deadline = 10_000) {
  const { log, lines } = recordLog();
  return { lifecycle: createLifecycle({ log, deadline }), lines };
}

async function rejection(promise: Promise<void>): Promise<AggregateError> {
  const error: unknown = await promise.catch((caught: unknown) => caught);
  if (error instanceof AggregateError) return error;
  throw new Error("expected an AggregateError");
}

test("what was opened last is closed first, one after the other", async () => {
  const { lifecycle: life } = lifecycle();
  const closed: string[] = [];
  life.onStop("store", () => closed.push("store"));
  life.onStop("source", async () => {
    await Promise.resolve();
    closed.push("source");
  });
  await life.stop("SIGTERM");
  expect(closed).toEqual(["source", "store"]);
});

test("stopping twice closes once, and both calls wait for the same end", async () => {
  const { lifecycle: life } = lifecycle();
  let closed = 0;
  life.onStop("store", () => (closed += 1));
  expect(life.stopping).toBe(false);
  const first = life.stop("SIGTERM");
  expect(life.stopping).toBe(true);
  expect(life.signal.aborted).toBe(true);
  expect(life.stop("SIGINT")).toBe(first);
  await first;
  expect(closed).toBe(1);
});

test("one failure does not keep the rest open, and each is named", async () => {
  const { lifecycle: life, lines } = lifecycle();
  const closed: string[] = [];
  life.onStop("store", () => closed.push("store"));
  life.onStop("source", () => {
    throw new Error("broker gone");
  });
  life.onStop("server", () => Promise.reject(new Error("socket stuck")));
  const error = await rejection(life.stop("SIGTERM"));
  expect(closed).toEqual(["store"]);
  expect(error.message).toBe("Not everything was closed: server, source.");
  expect(error.errors.map((each: StopError) => each.message)).toEqual([
    "server: socket stuck",
    "source: broker gone",
  ]);
  expect(lines.filter((line) => line["level"] === "error")).toHaveLength(2);
});

test("past the deadline nothing is waited for, and what was not reached is named", async () => {
  const { lifecycle: life } = lifecycle(20);
  const closed: string[] = [];
  life.onStop("store", () => closed.push("store"));
  life.onStop("source", () => new Promise(() => {}));
  const error = await rejection(life.stop("SIGTERM"));
  expect(closed).toEqual([]);
  expect(error.errors.map((each: StopError) => each.step)).toEqual(["source", "store"]);
});

test("what stopping failed with is told by the first cause that has a sentence for people", async () => {
  const { lifecycle: life } = lifecycle();
  const refused = new CodedError("STATE_FAILED", "Redis refuses: no right to UNLINK.");
  life.onStop("store", () => Promise.reject(refused));
  life.onStop("source", () => Promise.reject(new Error("the socket was gone")));
  expect(causeOfStop(await rejection(life.stop("SIGTERM")))).toBe(refused);
});

test("what stopping failed with stays whole where nobody has a sentence for it", async () => {
  const { lifecycle: life } = lifecycle();
  life.onStop("source", () => Promise.reject(new Error("the socket was gone")));
  const error = await rejection(life.stop("SIGTERM"));
  expect(causeOfStop(error)).toBe(error);
  const other = new Error("of something else");
  expect(causeOfStop(other)).toBe(other);
});

test("what opens while stopping, or after, is closed all the same", async () => {
  const { lifecycle: life } = lifecycle();
  const closed: string[] = [];
  life.onStop("source", () => life.onStop("late", () => closed.push("late")));
  await life.stop("SIGTERM");
  life.onStop("later", () => closed.push("later"));
  expect(closed).toEqual(["late", "later"]);
});

test("stopping with nothing open is no error", async () => {
  await expect(lifecycle().lifecycle.stop("end")).resolves.toBeUndefined();
});
