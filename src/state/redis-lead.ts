import { randomUUID } from "node:crypto";
import type { PaneValue } from "../window/pane.ts";
import type { RedisConnection } from "./redis-connection.ts";
import { commonKey, commonRoom } from "./redis-keys.ts";
import { PUT_PANES, panesOf } from "./redis-panes.ts";
import { bufferOf, createScript, listOf, pairsOf, scriptCommand, textOf } from "./redis-scripts.ts";
import type { Argument, RedisScript } from "./redis-scripts.ts";
import { unsealAnswer } from "./redis-sealed.ts";
import { placeOf, seal } from "./sealed.ts";

/** How long who leads may be silent, ms. */
const LEASE = 10_000;

/**
 * KEYS lead, epoch; ARGV holder, epoch that it is known to have ("" to take what is free), lease. The epoch; nothing where the
 * lead is another's. Sent again, it answers the same.
 */
const TAKE = createScript(`
local holder = redis.call("HGET", KEYS[1], "holder")
local epoch = redis.call("GET", KEYS[2]) or "0"
if holder == ARGV[1] and (ARGV[2] == "" or epoch == ARGV[2]) then
  redis.call("PEXPIRE", KEYS[1], ARGV[3])
  return epoch
end
if holder or ARGV[2] ~= "" then return false end
epoch = redis.call("INCR", KEYS[2])
redis.call("HSET", KEYS[1], "holder", ARGV[1], "sequence", "0")
redis.call("PEXPIRE", KEYS[1], ARGV[3])
return tostring(epoch)
`);

/** KEYS lead; ARGV holder. */
const GIVE_UP = createScript(`
if redis.call("HGET", KEYS[1], "holder") == ARGV[1] then redis.call("UNLINK", KEYS[1]) end
return 1
`);

/**
 * KEYS lead, epoch; ARGV holder, epoch, sequence, lease. Answers 0 where somebody else leads; 1 where this was written already, or a
 * later write was: a request that the network held back for long must not undo it.
 */
const AS_LEADER = `
local held = redis.call("HMGET", KEYS[1], "holder", "sequence")
if held[1] ~= ARGV[1] or redis.call("GET", KEYS[2]) ~= ARGV[2] then return 0 end
redis.call("PEXPIRE", KEYS[1], ARGV[4])
if tonumber(held[2]) >= tonumber(ARGV[3]) then return 1 end
redis.call("HSET", KEYS[1], "sequence", ARGV[3])
`;

/** And then KEYS judgement; ARGV number of blobs to delete, their names, names and values of the others. */
const JUDGE = createScript(`${AS_LEADER}
local deleted = tonumber(ARGV[5])
for i = 6, 5 + deleted do redis.call("HDEL", KEYS[3], ARGV[i]) end
for i = 6 + deleted, #ARGV, 2 do redis.call("HSET", KEYS[3], ARGV[i], ARGV[i + 1]) end
return 1
`);

/** And then KEYS layouts and as putPanes takes them; ARGV likewise. */
const WRITE_PANES = createScript(`${PUT_PANES}${AS_LEADER}
putPanes(KEYS[3], 4, 5)
return 1
`);

export const LEAD_SCRIPTS: readonly RedisScript[] = [TAKE, GIVE_UP, JUDGE, WRITE_PANES];

/** The part of the store that only who leads may write. */
export interface RedisLead {
  take(): Promise<boolean>;
  giveUp(): Promise<void>;
  readJudgement(names?: readonly string[]): Promise<ReadonlyMap<string, Uint8Array>>;
  writeJudgement(changes: ReadonlyMap<string, Uint8Array | null>): Promise<boolean>;
  writePanes(panes: readonly PaneValue[]): Promise<boolean>;
}

interface Lead {
  /** Of one lead only: who takes it a second time has another. */
  readonly holder: string;
  readonly epoch: string;
  /**
   * The connection that it was taken on. Over another one it is worth nothing: the store may have gone back behind what was
   * judged, and kept the lead.
   */
  readonly connection: number;
  /** Of the last write. */
  sequence: number;
}

