import { expect, test } from "vitest";
import { readConfig } from "../../src/config/config-file.ts";

function faultsOf(text: string): string[] {
  const source = `version: 1\nrules: [r.yaml]\n${text}`;
  const { faults } = readConfig({ text: source, file: "/d/driftd.yaml", env: {} });
  return faults.map(({ code, message }) => `${code} ${message}`);
}

test("every file that is written has one writer, and is read by no stream", () => {
  const streams = "streams: { scored: { role: inference, file: events.jsonl } }\n";
  expect(faultsOf(`${streams}quarantine: { file: ./x/../events.jsonl }\n`)).toEqual([
    expect.stringMatching(/^CONFLICT .*is read by stream scored; name another file/),
  ]);
  const review = (a: string, b: string): string =>
    `publish: { review: { desk: { file: ${a} }, lab: { file: ${b} } } }\n`;
  expect(faultsOf(`${streams}quarantine: { file: q.jsonl }\n${review("./q.jsonl", "events.jsonl")}`)).toEqual(
    [
      expect.stringMatching(/is written by quarantine; name another file/),
      expect.stringMatching(/is read by stream scored; name another file/),
    ],
  );
  expect(faultsOf(`${streams}${review("r.jsonl", "r.jsonl")}`)).toEqual([
    expect.stringMatching(/is written by publish\.review\.desk; name another file/),
  ]);
  expect(faultsOf(`${streams}quarantine: { file: q.jsonl }\n${review("a.jsonl", "b.jsonl")}`)).toEqual([]);
});

test("halves that are joined may be apart for a while, and not for ever", () => {
  const within = (time: string): string[] =>
    faultsOf(
      `streams: { served: { role: inference, http: true, format: kserve, join: { within: ${time} } } }\n`,
    );
  expect(within("0s")).toEqual([expect.stringMatching(/^WRONG_VALUE .*would join nothing/)]);
  expect(within("20d")).toEqual([expect.stringMatching(/^WRONG_VALUE .*panes close this much later/)]);
  expect(within("1d")).toEqual([]);
});
