import { once } from "node:events";
import { expect, test, vi } from "vitest";
import { createDeparture, type Departure } from "../../src/daemon/departure.ts";
import { recordLog } from "../runtime/log-lines.ts";

interface Parting {
  readonly departure: Departure;
  readonly stopping: AbortController;
  readonly close: ReturnType<typeof vi.fn<() => Promise<void>>>;
  /** The store goes away, or comes back. */
  away(reason: string | undefined): void;
  said(): readonly string[];
}

function partFrom(outage: string | undefined): Parting {
  let reason = outage;
  const stopping = new AbortController();
  const { log, lines } = recordLog();
  const close = vi.fn<() => Promise<void>>(async () => undefined);
  const store = { outage: () => reason, close };
  return {
    departure: createDeparture({ store, signal: stopping.signal, log }),
    stopping,
    close,
    away: (text) => void (reason = text),
    said: () => lines.map(({ msg }) => String(msg)),
  };
}

test("a store that can be reached is not left, and what fails of it is told", async () => {
  const { departure, stopping, close } = partFrom(undefined);
  stopping.abort();
  await expect(departure.attempt(() => Promise.reject(new Error("full")))).rejects.toThrow("full");
  expect(departure.isLeft()).toBe(false);
  expect(close).not.toHaveBeenCalled();
  departure.end();
});

test("a store that is away is waited for until the daemon is told to stop, and then left", async () => {
  const { departure, stopping, close, said } = partFrom("Redis at r is away");
  await expect(departure.attempt(() => Promise.reject(new Error("full")))).rejects.toThrow("full");
  expect(close).not.toHaveBeenCalled();
  const failing = new AbortController();
  const underWay = departure.attempt(async () => {
    await once(failing.signal, "abort");
    throw new Error("closed");
  });
  stopping.abort();
  expect(close).toHaveBeenCalledOnce();
  expect(said()).toEqual([
    "Redis at r is away. Stopping without it: nothing that was committed is lost, and the rest is read again",
  ]);
  failing.abort();
  await underWay;
  const work = vi.fn<() => Promise<void>>(async () => undefined);
  await departure.attempt(work);
  expect(work).not.toHaveBeenCalled();
  departure.end();
});

test("one that goes away while the daemon stops is left too", async () => {
  vi.useFakeTimers();
  try {
    const { departure, stopping, close, away } = partFrom(undefined);
    stopping.abort();
    away("Redis at r is away");
    vi.advanceTimersByTime(1_000);
    expect(departure.isLeft()).toBe(true);
    expect(close).toHaveBeenCalledOnce();
    departure.end();
  } finally {
    vi.useRealTimers();
  }
});
