import { cpSync, renameSync, rmSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import type { KafkaCluster } from "../services/kafka.ts";
import type { RedisService } from "../services/redis.ts";
import type { Members } from "./members.ts";
import type { Kind, Misfortune } from "./schedule.ts";

export interface World {
  readonly members: Members;
  readonly cluster: KafkaCluster;
  readonly redis?: Pick<RedisService, "directory" | "client" | "halt" | "resume" | "freeze" | "thaw">;
}

/** Lets all of it happen, each at its time; settles once everything has been made good. Answers how often each kind came. */
export async function suffer(world: World, planned: readonly Misfortune[]): Promise<Map<Kind, number>> {
  const came = new Map<Kind, number>();
  const began = Date.now();
  const under: Promise<void>[] = [];
  // One after the other: with two brokers of three gone, what is acknowledged would have to wait.
  const last = { broker: Promise.resolve(), redis: Promise.resolve() };
  const meet = async (misfortune: Misfortune): Promise<void> => {
    await happen(world, misfortune, last);
    came.set(misfortune.kind, (came.get(misfortune.kind) ?? 0) + 1);
  };
  for (const misfortune of planned) {
    await sleep(Math.max(0, began + misfortune.at - Date.now()));
    under.push(meet(misfortune));
  }
  await Promise.all(under);
  return came;
}

function happen(
  { members, cluster, redis }: World,
  { kind, lasts, whom }: Misfortune,
  last: { broker: Promise<void>; redis: Promise<void> },
): Promise<void> {
  switch (kind) {
    case "kill":
      return members.replace(whom, "SIGKILL", lasts);
    case "leave":
      return members.replace(whom, "SIGTERM", lasts);
    case "freeze":
      return members.freeze(whom, lasts);
    case "kill-broker":
    case "halt-broker": {
      const broker = Math.floor(whom * cluster.brokers.length);
      return (last.broker = after(last.broker, {
        begin: () => (kind === "kill-broker" ? cluster.crash(broker) : cluster.halt(broker)),
        lasts,
        end: () => cluster.resume(),
      }));
    }
    case "kill-redis":
    case "halt-redis":
      return (last.redis = after(last.redis, {
        begin: () => redis?.halt(kind === "kill-redis" ? "SIGKILL" : "SIGTERM"),
        lasts,
        end: () => redis?.resume(),
      }));
    case "freeze-redis":
      return (last.redis = after(last.redis, {
        begin: () => redis?.freeze(),
        lasts,
        end: () => redis?.thaw(),
      }));
    case "rewind-redis":
      return (last.redis = after(last.redis, {
        begin: () => redis && keepCopy(redis),
        lasts,
        end: () => redis && putBack(redis),
      }));
    case "wipe-redis":
      return (last.redis = after(last.redis, { begin: () => redis && wipe(redis), lasts, end: () => {} }));
  }
}

interface Outage {
  readonly begin: () => Promise<void> | void | undefined;
  readonly lasts: number;
  readonly end: () => Promise<void> | void | undefined;
}

async function after(before: Promise<void>, { begin, lasts, end }: Outage): Promise<void> {
  await before;
  await begin();
  await sleep(lasts);
  await end();
}

/** As a disk would look after a power cut: an append-only file may end in the middle of a command. */
function keepCopy({ directory }: { readonly directory: string }): void {
  rmSync(`${directory}-copy`, { recursive: true, force: true });
  cpSync(directory, `${directory}-copy`, { recursive: true });
}

async function wipe({ client }: NonNullable<World["redis"]>): Promise<void> {
  const redis = client();
  await redis.flushall();
  redis.disconnect();
}

async function putBack(redis: NonNullable<World["redis"]>): Promise<void> {
  const { directory } = redis;
  await redis.halt("SIGKILL");
  rmSync(directory, { recursive: true });
  renameSync(`${directory}-copy`, directory);
  await redis.resume();
}
