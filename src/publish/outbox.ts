import { awakeAt, type Tick } from "../config/tick.ts";
import type { Log } from "../runtime/log.ts";
import type { Alert, Transition } from "../verdict/alert.ts";
import type { ShownSink } from "./metrics.ts";
import type { LaneState, OutboxState } from "./outbox-state.ts";
import { reasonOf, waitAfter } from "./retry.ts";
import type { Sink } from "./sink.ts";

/**
 * Transitions wait here until each sink has taken them: in order, at least once. Sinks that call people never hear of a
 * firing older than `maxAge`, but always of the end of one that they know of.
 */
export interface Outbox {
  /** Record them, together with `state()`, before they are delivered. */
  add(transitions: readonly Transition[]): void;
  /** Tries what is due, wherever no delivery is under way. Never rejects; true if `state()` has changed and is to be saved. */
  deliver(tick: Tick): Promise<boolean>;
  /**
   * Says again what fires, but not to a sink to which a delivery is under way, since it is called again soon. `judgedAt` is
   * the newest event time judged. Never rejects; true as above.
   */
  refresh(firing: readonly Alert[], judgedAt: number, tick: Tick): Promise<boolean>;
  state(): OutboxState;
  /** Takes up what was recorded, in place of what waits here now; undefined: nothing was. */
  restore(state: OutboxState | undefined): void;
  counts(): readonly ShownSink[];
}

export interface OutboxOptions {
  readonly sinks: readonly Sink[];
  /** Milliseconds. */
  readonly maxAge: number;
  readonly log: Log;
  readonly state?: OutboxState;
}

interface Lane {
  readonly sink: Sink;
  pending: Transition[];
  readonly announced: Set<string>;
  /** One after the other: a firing said again beside its own end could arrive after it, and open the alert anew. */
  delivering: Promise<boolean> | undefined;
  refreshing: Promise<boolean> | undefined;
  attempts: number;
  notBefore: number;
  delivered: number;
  failed: number;
  refused: number;
  skipped: number;
}

const BATCH = 64;
const MAX_PENDING = 10_000;

export function createOutbox({ sinks, maxAge, log, state }: OutboxOptions): Outbox {
  const lanes = sinks.map((sink) => createLane(sink, state?.sinks[sink.name]));

  const deliverTo = async (lane: Lane, tick: Tick): Promise<boolean> => {
    await lane.refreshing;
    return deliverLane({ lane, tick, maxAge, log });
  };

  return {
    add(transitions) {
      for (const lane of lanes) {
        const { sink } = lane;
        lane.pending.push(...transitions.filter(({ alert }) => sink.wants?.(alert) ?? true));
        const excess = lane.pending.length - MAX_PENDING;
        if (excess <= 0) continue;
        lane.pending.splice(0, excess);
        lane.skipped += excess;
        log.error(
          { sink: sink.name, lost: excess },
          "the sink takes nothing; its oldest alerts are given up",
        );
      }
    },
    deliver(tick) {
      // A sink that takes long is left to it, and the others go on.
      const idle = lanes.filter(({ delivering }) => delivering === undefined);
      return anyChanged(
        idle.map((lane) => {
          lane.delivering = deliverTo(lane, tick).finally(() => {
            lane.delivering = undefined;
          });
          return lane.delivering;
        }),
      );
    },
    refresh(firing, judgedAt, tick) {
      // At the end of a file the watermark is infinite, which says nothing of how old its events are.
      const recent = Number.isFinite(judgedAt) && tick.now - judgedAt <= maxAge;
      const idle = lanes.filter((lane) => (lane.delivering ?? lane.refreshing) === undefined);
      return anyChanged(
        idle.map((lane) => {
          lane.refreshing = refreshLane({ lane, firing, recent, tick, log }).finally(() => {
            lane.refreshing = undefined;
          });
          return lane.refreshing;
        }),
      );
    },
    state: () => ({
      format: 1,
      sinks: Object.fromEntries(
        lanes.map(({ sink, pending, announced }) => [
          sink.name,
          { pending: [...pending], announced: [...announced] },
        ]),
      ),
    }),
    restore(recorded) {
      for (const lane of lanes) {
        const { pending, announced } = recorded?.sinks[lane.sink.name] ?? { pending: [], announced: [] };
        lane.pending = [...pending];
        lane.announced.clear();
        for (const id of announced) lane.announced.add(id);
      }
      for (const [name, { pending }] of Object.entries(recorded?.sinks ?? {})) {
        if (pending.length === 0 || lanes.some(({ sink }) => sink.name === name)) continue;
        log.warn(
          { sink: name, lost: pending.length },
          "alerts waited for a sink that is no more; they are given up",
        );
      }
    },
    counts: () =>
      lanes.map(({ sink, pending, delivered, failed, refused, skipped }) => {
        return { sink: sink.name, pending: pending.length, delivered, failed, refused, skipped };
      }),
  };
}

