import { CodedError } from "../config/coded-error.ts";
import type { Transition } from "../verdict/alert.ts";

/** What is kept with the alert states, so that nothing recorded is lost in a crash. Plain data. */
export interface OutboxState {
  readonly format: 1;
  readonly sinks: Readonly<Record<string, LaneState>>;
}

export interface LaneState {
  readonly pending: readonly Transition[];
  /** Ids of firing alerts that the sink knows of. */
  readonly announced: readonly string[];
}

export function encodeOutbox(state: OutboxState): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(state));
}

/** Throws STATE_DAMAGED where the bytes are not an outbox. */
export function decodeOutbox(bytes: Uint8Array): OutboxState {
  try {
    const state: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
    if (isOutboxState(state)) return state;
  } catch (cause) {
    throw damaged(cause);
  }
  throw damaged(undefined);
}

function damaged(cause: unknown): CodedError {
  return new CodedError(
    "STATE_DAMAGED",
    "The alerts waiting for delivery cannot be read back from the state. Restore the state directory from a copy, or remove it to start anew.",
    { cause },
  );
}

/** The shape down to the lists; what stands in them was written by this file, under the store's own checksum. */
function isOutboxState(state: unknown): state is OutboxState {
  if (!isObject(state) || state["format"] !== 1 || !isObject(state["sinks"])) return false;
  return Object.values(state["sinks"]).every(
    (sink) => isObject(sink) && Array.isArray(sink["pending"]) && Array.isArray(sink["announced"]),
  );
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
