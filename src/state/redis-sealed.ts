import { CodedError } from "../config/coded-error.ts";
import { checkPacked } from "../counts/packed.ts";
import { bytesOf } from "./redis-scripts.ts";
import { damageOf, unseal } from "./sealed.ts";

/** The payload of a value that Redis answered, copied. Throws STATE_DAMAGED or STATE_NEWER, with the way out of it. */
export function unsealAnswer(answer: unknown, what: string): Uint8Array {
  return inRedis(what, () => unseal(bytesOf(answer, what), what));
}

/** Counts that Redis answered, checked; throws likewise. */
export function checkedPane(answer: unknown, what: string): Uint8Array {
  const packed = bytesOf(answer, what);
  inRedis(what, () => checkPacked(packed, what));
  return packed;
}

function inRedis<T>(what: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof CodedError)) throw error;
    const { code } = error;
    if (code === "STATE_NEWER") throw newerInRedis(what, error);
    throw new CodedError(
      code,
      `The state in Redis is damaged. ${damageOf(error)} Stop driftd and choose another state.prefix, or delete the keys that begin ` +
        "with driftd:{ and the prefix: with from: earliest all that Kafka still keeps is then counted anew.",
      { cause: error },
    );
  }
}

export function newerInRedis(what: string, cause?: unknown): CodedError {
  return new CodedError(
    "STATE_NEWER",
    `A later driftd wrote what is in Redis (${what}). Run that version, or choose another state.prefix.`,
    { cause },
  );
}
