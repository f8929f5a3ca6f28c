import { CodedError } from "../config/coded-error.ts";
import { takeCounts } from "./placed-counts.ts";
import { bytesOf } from "./redis-scripts.ts";
import { damageOf, damaged, unseal } from "./sealed.ts";
import type { Found } from "./sealed.ts";

/** The payload of a value that Redis answered, copied. Throws as `unseal` does, with the way out of it. */
export function unsealAnswer(answer: unknown, found: Found): Uint8Array {
  const { what } = found;
  return inRedis(what, () => unseal(bytesOf(answer, what), found));
}

/** Counts that Redis answered, checked, as they were before placeCounts; throws likewise. */
export function checkedPane(answer: unknown, found: Found): Uint8Array {
  const { what } = found;
  const counts = bytesOf(answer, what);
  inRedis(what, () => takeCounts(counts, found));
  return counts;
}

function inRedis<T>(what: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof CodedError)) throw error;
    if (error.code === "STATE_NEWER") throw newerInRedis(what, error);
    if (error.code === "STATE_OLDER") throw olderInRedis(what, error);
    throw damagedInRedis(damageOf(error), error);
  }
}

const ANEW =
  "choose another state.prefix, or delete the keys that begin with driftd:{ and the prefix: with from: earliest all that Kafka " +
  "still keeps is then counted anew.";

export function damagedInRedis(what: string, cause: unknown = damaged(what)): CodedError {
  return new CodedError("STATE_DAMAGED", `The state in Redis is damaged. ${what} Stop driftd and ${ANEW}`, {
    cause,
  });
}

function olderInRedis(what: string, cause: unknown): CodedError {
  return new CodedError(
    "STATE_OLDER",
    `An earlier driftd wrote what is in Redis (${what}), and this one cannot go on with it. Run that version, or stop it and ${ANEW}`,
    { cause },
  );
}

export function newerInRedis(what: string, cause?: unknown): CodedError {
  return new CodedError(
    "STATE_NEWER",
    `A later driftd wrote what is in Redis (${what}). Run that version, or choose another state.prefix.`,
    { cause },
  );
}
