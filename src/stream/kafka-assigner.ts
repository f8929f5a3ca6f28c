import { AssignerProtocol, type Assignment, type PartitionAssigner } from "kafkajs";
import { readMember, writeMember, type MemberFacts } from "./kafka-member.ts";

export interface AssignmentOptions {
  readonly members: readonly MemberFacts[];
  /** Partition numbers by topic. */
  readonly partitions: ReadonlyMap<string, readonly number[]>;
  /** All tasks to one member; the others stand by. */
  readonly single: boolean;
}

/**
 * Task k (partition k of every topic) goes to member k mod members, in order of their ids: so that partition k of the
 * topics of one stream group always meets in one member, whatever the topics' sizes.
 */
export function assignTasks(options: AssignmentOptions): Map<string, Assignment> {
  const members = findReaders(options);
  const assignments = new Map<string, Assignment>();
  for (const [topic, partitions] of options.partitions) {
    for (const partition of partitions) {
      const member = members[partition % members.length];
      if (member === undefined) continue;
      const assignment = assignments.get(member.id) ?? {};
      (assignment[topic] ??= []).push(partition);
      assignments.set(member.id, assignment);
    }
  }
  return assignments;
}

/**
 * Those who may have tasks, in order of their ids. While a changed configuration is rolled out only members of the newest one
 * count: what two ways of counting would add up to is neither.
 *
 * With `single` the owner stays the owner: what it remembers is on its own disk. Of two, one was away while the tasks were given
 * to the other, and has not heard of it.
 */
function findReaders({
  members,
  single,
}: Pick<AssignmentOptions, "members" | "single">): readonly MemberFacts[] {
  const sorted = members.toSorted((left, right) => (left.id < right.id ? -1 : 1));
  if (single) return sorted.toSorted((left, right) => right.ownedSince - left.ownedSince).slice(0, 1);
  const newest = findNewest(sorted);
  // Members that count alike are of one configuration, also where the store was lost and gave one of them another order.
  return sorted.filter(({ counting }) => counting.hash === newest?.counting.hash);
}

/** Whose configuration was first seen last. */
export function findNewest(members: readonly MemberFacts[]): MemberFacts | undefined {
  return members.toSorted((left, right) => right.counting.order - left.counting.order)[0];
}

const VERSION = 1;

/** For kafkajs. The name is part of the group protocol: members with and without `single` refuse to join one group. */
export function createTaskAssigner(options: {
  single: boolean;
  ownFacts: () => Omit<MemberFacts, "id" | "topics">;
}): PartitionAssigner {
  const { MemberAssignment, MemberMetadata } = AssignerProtocol;
  const { single } = options;
  const name = single ? "driftd-single" : "driftd-tasks";
  return ({ cluster }) => ({
    name,
    version: VERSION,
    async assign({ members, topics: ownTopics }) {
      const facts = members.map(({ memberId, memberMetadata }) => readMember(memberId, memberMetadata));
      // Whoever leads the group may be of an older configuration, and not know of a topic that a newer one reads.
      const topics = new Set(findReaders({ members: facts, single }).flatMap((member) => member.topics));
      const unknown = [...topics].filter((topic) => !ownTopics.includes(topic));
      const isKnown = unknown.length === 0 || (await learnTopics(cluster, unknown));
      const known = [...topics].filter((topic) => isKnown || ownTopics.includes(topic));
      const assignments = assignTasks({
        members: facts,
        partitions: new Map(
          known.map((topic) => [
            topic,
            cluster.findTopicPartitionMetadata(topic).map(({ partitionId }) => partitionId),
          ]),
        ),
        single,
      });
      return members.map(({ memberId }) => ({
        memberId,
        memberAssignment: MemberAssignment.encode({
          version: VERSION,
          assignment: assignments.get(memberId) ?? {},
          userData: Buffer.alloc(0),
        }),
      }));
    },
    protocol: ({ topics }) => ({
      name,
      metadata: MemberMetadata.encode({
        version: VERSION,
        topics,
        userData: writeMember(options.ownFacts()),
      }),
    }),
  });
}

type Cluster = Parameters<PartitionAssigner>[0]["cluster"];

/** Whether the topics were found; where not, the next leader that reads them itself gives them out. */
async function learnTopics(cluster: Cluster, topics: string[]): Promise<boolean> {
  try {
    await cluster.addMultipleTargetTopics(topics);
    return true;
  } catch {
    return false;
  }
}
