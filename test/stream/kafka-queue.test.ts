import { createRequire } from "node:module";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { calmRequestQueues } from "../../src/stream/kafka-queue.ts";

const require = createRequire(import.meta.url);

interface Queue {
  pending: { send: () => void; expectResponse: boolean; completed?: () => void; correlationId: number }[];
  throttledUntil: number;
  checkPendingRequests(): void;
}

// Not typed by kafkajs.
const RequestQueue = require("kafkajs/src/network/requestQueue") as new (options: object) => Queue;

function createQueue(): Queue {
  return new RequestQueue({ logger: { debug: () => {} }, maxInFlightRequests: null });
}

beforeEach(() => {
  vi.useFakeTimers();
  calmRequestQueues();
  calmRequestQueues();
});
afterEach(() => {
  vi.useRealTimers();
});

test("a connection with nothing to send sets no timer", () => {
  createQueue().checkPendingRequests();
  expect(vi.getTimerCount()).toBe(0);
});

test("a request that a broker has asked to wait is sent when it may be, and then there is rest again", () => {
  const queue = createQueue();
  const send = vi.fn<() => void>();
  queue.throttledUntil = Date.now() + 5_000;
  queue.pending.push({ send, expectResponse: true, correlationId: 1 });
  queue.checkPendingRequests();
  vi.advanceTimersByTime(4_999);
  expect(send).not.toHaveBeenCalled();
  vi.advanceTimersByTime(2);
  expect(send).toHaveBeenCalledOnce();
  vi.advanceTimersByTime(1_000);
  expect(vi.getTimerCount()).toBe(0);
});
