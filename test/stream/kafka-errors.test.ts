import { describe, expect, test } from "vitest";
import { CodedError } from "../../src/config/coded-error.ts";
import { lastingFailure } from "../../src/stream/kafka-errors.ts";
import { kafkaConfig } from "./kafka-fixture.ts";

const kafka = kafkaConfig({ brokers: ["kafka:9092"], group: "g" });
const error = (fields: object, cause?: unknown) => Object.assign(new Error("why", { cause }), fields);

describe("lastingFailure", () => {
  test("a refused login lasts, however deep kafkajs wrapped it", () => {
    const refused = error({ name: "KafkaJSSASLAuthenticationError", retriable: false });
    const failure = lastingFailure(error({ name: "KafkaJSNonRetriableError" }, refused), kafka);
    expect(failure).toMatchObject({ code: "KAFKA_FAILED", exit: 70 });
    expect(failure?.message).toContain("kafka:9092 refused the login");
  });

  test("a certificate that is not trusted lasts", () => {
    const untrusted = error({
      name: "KafkaJSConnectionError",
      retriable: true,
      code: "SELF_SIGNED_CERT_IN_CHAIN",
    });
    expect(lastingFailure(untrusted, kafka)?.message).toContain("Check kafka.tls");
  });

  test("brokers that do not answer are waited for, also when retries are used up", () => {
    const refused = error({ name: "KafkaJSConnectionError", retriable: true, code: "ECONNREFUSED" });
    expect(lastingFailure(refused, kafka)).toBeUndefined();
    const exceeded = error({ name: "KafkaJSNumberOfRetriesExceeded", retriable: false }, refused);
    expect(lastingFailure(exceeded, kafka)).toBeUndefined();
  });

  test("a coded error stays what it is, and anything unknown lasts", () => {
    const coded = new CodedError("TOPIC_MISSING", "no topic");
    expect(lastingFailure(coded, kafka)).toBe(coded);
    expect(lastingFailure(new TypeError("x is not a function"), kafka)?.message).toContain(
      "x is not a function",
    );
  });
});
