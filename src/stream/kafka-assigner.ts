import { AssignerProtocol, type Assignment, type PartitionAssigner } from "kafkajs";

interface Member {
  readonly id: string;
  /** Wall-clock ms since when it has owned tasks, as far as it knows; 0 = it owns none. */
  readonly ownedSince: number;
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

/**
 * With `single` the owner stays the owner: what it remembers is on its own disk. Of two, one was away while the tasks were given
 * to the other, and has not heard of it.
 */
function candidates({ members, single }: AssignmentOptions): readonly Member[] {
  const sorted = members.toSorted((left, right) => (left.id < right.id ? -1 : 1));
  if (!single) return sorted;
  return sorted.toSorted((left, right) => right.ownedSince - left.ownedSince).slice(0, 1);
}

const VERSION = 1;

/** For kafkajs. The name is part of the group protocol: members with and without `single` refuse to join one group. */
export function createTaskAssigner(options: {
  single: boolean;
  ownedSince: () => number;
}): PartitionAssigner {
  const { MemberAssignment, MemberMetadata } = AssignerProtocol;
  return ({ cluster }) => ({
    name: options.single ? "driftd-single" : "driftd-tasks",
    version: VERSION,
    async assign({ members, topics }) {
      const assignments = assignTasks({
        members: members.map(({ memberId, memberMetadata }) => ({
          id: memberId,
          ownedSince: readTime(MemberMetadata.decode(memberMetadata)?.userData),
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
        userData: writeTime(options.ownedSince()),
      }),
    }),
  });
}

function writeTime(time: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleBE(time);
  return bytes;
}

function readTime(bytes: Buffer | undefined): number {
  return bytes?.length === 8 ? bytes.readDoubleBE() : 0;
}
