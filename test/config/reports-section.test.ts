import { expect, test } from "vitest";
import { readConfig } from "../../src/config/config-file.ts";
import { LONGEST_REPORT } from "../../src/config/reports-section.ts";
import { ROLL_UP_STEPS } from "../../src/window/roll-up.ts";

function configOf(reports: string) {
  const text = `version: 1
kafka: { brokers: [a:1], group: g }
streams: { scored: { role: inference, topic: scored } }
rules: [r.yaml]
publish: { webhook: { desk: { url: "https://desk.example" } }, topic: { feed: { topic: reports } } }
${reports}`;
  const { config, faults } = readConfig({ text, file: "/d/driftd.yaml", env: {} });
  expect(faults).toEqual([]);
  return config;
}

test("a report has one place, and its directory stands beside driftd.yaml", () => {
  const schedule = 'schedule: "0 7 * * 1"';
  const config = configOf(`reports:
  - { name: weekly, ${schedule}, last: 7d, file: ./reports }
  - { name: desk, ${schedule}, last: 36h, webhook: desk }
  - { name: feed, schedule: "0 * * * *", last: 399d, topic: feed }
`);
  const common = { schedule: "0 7 * * 1", isOnceADay: true };
  expect(config?.reports).toEqual([
    { name: "weekly", ...common, last: 7 * 86_400_000, directory: "/d/reports" },
    { name: "desk", ...common, last: 36 * 3_600_000, webhook: "desk" },
    { name: "feed", schedule: "0 * * * *", isOnceADay: false, last: 399 * 86_400_000, topic: "feed" },
  ]);
});

test("nothing is reported unless asked for", () => {
  expect(configOf("")).not.toHaveProperty("reports");
});

test("a period that begins with a whole day is no longer than counts are kept", () => {
  expect(LONGEST_REPORT).toBe(Math.max(...ROLL_UP_STEPS.map(({ keep }) => keep)) - 86_400_000);
});
