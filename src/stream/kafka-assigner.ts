import { AssignerProtocol, type Assignment, type PartitionAssigner } from "kafkajs";

interface Member {
  readonly id: string;
  /** Whether it owned the tasks before this rebalance. */
  readonly owner: boolean;
}

export interface AssignmentOptions {
  readonly members: readonly Member[];
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
  const members = candidates(options);
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

/** With `single` the owner stays the owner: what it remembers is on its own disk. */
function candidates({ members, single }: AssignmentOptions): readonly Member[] {
  const sorted = members.toSorted((left, right) => (left.id < right.id ? -1 : 1));
  if (!single) return sorted;
  return [sorted.find((member) => member.owner) ?? sorted[0]].filter((member) => member !== undefined);
}

const VERSION = 1;
const OWNER = Buffer.from([1]);
const NOT_OWNER = Buffer.from([0]);

/** For kafkajs. The name is part of the group protocol: members with and without `single` refuse to join one group. */
export function createTaskAssigner(options: { single: boolean; isOwner: () => boolean }): PartitionAssigner {
  const { MemberAssignment, MemberMetadata } = AssignerProtocol;
  return ({ cluster }) => ({
    name: options.single ? "driftd-single" : "driftd-tasks",
    version: VERSION,
    async assign({ members, topics }) {
      const assignments = assignTasks({
        members: members.map(({ memberId, memberMetadata }) => ({
          id: memberId,
          owner: MemberMetadata.decode(memberMetadata)?.userData.equals(OWNER) ?? false,
        })),
        partitions: new Map(
          topics.map((topic) => [
            topic,
            cluster.findTopicPartitionMetadata(topic).map(({ partitionId }) => partitionId),
          ]),
        ),
        single: options.single,
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
      name: options.single ? "driftd-single" : "driftd-tasks",
      metadata: MemberMetadata.encode({
        version: VERSION,
        topics,
        userData: options.isOwner() ? OWNER : NOT_OWNER,
      }),
    }),
  });
}
