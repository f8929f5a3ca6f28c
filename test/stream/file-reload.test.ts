import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { createFileSource } from "../../src/stream/file.ts";
import { recordListener, streamConfig, until } from "./listener.ts";

test("a reload asks where to go on, and goes on there, also behind the end of the file", async () => {
  const directory = mkdtempSync(join(tmpdir(), "driftd-file-"));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const file = join(directory, "a.jsonl");
  writeFileSync(file, '{"a":0}\n{"a":1}\n{"a":2}\n');
  const stream = streamConfig({ name: "s", file, format: "native" });
  const source = createFileSource({ streams: [stream], clock: Date.now });
  const listener = recordListener([{ stream: "s", partition: 0, offset: "earliest" }]);
  listener.onBatch = () => {
    listener.onBatch = () => {};
    listener.positions = () => [{ stream: "s", partition: 0, offset: 1 }];
    source.reload();
  };
  const ends = (): number => listener.calls.filter((call) => call === "ended s/0").length;
  await source.start(listener);
  await until("the end", () => ends() === 1);
  source.reload();
  await until("the end again", () => ends() === 2);
  await source.stop();
  expect(listener.errors).toEqual([]);
  expect(listener.records.map(({ offset }) => offset)).toEqual([0, 1, 2, 1, 2, 1, 2]);
  expect(listener.calls).toEqual(["assigned 0", "assigned 0", "ended s/0", "assigned 0", "ended s/0"]);
});
