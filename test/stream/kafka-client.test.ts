import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { clientConfig } from "../../src/stream/kafka-client.ts";
import { createOutageLog } from "../../src/stream/kafka-outage.ts";
import { kafkaConfig } from "./kafka-fixture.ts";

const silent = { debug: () => {}, info: () => {}, warn: () => {} };
let directory = "";
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "driftd-client-"));
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

describe("clientConfig", () => {
  test("secrets come from files, a password without the newline that ends its file", () => {
    const passwordFile = join(directory, "password");
    const caFile = join(directory, "ca.pem");
    writeFileSync(passwordFile, "s3cret \n");
    writeFileSync(caFile, "CERTIFICATE");
    const sasl = { mechanism: "scram-sha-512" as const, username: "u", passwordFile };
    const config = clientConfig(kafkaConfig({ brokers: ["k:1"], sasl, tls: { caFile } }), silent);
    expect(config.sasl).toEqual({ mechanism: "scram-sha-512", username: "u", password: "s3cret " });
    expect(config.ssl).toEqual({ ca: ["CERTIFICATE"] });
  });

  test("a file that cannot be read is named with its key", () => {
    const tls = { caFile: join(directory, "none.pem") };
    expect(() => clientConfig(kafkaConfig({ brokers: ["k:1"], tls }), silent)).toThrow(
      `${tls.caFile}: kafka.tls.caFile cannot be read`,
    );
  });
});

describe("createOutageLog", () => {
  test("says that Kafka is away at once, every half minute, and when it is back", () => {
    let now = 0;
    const said: string[] = [];
    const say = (_: object, message: string): void => void said.push(message);
    const outage = createOutageLog({
      brokers: "k:1",
      clock: () => now,
      log: { debug() {}, info: say, warn: say },
    });
    for (now = 0; now <= 60_000; now += 5000) outage.note(new Error("no answer"));
    expect(outage.lasts()).toBe(65_000);
    outage.over();
    outage.over();
    expect(said).toEqual([
      "Kafka at k:1 is away: no answer. Trying again until it is back",
      "Kafka at k:1 is away, for 30 s now: no answer. Trying again until it is back",
      "Kafka at k:1 is away, for 60 s now: no answer. Trying again until it is back",
      "Kafka at k:1 is back after 65 s",
    ]);
  });
});
