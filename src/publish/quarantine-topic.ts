import { toMessage } from "./quarantine-entry.ts";
import type { OutgoingMessage, QuarantineEntry } from "./quarantine-entry.ts";
import type { QuarantineSink } from "./quarantine-sink.ts";

/** Settles once all in-sync replicas have the messages. */
export type Send = (topic: string, messages: readonly OutgoingMessage[]) => Promise<void>;

/** Messages of a topic. A record that the topic does not take for its length goes there without its bytes. */
export function createQuarantineTopic(options: {
  readonly topic: string;
  readonly send: Send;
}): QuarantineSink {
  const { topic, send } = options;
  const write = async (entries: readonly QuarantineEntry[]): Promise<void> => {
    try {
      await send(topic, entries.map(toMessage));
    } catch (error) {
      const [first] = entries;
      if (!isTooLarge(error) || (entries.length === 1 && first?.raw === undefined)) throw error;
      if (first !== undefined && entries.length === 1) {
        const { raw: _raw, ...rest } = first;
        return write([rest]);
      }
      const half = Math.ceil(entries.length / 2);
      await write(entries.slice(0, half));
      await write(entries.slice(half));
    }
  };
  // Nothing to open: a broker that is away when the daemon starts may be back when something is to be written.
  return { name: `topic ${topic}`, open: () => Promise.resolve(), write, close: () => Promise.resolve() };
}

/** By the broker's own name of the error, wherever the client put it. */
export function isTooLarge(error: unknown): boolean {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if ("type" in cause && (cause.type === "MESSAGE_TOO_LARGE" || cause.type === "RECORD_LIST_TOO_LARGE"))
      return true;
  }
  return false;
}
