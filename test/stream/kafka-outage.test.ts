import { expect, test } from "vitest";
import { createOutageLog } from "../../src/stream/kafka-outage.ts";

test("an outage is said when it begins, every half minute, and when it ends; in between it can be asked for", () => {
  const said: string[] = [];
  let now = 0;
  const say = (_: object, message: string): void => void said.push(message);
  const outage = createOutageLog({
    brokers: "k:9092",
    clock: () => now,
    log: { debug: say, info: say, warn: say },
  });
  outage.over();
  expect(outage.text()).toBeUndefined();
  for (now = 0; now <= 60_000; now += 10_000) outage.note(new Error(`refused at ${now / 1000}`));
  now = 66_000;
  expect(outage.lasts()).toBe(66_000);
  expect(outage.text()).toBe("Kafka at k:9092 is away, for 66 s now: refused at 60");
  outage.over();
  outage.over();
  expect(outage.text()).toBeUndefined();
  expect(said).toEqual([
    "Kafka at k:9092 is away: refused at 0. Trying again until it is back",
    "Kafka at k:9092 is away, for 30 s now: refused at 30. Trying again until it is back",
    "Kafka at k:9092 is away, for 60 s now: refused at 60. Trying again until it is back",
    "Kafka at k:9092 is back after 66 s",
  ]);
});
