import { describe, expect, test } from "vitest";
import { readConfig } from "../../src/config/config-file.ts";
import { formatFault } from "../../src/config/fault.ts";

const ENV = { REDIS_USER: "driftd", REDIS_PASSWORD: "p%40ss/word" };
const TOPIC = "{ role: inference, topic: fraud.scored }";

function read(state: string, { stream = TOPIC, kafka = true } = {}) {
  const text = `version: 1
${kafka ? "kafka: { brokers: ['kafka:9092'], group: driftd-fraud }" : ""}
streams:
  fraud: ${stream}
rules: [rules.yaml]
state: ${state}
`;
  const { config, faults } = readConfig({ text, file: "/etc/driftd/driftd.yaml", env: ENV });
  return { state: config?.state, streams: config?.streams, faults: faults.map(formatFault) };
}

describe("a store in Redis", () => {
  test("has the group as prefix and room for 5 million entries, unless the file says otherwise", () => {
    const { state, faults } = read(
      "{ store: redis, url: 'redis://redis:6379', passwordFile: secrets/redis }",
    );
    expect(faults).toEqual([]);
    expect(state).toMatchObject({
      store: "redis",
      redis: {
        url: "redis://redis:6379",
        passwordFile: "/etc/driftd/secrets/redis",
        prefix: "driftd-fraud",
        maxPredictions: 5_000_000,
      },
    });
    const other = read("{ store: redis, url: 'rediss://redis/2', prefix: p, maxPredictions: 100 }");
    expect(other.state?.redis).toEqual({ url: "rediss://redis/2", prefix: "p", maxPredictions: 100 });
  });

  test("takes user and password out of the address, as the environment has them", () => {
    const { state, faults } = read(
      "{ store: redis, url: 'redis://${REDIS_USER}:${REDIS_PASSWORD}@redis:6379/0' }",
    );
    // An unescaped slash would end the host.
    expect(faults.join()).toContain("is not a redis address");
    expect(state).toBeUndefined();
    const one = readConfig({
      text: `version: 1
kafka: { brokers: ['kafka:9092'], group: g }
streams: { fraud: ${TOPIC} }
rules: [rules.yaml]
state: { store: redis, url: 'redis://\${REDIS_USER}:\${REDIS_PASSWORD}@redis:6379/0' }
`,
      file: "driftd.yaml",
      env: { REDIS_USER: "driftd", REDIS_PASSWORD: "p%40ss%2Fword" },
    });
    expect(one.faults).toEqual([]);
    expect(one.config?.state.redis).toMatchObject({
      url: "redis://redis:6379/0",
      username: "driftd",
      password: "p@ss/word",
    });
  });

  test("shows no password that stands in the file, and refuses it", () => {
    for (const url of [
      "redis://:hunter2@redis:6379",
      "redis://driftd:hunter2@redis",
      "http://x:hunter2@redis",
    ]) {
      const { faults } = read(`{ store: redis, url: '${url}' }`);
      expect(faults).toHaveLength(1);
      expect(faults.join()).not.toContain("hunter2");
    }
    expect(read("{ store: redis, url: 'redis://:hunter2@redis' }").faults).toEqual([
      '/etc/driftd/driftd.yaml:6:24  error  SECRET  "url": a secret does not stand in this file; write passwordFile: and the path of a file that holds it, or ${NAME} in its place',
    ]);
  });

  test.each([
    ["{ store: redis }", "MISSING_KEY", "write url: redis://HOST:6379"],
    ["{ store: redis, url: 'redis://r', path: ./state }", "CONFLICT", "is for store: lmdb; remove path"],
    [
      "{ store: redis, url: 'redis://:${REDIS_USER}@r', passwordFile: p }",
      "CONFLICT",
      "url has a password already",
    ],
    ["{ store: lmdb, path: ./state, url: 'redis://r' }", "CONFLICT", "is for store: redis; remove url"],
    ["{ store: memory, maxPredictions: 5 }", "CONFLICT", "is for store: redis; remove maxPredictions"],
    ["{ store: redis, url: 'redis://r', password: p }", "SECRET", "write passwordFile:"],
  ])("%s is refused", (state, code, message) => {
    const { faults } = read(state);
    expect(faults).toHaveLength(1);
    expect(faults[0]).toContain(code);
    expect(faults[0]).toContain(message);
  });

  test.each([
    ["{ role: inference, file: scored.jsonl }", "members of a fleet do not share a file"],
    ["{ role: inference, http: true }", "add topic: NAME"],
  ])("refuses the stream %s, which members could not share", (stream, message) => {
    const { faults } = read("{ store: redis, url: 'redis://r' }", { stream, kafka: false });
    expect(faults).toHaveLength(1);
    expect(faults[0]).toContain(message);
    expect(read("{ store: lmdb, path: ./state }", { stream, kafka: false }).faults).toEqual([]);
  });
});