async function anyChanged(lanes: readonly Promise<boolean>[]): Promise<boolean> {
  return (await Promise.all(lanes)).includes(true);
}

function createLane(sink: Sink, state: LaneState | undefined): Lane {
  const pending = [...(state?.pending ?? [])];
  const announced = new Set(state?.announced);
  const counts = { delivered: 0, failed: 0, refused: 0, skipped: 0 };
  const under = { delivering: undefined, refreshing: undefined };
  return { sink, pending, announced, ...under, attempts: 0, notBefore: 0, ...counts };
}

interface Delivery {
  readonly lane: Lane;
  readonly tick: Tick;
  readonly maxAge: number;
  readonly log: Log;
}

async function deliverLane({ lane, tick, maxAge, log }: Delivery): Promise<boolean> {
  let changed = false;
  while (lane.pending.length > 0 && lane.notBefore <= awakeAt(tick)) {
    const batch = lane.pending.slice(0, lane.sink.batch ?? BATCH);
    const wanted = choose({ batch, lane, oldest: tick.now - maxAge });
    let refused = 0;
    try {
      if (wanted.length > 0) {
        refused = await lane.sink.deliver(
          wanted.map(({ alert }) => alert),
          tick,
        );
      }
    } catch (err) {
      lane.failed += 1;
      lane.attempts += 1;
      lane.notBefore = awakeAt(tick) + waitAfter(err, lane.attempts);
      const { attempts } = lane;
      log.warn(
        { sink: lane.sink.name, attempts, reason: reasonOf(err) },
        "alerts not delivered; they are kept",
      );
      return changed;
    }
    changed = true;
    countBatch(lane, { wanted: wanted.length, refused, tooOld: batch.length - wanted.length, log });
    for (const { alert } of wanted) {
      if (alert.state === "firing") lane.announced.add(alert.id);
      else lane.announced.delete(alert.id);
    }
    // Not by count: while the sink was busy, add() may have given up the oldest.
    const done = new Set(batch);
    lane.pending = lane.pending.filter((transition) => !done.has(transition));
  }
  return changed;
}

function countBatch(
  lane: Lane,
  batch: { readonly wanted: number; readonly refused: number; readonly tooOld: number; readonly log: Log },
): void {
  const { wanted, refused, tooOld, log } = batch;
  lane.delivered += wanted - refused;
  lane.refused += refused;
  lane.skipped += tooOld;
  // History is left out without a word; what grew old because the sink took nothing is a loss.
  if (tooOld > 0 && lane.attempts > 0)
    log.error(
      { sink: lane.sink.name, lost: tooOld },
      "the sink took nothing for too long; alerts grew too old",
    );
  if (wanted > 0) lane.attempts = 0;
}

/** The transitions that the sink should hear of. */
function choose(choice: {
  readonly batch: readonly Transition[];
  readonly lane: Lane;
  readonly oldest: number;
}): readonly Transition[] {
  const { batch, lane, oldest } = choice;
  if (!lane.sink.live) return batch;
  const announced = new Set(lane.announced);
  return batch.filter(({ alert, at, known = at }) => {
    if (alert.state === "resolved") return announced.delete(alert.id);
    if (known < oldest) return false;
    announced.add(alert.id);
    return true;
  });
}

interface Refreshment {
  readonly lane: Lane;
  readonly firing: readonly Alert[];
  /** What is judged now is no history. */
  readonly recent: boolean;
  readonly tick: Tick;
  readonly log: Log;
}

async function refreshLane({ lane, firing, recent, tick, log }: Refreshment): Promise<boolean> {
  if (lane.sink.refresh === undefined || lane.notBefore > awakeAt(tick)) return false;
  const known = firing.filter(({ id }) => recent || lane.announced.has(id));
  try {
    await lane.sink.refresh(known, tick);
  } catch (err) {
    lane.failed += 1;
    const reason = reasonOf(err);
    log.warn({ sink: lane.sink.name, reason }, "firing alerts not said again; another try follows");
    return false;
  }
  const before = [...lane.announced].join();
  for (const { id } of known) lane.announced.add(id);
  // A rule that was taken away leaves no resolved transition; its lease at the sink runs out by itself.
  const alive = new Set([...firing, ...lane.pending.map(({ alert }) => alert)].map(({ id }) => id));
  for (const id of lane.announced) if (!alive.has(id)) lane.announced.delete(id);
  return [...lane.announced].join() !== before;
}
