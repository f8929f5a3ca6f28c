import { Socket } from "node:net";
import { expect, it } from "vitest";
import { createSenders } from "../../src/stream/http-senders.ts";

it("counts a connection once, until it is closed", async () => {
  const senders = createSenders();
  const [first, second] = [new Socket(), new Socket()];
  for (const socket of [first, second, first]) senders.note(socket);
  expect(senders.count).toBe(2);
  const closed = new Promise((resolve) => first.once("close", resolve));
  first.destroy();
  await closed;
  expect(senders.count).toBe(1);
  senders.note(first);
  expect(senders.count).toBe(1);
});
