import { createRequire } from "node:module";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { calmRequestQueues } from "../../src/stream/kafka-queue.ts";

const require = createRequire(import.meta.url);

interface Queue {
  pending: { send: () => void; expectResponse: boolean; completed?: () => void; correlationId: number }[];
  inflight: Map<number, { sentAt: number; requestTimeout: number; timeoutRequest: () => void }>;
  throttledUntil: number;
  checkPendingRequests(): void;
  scheduleRequestTimeoutCheck(): void;
}

// Not typed by kafkajs.
const RequestQueue = require("kafkajs/src/network/requestQueue") as new (options: object) => Queue;

function createQueue(options: object = {}): Queue {
  return new RequestQueue({ logger: { debug: () => {} }, maxInFlightRequests: null, ...options });
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

describe("a request that is not answered", () => {
  const options = { requestTimeout: 30_000, enforceRequestTimeout: true };
  const send = (queue: Queue, requestTimeout: number) => {
    const timeoutRequest = vi.fn<() => void>();
    queue.inflight.set(queue.inflight.size, { sentAt: Date.now(), requestTimeout, timeoutRequest });
    return timeoutRequest;
  };

  test("is given up within a second of its time, and no other", () => {
    const queue = createQueue(options);
    queue.scheduleRequestTimeoutCheck();
    const [short, long] = [send(queue, 30_000), send(queue, 60_000)];
    vi.advanceTimersByTime(30_000);
    expect(short).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1_000);
    expect(short).toHaveBeenCalledOnce();
    expect(long).not.toHaveBeenCalled();
  });

  test("wakes nobody more often than once a second, and nobody once the connection is lost", () => {
    let looks = 0;
    let connected = true;
    const isConnected = (): boolean => ++looks > 0 && connected;
    const queue = createQueue({ ...options, isConnected });
    queue.scheduleRequestTimeoutCheck();
    queue.scheduleRequestTimeoutCheck();
    vi.advanceTimersByTime(10_000);
    expect(looks).toBe(10);
    connected = false;
    vi.advanceTimersByTime(1_000);
    expect(vi.getTimerCount()).toBe(0);
  });

  test("is waited for where that was asked for", () => {
    createQueue({ ...options, enforceRequestTimeout: false }).scheduleRequestTimeoutCheck();
    expect(vi.getTimerCount()).toBe(0);
  });
});
