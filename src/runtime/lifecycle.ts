import { CodedError } from "../config/coded-error.ts";
import type { Log } from "./log.ts";

/** What the daemon has opened, to be closed in reverse. */
export interface Lifecycle {
  /** Names how something just opened is closed again. While stopping, it is closed along with the rest. */
  onStop(name: string, stop: () => unknown): void;
  /**
   * Closes everything, last opened first; every call answers the same promise. Rejects with an AggregateError of
   * StopErrors once all was tried or the deadline has passed; what was not reached by then is left as it is, because
   * closing it under something that still runs would do more harm than a crash, which loses nothing.
   */
  stop(reason: string): Promise<void>;
  /** True once `stop` was called: a second signal then ends the process at once. */
  readonly stopping: boolean;
  /** Aborts when stopping begins, for loops and waits that should end early. */
  readonly signal: AbortSignal;
}

export interface LifecycleOptions {
  readonly log: Log;
  /** Milliseconds that stopping may take in all. */
  readonly deadline?: number;
}

interface Step {
  readonly name: string;
  readonly stop: () => unknown;
}

/** One thing that could not be closed, by the name it was registered under. */
export class StopError extends Error {
  readonly step: string;

  constructor(step: string, message: string, options?: { cause?: unknown }) {
    super(`${step}: ${message}`, options);
    this.name = "StopError";
    this.step = step;
  }
}

/** Of what stopping failed with: the first cause that is told to people in a sentence; else itself. */
export function causeOfStop(error: unknown): unknown {
  if (!(error instanceof AggregateError)) return error;
  const causes = error.errors.map((each: unknown) => (each instanceof StopError ? each.cause : each));
  return causes.find((cause) => cause instanceof CodedError) ?? error;
}

const DEADLINE = 10_000;

export function createLifecycle({ log, deadline = DEADLINE }: LifecycleOptions): Lifecycle {
  const steps: Step[] = [];
  const controller = new AbortController();
  let stopped: Promise<void> | undefined;
  let finished = false;

  const closeAll = async (reason: string): Promise<void> => {
    log.info({ reason }, "stopping");
    controller.abort();
    const errors = await runSteps({ steps, deadline, log });
    finished = true;
    if (errors.length > 0) {
      const names = errors.map((error) => error.step).join(", ");
      throw new AggregateError(errors, `Not everything was closed: ${names}.`);
    }
    log.info("stopped");
  };

  return {
    onStop(name, stop) {
      if (finished) void runSteps({ steps: [{ name, stop }], deadline, log });
      else steps.push({ name, stop });
    },
    stop(reason) {
      stopped ??= closeAll(reason);
      return stopped;
    },
    get stopping() {
      return stopped !== undefined;
    },
    signal: controller.signal,
  };
}

async function runSteps(options: {
  readonly steps: Step[];
  readonly deadline: number;
  readonly log: Log;
}): Promise<StopError[]> {
  const { steps, deadline, log } = options;
  const errors: StopError[] = [];
  let expired = false;
  let timer: NodeJS.Timeout | undefined;
  const expiry = new Promise<"expired">((resolve) => {
    timer = setTimeout(() => resolve("expired"), deadline);
  });
  for (let step = steps.pop(); step !== undefined; step = steps.pop()) {
    const { name } = step;
    if (expired) {
      errors.push(new StopError(name, "not reached before the deadline"));
      continue;
    }
    log.debug({ step: name }, "closing");
    const outcome = await Promise.race([attempt(step), expiry]);
    if (outcome === "expired") {
      expired = true;
      errors.push(new StopError(name, `still not closed after ${deadline / 1000} s`));
    } else if (outcome !== undefined) {
      errors.push(outcome);
    }
  }
  clearTimeout(timer);
  for (const error of errors) log.error({ step: error.step, err: error }, "could not be closed");
  return errors;
}

async function attempt({ name, stop }: Step): Promise<StopError | undefined> {
  try {
    await stop();
    return undefined;
  } catch (cause) {
    return new StopError(name, cause instanceof Error ? cause.message : String(cause), { cause });
  }
}
