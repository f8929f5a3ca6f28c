import { expect, test } from "vitest";
import { readConfig } from "../../src/config/config-file.ts";

function configOf(quarantine: string, streams: string) {
  const text = `version: 1
kafka: { brokers: [a:1], group: g }
rules: [r.yaml]
${quarantine}
streams:
  plain: { role: inference, topic: scored }
  table: { role: inference, file: scored.csv }
  ${streams}
`;
  const { config, faults } = readConfig({ text, file: "/d/driftd.yaml", env: {} });
  expect(faults).toEqual([]);
  return {
    quarantine: config?.quarantine,
    streams: Object.values(config?.streams ?? {}).map(({ name, quarantine }) => [name, quarantine]),
  };
}

test("without a quarantine nothing goes there", () => {
  expect(configOf("", "more: { role: inference, topic: more }")).toEqual({
    quarantine: undefined,
    streams: [
      ["plain", undefined],
      ["table", undefined],
      ["more", undefined],
    ],
  });
});

test("every stream's reasons go there, and one that is off says so", () => {
  const own = "more: { role: inference, topic: more, quarantine: { off: true } }";
  expect(configOf("quarantine: { file: q/drops.jsonl, max: 1MiB }", own)).toEqual({
    quarantine: { file: "/d/q/drops.jsonl", perMinute: 1_000, max: 1_048_576 },
    streams: [
      ["plain", "reasons"],
      ["table", "reasons"],
      ["more", undefined],
    ],
  });
});

test("bytes are asked for of all streams or of one, and tables have none", () => {
  const own = "more: { role: inference, topic: more, quarantine: { raw: false } }";
  expect(configOf("quarantine: { topic: drops, raw: true, perMinute: 5 }", own)).toEqual({
    quarantine: { topic: "drops", perMinute: 5, max: 100 * 1_048_576 },
    streams: [
      ["plain", "raw"],
      ["table", "reasons"],
      ["more", "reasons"],
    ],
  });
  const raw = "more: { role: inference, topic: more, quarantine: { raw: true } }";
  expect(configOf("quarantine: { topic: drops }", raw).streams[2]).toEqual(["more", "raw"]);
});
