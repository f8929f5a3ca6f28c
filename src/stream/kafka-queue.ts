import { createRequire } from "node:module";

/** The parts of kafkajs' queue of requests, one for each connection, that this stands in for; none of them is in its types. */
interface RequestQueue {
  /** Requests that the broker has asked to wait, or that there are too many of. */
  readonly pending: readonly unknown[];
  scheduleCheckPendingRequests(): void;
  /** Requests that were sent, by their number. */
  readonly inflight: ReadonlyMap<number, SentRequest>;
  readonly enforceRequestTimeout: boolean;
  /** ms. */
  readonly requestTimeout: number;
  requestTimeoutIntervalId: NodeJS.Timeout | null;
  isConnected(): boolean;
  /** Looks no more whether answers are overdue. */
  destroy(): void;
  scheduleRequestTimeoutCheck(): void;
}

interface SentRequest {
  /** Wall clock, ms. */
  readonly sentAt: number;
  /** ms. */
  readonly requestTimeout: number;
  timeoutRequest(): void;
}

/** An answer may take half a minute: whether one is overdue is looked at this often, ms. */
const LOOK_EVERY = 1_000;

/**
 * Lets connections rest that have nothing to send. kafkajs 2.2.4 looks whether a request may be sent now, where none waits,
 * and then again in a millisecond, for ever (https://github.com/tulios/kafkajs/issues/1751): 2% of a core for a member that
 * reads nothing. Whatever begins to wait is looked after from then on. Ten times a second it looks at every connection for answers
 * that are overdue, and to be woken for that was a quarter of what such a member cost besides. Safe to call again.
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
  prototype.scheduleRequestTimeoutCheck = function scheduleSeldom(this: RequestQueue) {
    if (!this.enforceRequestTimeout) return;
    this.destroy();
    const every = Math.min(this.requestTimeout, LOOK_EVERY);
    this.requestTimeoutIntervalId = setInterval(() => timeOutOverdue(this), every);
  };
}

/** As kafkajs does it. */
function timeOutOverdue(queue: RequestQueue): void {
  for (const request of queue.inflight.values())
    if (Date.now() - request.sentAt > request.requestTimeout) request.timeoutRequest();
  if (!queue.isConnected()) queue.destroy();
}

const CALMED = Symbol("calmed");
