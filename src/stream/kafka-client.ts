import { readFileSync } from "node:fs";
import { logLevel, type KafkaConfig as ClientConfig, type SASLOptions } from "kafkajs";
import { CodedError } from "../config/coded-error.ts";
import type { KafkaConfig } from "../config/config.ts";
import type { SourceLog } from "./source.ts";

/**
 * How kafkajs is to reach the brokers. Reads the TLS and password files, so that a renewed certificate or password counts
 * from the next connection on. Throws CONFIG_INVALID for a file that cannot be read.
 */
export function clientConfig(kafka: KafkaConfig, log: Pick<SourceLog, "debug">): ClientConfig {
  return {
    clientId: kafka.clientId,
    brokers: [...kafka.brokers],
    connectionTimeout: 3000,
    requestTimeout: 30_000,
    // Few, because they nest (the consumer's retries hold the connection's): longer outages are the source's to wait out,
    // and to speak of. Given in full: kafkajs takes other defaults where NODE_ENV is `test`.
    retry: { initialRetryTime: 200, multiplier: 2, factor: 0.2, maxRetryTime: 2000, retries: 3 },
    ...(kafka.tls === undefined ? {} : { ssl: tlsOptions(kafka.tls) }),
    ...(kafka.sasl === undefined ? {} : { sasl: saslOptions(kafka.sasl) }),
    // kafkajs would print JSON on stdout. What matters of it is said again by the source, in words.
    logLevel: logLevel.WARN,
    logCreator: () => (entry) => log.debug(entry.log, `kafkajs: ${entry.log.message}`),
  };
}

function tlsOptions(tls: NonNullable<KafkaConfig["tls"]>): { ca?: string[]; cert?: string; key?: string } {
  return {
    ...(tls.caFile === undefined ? {} : { ca: [readText(tls.caFile, "kafka.tls.caFile")] }),
    ...(tls.certFile === undefined ? {} : { cert: readText(tls.certFile, "kafka.tls.certFile") }),
    ...(tls.keyFile === undefined ? {} : { key: readText(tls.keyFile, "kafka.tls.keyFile") }),
  };
}

function saslOptions(sasl: NonNullable<KafkaConfig["sasl"]>): SASLOptions {
  const { mechanism, username } = sasl;
  // Editors end files with a newline, which is no part of the password.
  const password = readText(sasl.passwordFile, "kafka.sasl.passwordFile").replace(/\r?\n$/, "");
  return { mechanism, username, password };
}

function readText(file: string, key: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    const message = `${file}: ${key} cannot be read. Check the path in driftd.yaml and the file's permissions.`;
    throw new CodedError("CONFIG_INVALID", message, { cause: error });
  }
}
