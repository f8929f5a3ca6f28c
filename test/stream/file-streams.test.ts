import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createFileSource } from "../../src/stream/file.ts";
import { recordListener, streamConfig, until } from "./listener.ts";

let directory = "";
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "driftd-files-"));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

function write(name: string, content: string): string {
  const file = join(directory, name);
  writeFileSync(file, content);
  return file;
}

describe("several streams", () => {
  test("take turns, batch by batch, and end one by one", async () => {
    const lines = "{}\n".repeat(8192);
    const streams = [
      streamConfig({ name: "scored", file: write("a.jsonl", lines.repeat(3)) }),
      streamConfig({ name: "labels", role: "labels", of: "scored", file: write("b.jsonl", lines) }),
    ];
    const source = createFileSource({ streams, clock: Date.now });
    const listener = recordListener();
    const order: string[] = [];
    listener.onBatch = (batch) => void order.push(batch.stream);
    await source.start(listener);
    await until("both ends", () => listener.calls.includes("ended scored/0") && listener.calls.length === 3);
    expect(order).toEqual(["scored", "labels", "scored", "scored"]);
    expect(listener.calls).toEqual(["assigned 0", "ended labels/0", "ended scored/0"]);
    expect(source.partitions()).toEqual([
      { stream: "scored", partition: 0, end: 24_576, next: 24_576, assigned: true },
      { stream: "labels", partition: 0, end: 8192, next: 8192, assigned: true },
    ]);
    await source.stop();
    await source.stop();
  });

  test("a paused stream waits until it is resumed", async () => {
    const streams = [streamConfig({ name: "s", file: write("a.jsonl", "{}\n".repeat(20_000)) })];
    const source = createFileSource({ streams, clock: Date.now });
    const listener = recordListener();
    listener.onBatch = () => source.pause("s", 0);
    await source.start(listener);
    await until("the first batch", () => listener.records.length > 0);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(listener.records).toHaveLength(8192);
    listener.onBatch = () => {};
    source.resume("s", 0);
    await until("the end", () => listener.calls.includes("ended s/0"));
    expect(listener.records).toHaveLength(20_000);
    await source.stop();
  });

  test("stopping ends the reading after the batch in hand, also while paused", async () => {
    const streams = [streamConfig({ name: "s", file: write("a.jsonl", "{}\n".repeat(20_000)) })];
    const source = createFileSource({ streams, clock: Date.now });
    const listener = recordListener();
    listener.onBatch = () => source.pause("s", 0);
    await source.start(listener);
    await until("the first batch", () => listener.records.length > 0);
    await source.stop();
    expect(listener.records).toHaveLength(8192);
    expect(listener.calls).toEqual(["assigned 0"]);
  });
});
