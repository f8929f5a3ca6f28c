import { AssignerProtocol } from "kafkajs";
import { describe, expect, test } from "vitest";
import { assignTasks, createTaskAssigner } from "../../src/stream/kafka-assigner.ts";
import { readMember, UNREGISTERED, writeMember, type MemberFacts } from "../../src/stream/kafka-member.ts";

const partitions = new Map([
  ["scored", [0, 1, 2, 3]],
  ["labels", [0, 1, 2, 3]],
  ["other", [0, 1]],
]);
const member = (id: string, facts: Partial<MemberFacts> = {}): MemberFacts => ({
  id,
  topics: [...partitions.keys()],
  ownedSince: 0,
  counting: UNREGISTERED,
  ...facts,
});
const counting = (order: number, digit: string) => ({ order, hash: digit.repeat(16) });
const owners = (members: readonly MemberFacts[]): string[] =>
  [...assignTasks({ members, partitions, single: false }).keys()].toSorted();

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
    const second = assignTasks({
      members: [member("a"), member("b", { ownedSince: 1_000 })],
      partitions,
      single: true,
    });
    expect(second).toEqual(first);
    expect([...second.keys()]).toEqual(["b"]);
  });

  test("single: of two that take themselves for the owner, the one that was given the tasks last is it", () => {
    const members = [member("a", { ownedSince: 1_000 }), member("b", { ownedSince: 2_000 })];
    expect([...assignTasks({ members, partitions, single: true }).keys()]).toEqual(["b"]);
  });

  test("only members of the configuration that was first seen last have tasks", () => {
    const old = [member("a", { counting: counting(1, "a") }), member("b", { counting: counting(1, "a") })];
    const young = [member("c", { counting: counting(2, "b") }), member("d", { counting: counting(2, "b") })];
    expect(owners(old)).toEqual(["a", "b"]);
    expect(owners([...old, ...young.slice(0, 1)])).toEqual(["c"]);
    expect(owners([...old.slice(0, 1), ...young])).toEqual(["c", "d"]);
    // The newer ones are gone again.
    expect(owners(old)).toEqual(["a", "b"]);
  });

  test("members that count alike are of one configuration, whatever order a store that was lost gave them", () => {
    const other = member("c", { counting: counting(2, "b") });
    const alike = [member("a", { counting: counting(3, "a") }), member("b", { counting: counting(1, "a") })];
    expect(owners([other, ...alike])).toEqual(["a", "b"]);
  });
});

describe("what members tell of themselves", () => {
  test("comes back as it was written, and a member of an earlier release is one of no configuration", () => {
    const facts = member("a", { topics: ["scored"], ownedSince: 17, counting: counting(2 ** 40, "f") });
    const encode = (userData: Buffer): Buffer =>
      AssignerProtocol.MemberMetadata.encode({ version: 1, topics: ["scored"], userData });
    expect(readMember("a", encode(writeMember(facts)))).toEqual(facts);
    const time = Buffer.alloc(8);
    time.writeDoubleBE(17);
    expect(readMember("a", encode(time))).toEqual({ ...facts, counting: UNREGISTERED });
    expect(readMember("a", encode(Buffer.alloc(0))).ownedSince).toBe(0);
  });
});

/** The parts of a cluster that an assigner asks. */
function clusterOf(known: string[]): Parameters<ReturnType<typeof createTaskAssigner>>[0]["cluster"] {
  const parts = {
    async addMultipleTargetTopics(topics: string[]): Promise<void> {
      if (topics.includes("forbidden")) throw new Error("not allowed");
      known.push(...topics);
    },
    findTopicPartitionMetadata: (topic: string) => (known.includes(topic) ? [{ partitionId: 0 }] : []),
  };
  // The assigner asks for nothing else.
  return parts as unknown as ReturnType<typeof clusterOf>;
}

describe("a leader of an older configuration", () => {
  const { MemberAssignment, MemberMetadata } = AssignerProtocol;
  async function assign(topicsOfNewer: string[]) {
    const ownFacts = () => ({ ownedSince: 0, counting: counting(1, "a") });
    const assigner = createTaskAssigner({ single: false, ownFacts })({
      cluster: clusterOf(["scored"]),
      groupId: "g",
      logger: undefined as never,
    });
    const newer = MemberMetadata.encode({
      version: 1,
      topics: topicsOfNewer,
      userData: writeMember({ ownedSince: 0, counting: counting(2, "b") }),
    });
    const members = [
      { memberId: "old", memberMetadata: assigner.protocol({ topics: ["scored"] }).metadata },
      { memberId: "new", memberMetadata: newer },
    ];
    const assigned = await assigner.assign({ members, topics: ["scored"] });
    return assigned.map(({ memberId, memberAssignment }) => [
      memberId,
      MemberAssignment.decode(memberAssignment)?.assignment,
    ]);
  }

  test("gives out the topics that the newer one reads, and not its own", async () => {
    expect(await assign(["answered", "asked"])).toEqual([
      ["old", {}],
      ["new", { answered: [0], asked: [0] }],
    ]);
  });

  test("gives out what it knows where it cannot learn of the others", async () => {
    expect(await assign(["scored", "forbidden"])).toEqual([
      ["old", {}],
      ["new", { scored: [0] }],
    ]);
  });
});
