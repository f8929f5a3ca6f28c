import { createRequire } from "node:module";

/** The parts of kafkajs' queue of requests, one for each connection, that this stands in for; none of them is in its types. */
interface RequestQueue {
  /** Requests that the broker has asked to wait, or that there are too many of. */
  readonly pending: readonly unknown[];
  scheduleCheckPendingRequests(): void;
}

/**
 * Lets connections rest that have nothing to send. kafkajs 2.2.4 looks whether a request may be sent now, where none waits,
 * and then again in a millisecond, for ever (https://github.com/tulios/kafkajs/issues/1751): 2% of a core for a member that
 * reads nothing. Whatever begins to wait is looked after from then on. Safe to call again.
 */
export function calmRequestQueues(): void {
  const require = createRequire(import.meta.url);
  // Inside of the one version of kafkajs that package.json allows.
  const { prototype } = require("kafkajs/src/network/requestQueue") as { readonly prototype: RequestQueue };
  if (Object.hasOwn(prototype, CALMED)) return;
  const { scheduleCheckPendingRequests: schedule } = prototype;
  Object.defineProperty(prototype, CALMED, { value: true });
  prototype.scheduleCheckPendingRequests = function scheduleWherePending(this: RequestQueue) {
    if (this.pending.length > 0) schedule.call(this);
  };
}

const CALMED = Symbol("calmed");
