import { AssignerProtocol } from "kafkajs";

/** What decides how a member counts, and how new that is: the more, the later it was first seen. */
export interface CountingStamp {
  readonly order: number;
  /** 16 hexadecimal digits; equal ones count alike. */
  readonly hash: string;
}

/** What a member of the group tells the others of itself. */
export interface MemberFacts {
  readonly id: string;
  readonly topics: readonly string[];
  /** Wall-clock ms since when it has owned tasks, as far as it knows; 0 = it owns none. */
  readonly ownedSince: number;
  readonly counting: CountingStamp;
}

/** Of a member that registers nothing. */
export const UNREGISTERED: CountingStamp = { order: 0, hash: "0".repeat(16) };

const BYTES = 24;

export function writeMember({ ownedSince, counting }: Omit<MemberFacts, "id" | "topics">): Buffer {
  const bytes = Buffer.alloc(BYTES);
  bytes.writeDoubleBE(ownedSince, 0);
  bytes.writeDoubleBE(counting.order, 8);
  bytes.write(counting.hash, 16, "hex");
  return bytes;
}

/** @param metadata as the group keeps it of the member */
export function readMember(id: string, metadata: Buffer): MemberFacts {
  const { topics = [], userData } = AssignerProtocol.MemberMetadata.decode(metadata) ?? {};
  // A member of an earlier release says less.
  if (userData === undefined || userData.length < BYTES) {
    const ownedSince = userData?.length === 8 ? userData.readDoubleBE() : 0;
    return { id, topics, ownedSince, counting: UNREGISTERED };
  }
  const counting = { order: userData.readDoubleBE(8), hash: userData.toString("hex", 16, BYTES) };
  return { id, topics, ownedSince: userData.readDoubleBE(0), counting };
}