export function createLead(connection: RedisConnection, prefix: string): RedisLead {
  const keys = [commonKey(prefix, "lead"), commonKey(prefix, "epoch")];
  let lead: Lead | undefined;
  /** Who the next lead is held by: asked again, the same. */
  let candidate = randomUUID();
  /** A write was refused, and `take` has not yet said so. */
  let isLost = false;
  let turn: Promise<unknown> = Promise.resolve();

  /** One after the other, so that writes arrive in the order of their sequence. */
  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = turn.then(work);
    turn = result.catch(() => undefined);
    return result;
  }

  async function take(): Promise<boolean> {
    if (isLost) {
      isLost = false;
      return false;
    }
    const number = lead?.connection ?? connection.number();
    const holder = lead?.holder ?? candidate;
    const command = scriptCommand(TAKE, keys, [holder, lead?.epoch ?? "", LEASE]);
    const answer = await connection.runOn(number, [command]);
    // Lost, for however short: what others have judged since must be read before it is taken again.
    if (answer === undefined) await leave(holder);
    else if (answer[0] === null) lead = undefined;
    else if (lead === undefined) {
      lead = { holder, epoch: textOf(answer[0], "the lead"), connection: number, sequence: 0 };
      candidate = randomUUID();
    }
    return lead !== undefined;
  }

  async function leave(holder: string): Promise<void> {
    lead = undefined;
    await connection.run([scriptCommand(GIVE_UP, keys.slice(0, 1), [holder])]);
  }

  async function giveUp(): Promise<void> {
    if (lead !== undefined) await leave(lead.holder);
  }

  async function write(
    script: RedisScript,
    moreKeys: readonly string[],
    args: readonly Argument[],
  ): Promise<boolean> {
    if (lead === undefined) return false;
    lead.sequence += 1;
    const { holder, epoch, sequence, connection: number } = lead;
    const command = scriptCommand(script, [...keys, ...moreKeys], [holder, epoch, sequence, LEASE, ...args]);
    const answer = await connection.runOn(number, [command]);
    if (answer?.[0] === 1) return true;
    lead = undefined;
    isLost = true;
    if (answer === undefined) await leave(holder);
    return false;
  }

  return {
    take: () => inTurn(take),
    giveUp: () => inTurn(giveUp),
    readJudgement: async (names) => {
      const key = commonKey(prefix, "judgement");
      const blobs = new Map<string, Uint8Array>();
      const note = (name: string, value: unknown): void => {
        blobs.set(name, unsealAnswer(value, { what: `the judgement ${name}`, place: placeOf(key, name) }));
      };
      if (names === undefined) {
        const [answer] = await connection.run([["HGETALL", key]]);
        for (const [field, value] of pairsOf(answer, "the judgement"))
          note(textOf(field, "the judgement"), value);
      } else if (names.length > 0) {
        const [answer] = await connection.run([["HMGET", key, ...names]]);
        for (const [i, value] of listOf(answer, "the judgement").entries())
          if (value !== null) note(names[i], value);
      }
      return blobs;
    },
    writeJudgement: (changes) =>
      inTurn(() => {
        const key = commonKey(prefix, "judgement");
        const deleted = [...changes].filter(([, blob]) => blob === null).map(([name]) => name);
        const kept = [...changes].flatMap(([name, blob]) =>
          blob === null ? [] : [name, bufferOf(seal(blob, placeOf(key, name)))],
        );
        return write(JUDGE, [key], [deleted.length, ...deleted, ...kept]);
      }),
    writePanes: (panes) =>
      inTurn(() => {
        const { keys: paneKeys, args } = panesOf(commonRoom(prefix), panes);
        return write(WRITE_PANES, paneKeys, args);
      }),
  };
}
