import { KafkaJSNumberOfRetriesExceeded, KafkaJSProtocolError } from "kafkajs";
import { expect, it } from "vitest";
import { explained } from "../../src/stream/kafka-sender.ts";

/** As a broker answers. */
function protocolError(type: string): KafkaJSProtocolError {
  const error = new KafkaJSProtocolError(new Error("This server does not host this topic-partition"));
  return Object.assign(error, { type });
}

it("says of a topic that is not there that it has to be created, also after retries", () => {
  const missing = protocolError("UNKNOWN_TOPIC_OR_PARTITION");
  const retried = new KafkaJSNumberOfRetriesExceeded(missing, { retryCount: 5, retryTime: 300 });
  Object.assign(retried, { cause: missing });
  for (const error of [missing, retried]) {
    expect(explained(error, "lost")).toMatchObject({
      message: "there is no topic lost, or this user may not see it; create it",
      cause: error,
    });
  }
});

it("leaves every other error as it is", () => {
  const other = protocolError("NOT_LEADER_FOR_PARTITION");
  expect(explained(other, "t")).toBe(other);
  expect(explained("no error", "t")).toBe("no error");
});
