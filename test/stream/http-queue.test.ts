import { beforeEach, describe, expect, it, vi } from "vitest";
import type { Submission } from "../../src/stream/http-lane.ts";
import { createQueue, type Queue } from "../../src/stream/http-queue.ts";
import { recordListener, streamConfig } from "./listener.ts";

const STREAM = streamConfig({ name: "scored", http: true });
const REQUEST = { time: 0, headers: {}, values: [new Uint8Array(1)] };

beforeEach(() => {
  vi.useFakeTimers();
  return () => void vi.useRealTimers();
});

function openQueue(senders: () => number): {
  queue: Queue;
  groups: number[];
  submit: (count?: number) => void;
} {
  const groups: number[] = [];
  const queue = createQueue({ streams: [STREAM], clock: Date.now, senders });
  const listener = recordListener();
  listener.deliver = async (deliveries) => {
    for (const { requests } of deliveries) groups.push(requests.length);
    return deliveries.map(() => true);
  };
  queue.open(listener);
  const member: Submission = {
    request: REQUEST,
    isTold: false,
    done: () => undefined,
  };
  return {
    queue,
    groups,
    submit: (count = 1) => {
      for (let i = 0; i < count; i++) queue.submit(STREAM, member);
    },
  };
}

describe("the queue of what was sent", () => {
  it("commits a lone request at once, and the next ones together, 20 ms after it", async () => {
    const { groups, submit } = openQueue(() => 4);
    submit();
    await vi.advanceTimersByTimeAsync(0);
    expect(groups).toEqual([1]);
    submit();
    await vi.advanceTimersByTimeAsync(10);
    submit();
    await vi.advanceTimersByTimeAsync(9);
    expect(groups).toEqual([1]);
    await vi.advanceTimersByTimeAsync(1);
    expect(groups).toEqual([1, 2]);
  });

  it("waits for nobody once every connection waits", async () => {
    const { groups, submit } = openQueue(() => 3);
    submit(3);
    await vi.advanceTimersByTimeAsync(0);
    submit(2);
    await vi.advanceTimersByTimeAsync(1);
    expect(groups).toEqual([3]);
    submit();
    await vi.advanceTimersByTimeAsync(0);
    expect(groups).toEqual([3, 3]);
  });

  it("commits what waits as soon as it is closed", async () => {
    const { queue, groups, submit } = openQueue(() => 4);
    submit();
    await vi.advanceTimersByTimeAsync(0);
    submit();
    await vi.advanceTimersByTimeAsync(1);
    await queue.close();
    expect(groups).toEqual([1, 1]);
  });

  it("refuses who can send again while a commit does not end, and keeps the others", async () => {
    const queue = createQueue({ streams: [STREAM], clock: Date.now, senders: () => 9 });
    const listener = recordListener();
    const counts: number[] = [];
    let finish: () => void = () => undefined;
    listener.deliver = async (deliveries) => {
      counts.push(...deliveries.map(({ requests }) => requests.length));
      await new Promise<void>((resolve) => (finish = resolve));
      return deliveries.map(() => true);
    };
    queue.open(listener);
    const answers: string[] = [];
    const send = (name: string, isTold: boolean): void =>
      queue.submit(STREAM, {
        request: REQUEST,
        isTold,
        done: ({ status }) => void answers.push(`${name} ${status}`),
      });
    send("in hand", true);
    await vi.advanceTimersByTimeAsync(0);
    send("told", true);
    send("event", false);
    await vi.advanceTimersByTimeAsync(4_999);
    expect(answers).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    send("later", true);
    expect(answers).toEqual(["told unavailable", "later unavailable"]);
    expect(queue.progressOf("scored")).toEqual({ received: 3, answered: 1 });
    finish();
    await vi.advanceTimersByTimeAsync(20);
    finish();
    await vi.advanceTimersByTimeAsync(20);
    expect(answers.slice(2)).toEqual(["in hand durable", "event durable"]);
    expect(counts).toEqual([1, 1]);
    send("afterwards", true);
    await vi.advanceTimersByTimeAsync(20);
    finish();
    await vi.advanceTimersByTimeAsync(0);
    expect(answers.at(-1)).toBe("afterwards durable");
  });
});
