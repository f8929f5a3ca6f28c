import { describe, expect, test } from "vitest";
import { assignTasks } from "../../src/stream/kafka-assigner.ts";

const partitions = new Map([
  ["scored", [0, 1, 2, 3]],
  ["labels", [0, 1, 2, 3]],
  ["other", [0, 1]],
]);
const member = (id: string, ownedSince = 0) => ({ id, ownedSince });

describe("assignTasks", () => {
  test("partition k of every topic goes to member k mod members, in order of their ids", () => {
    const members = [member("b"), member("a"), member("c")];
    expect(assignTasks({ members, partitions, single: false })).toEqual(
      new Map([
        ["a", { scored: [0, 3], labels: [0, 3], other: [0] }],
        ["b", { scored: [1], labels: [1], other: [1] }],
        ["c", { scored: [2], labels: [2] }],
      ]),
    );
  });

  test("single: one member has all, and stays the one when another joins before it in order", () => {
    const first = assignTasks({ members: [member("b")], partitions, single: true });
    const second = assignTasks({ members: [member("a"), member("b", 1_000)], partitions, single: true });
    expect(second).toEqual(first);
    expect([...second.keys()]).toEqual(["b"]);
  });

  test("single: of two that take themselves for the owner, the one that was given the tasks last is it", () => {
    const members = [member("a", 1_000), member("b", 2_000)];
    expect([...assignTasks({ members, partitions, single: true }).keys()]).toEqual(["b"]);
  });
});
