import { expect, test } from "vitest";
import { WorkQueue } from "../../src/ingestion/work-queue.ts";

test("one piece of work at a time, in the order in which it was asked for", async () => {
  const queue = new WorkQueue(() => undefined);
  const told: string[] = [];
  const work = (name: string) => async (): Promise<string> => {
    told.push(`${name} begins`);
    await new Promise((resolve) => setTimeout(resolve, 5));
    told.push(`${name} ends`);
    return name;
  };
  expect(await Promise.all([queue.run(work("a")), queue.run(work("b"))])).toEqual(["a", "b"]);
  expect(told).toEqual(["a begins", "a ends", "b begins", "b ends"]);
});

test("nothing is begun after a failure, of which is told once", async () => {
  const failures: string[] = [];
  const queue = new WorkQueue(({ message }) => failures.push(message));
  let begun = 0;
  const asked = [
    queue.run(() => Promise.reject(new Error("the disk is full"))),
    queue.run(async () => (begun += 1)),
  ];
  const results = await Promise.allSettled(asked);
  expect(results.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
  await expect(queue.run(async () => (begun += 1))).rejects.toThrow("the disk is full");
  queue.fail(new Error("another one"));
  expect(begun).toBe(0);
  expect(failures).toEqual(["the disk is full"]);
  expect(queue.failure?.message).toBe("the disk is full");
});
