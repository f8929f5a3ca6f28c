import { CodedError } from "../config/coded-error.ts";
import type { KafkaConfig } from "../config/config.ts";

/** Names and types of kafkajs errors that no waiting heals. */
const LOGIN_REFUSED = [
  "KafkaJSSASLAuthenticationError",
  "SASL_AUTHENTICATION_FAILED",
  "UNSUPPORTED_SASL_MECHANISM",
  "ILLEGAL_SASL_STATE",
];
const NOT_ALLOWED = [
  "TOPIC_AUTHORIZATION_FAILED",
  "GROUP_AUTHORIZATION_FAILED",
  "CLUSTER_AUTHORIZATION_FAILED",
];
/** Temporary, although kafkajs calls them not retriable. */
const TEMPORARY = ["KafkaJSGroupCoordinatorNotFound", "KafkaJSLockTimeout", "KafkaJSTimeout"];
const TLS_REFUSED = /CERT|ERR_TLS|ERR_SSL|UNABLE_TO_|HOSTNAME_MISMATCH/;

/**
 * What to tell people of an error that ends the source, or undefined where it is worth trying again: brokers that do not
 * answer, leaders that move, coordinators that load.
 */
export function lastingFailure(error: unknown, kafka: KafkaConfig): CodedError | undefined {
  const causes = causeChain(error);
  const coded = causes.find((cause) => cause instanceof CodedError);
  if (coded !== undefined) return coded;
  const named = (names: readonly string[]): boolean =>
    causes.some((cause) => names.includes(cause.name) || names.includes(textField(cause, "type")));
  const brokers = kafka.brokers.join(", ");
  const reason = causes.at(-1)?.message ?? String(error);
  const failure = (what: string): CodedError => new CodedError("KAFKA_FAILED", what, { cause: error });
  if (named(LOGIN_REFUSED)) {
    const who = kafka.sasl === undefined ? "without kafka.sasl" : `as ${kafka.sasl.username}`;
    return failure(
      `Kafka at ${brokers} refused the login ${who}: ${reason}. Check kafka.sasl in driftd.yaml.`,
    );
  }
  if (named(NOT_ALLOWED)) {
    return failure(
      `Kafka at ${brokers} does not allow it: ${reason}. Let driftd read the topics and join group ${kafka.group}.`,
    );
  }
  if (causes.some((cause) => TLS_REFUSED.test(textField(cause, "code")))) {
    return failure(`No TLS connection to Kafka at ${brokers}: ${reason}. Check kafka.tls in driftd.yaml.`);
  }
  if (named(["INCONSISTENT_GROUP_PROTOCOL"])) {
    return failure(
      `Group ${kafka.group} has members of another kind or another state.store. Give driftd a group of its own.`,
    );
  }
  if (named(TEMPORARY) || causes.some((cause) => "retriable" in cause && cause.retriable === true))
    return undefined;
  return failure(
    `Reading from Kafka at ${brokers} failed: ${reason}. Start driftd again; if that fails too, look into the brokers' logs.`,
  );
}

/** The error and what caused it, outermost first; kafkajs wraps them several deep. */
function causeChain(error: unknown): Error[] {
  const chain: Error[] = [];
  for (let cause = error; cause instanceof Error && !chain.includes(cause); cause = cause.cause)
    chain.push(cause);
  return chain;
}

/** kafkajs puts the broker's error in `type`, Node a socket's in `code`. */
function textField(error: Error, name: "type" | "code"): string {
  const value: unknown = Reflect.get(error, name);
  return typeof value === "string" ? value : "";
}
