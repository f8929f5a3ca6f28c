import { describe, expect, test } from "vitest";
import { topicGroups, topicStreams } from "../../src/stream/kafka-partitions.ts";
import { streamConfig } from "./listener.ts";

describe("topicStreams", () => {
  test("two streams of one topic are refused", () => {
    const streams = [streamConfig({ name: "a", topic: "t" }), streamConfig({ name: "b", topic: "t" })];
    expect(() => topicStreams(streams)).toThrow("Streams a and b both read topic t");
  });
});

describe("topicGroups", () => {
  test("streams linked by `of` are one group, over several steps", () => {
    const streams = topicStreams([
      streamConfig({ name: "late", topic: "t3", of: "labels" }),
      streamConfig({ name: "scored", topic: "t1" }),
      streamConfig({ name: "labels", topic: "t2", of: "scored" }),
      streamConfig({ name: "other", topic: "t4" }),
    ]);
    const names = topicGroups(streams.values()).map((group) => group.map(({ name }) => name));
    expect(names).toEqual([["late", "scored", "labels"], ["other"]]);
  });
});
