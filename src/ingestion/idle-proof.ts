import { awakeAt, type Tick } from "../config/tick.ts";
import type { Engine } from "../engine/engine.ts";
import type { Source } from "../stream/source.ts";
import type { Reached } from "../window/watermark.ts";

/** Sources are asked for their ends no more often than this, ms. */
const LOOK_EVERY = 1_000;

const NOTHING: Reached = { events: Number.NEGATIVE_INFINITY, labels: Number.NEGATIVE_INFINITY };

/**
 * What may be closed without idle partitions. That one was at its end when it was last looked at says nothing of records that
 * have come since, perhaps together with those that others have read already: what the others reach counts once the ends
 * were looked at after it was reached, and the partition still has nothing.
 */
export class IdleProof {
  private readonly engine: Engine;
  private readonly sources: readonly Source[];
  private readonly align: (tick: Tick) => void;
  private proven: ReadonlyMap<string, Reached> = new Map();
  /** What was reached before ends that are known now, and are yet to be made use of. */
  private found: ReadonlyMap<string, Reached> | undefined;
  private isLooking = false;
  /** When it last began to look, ms awake. */
  private lookedAt = Number.NEGATIVE_INFINITY;

  /** @param options.align declares partitions idle, or awake, by the ends that are known */
  constructor(options: { engine: Engine; sources: readonly Source[]; align: (tick: Tick) => void }) {
    this.engine = options.engine;
    this.sources = options.sources;
    this.align = options.align;
  }

  /**
   * Up to where a model's watermarks may be trusted although partitions are idle; asks sources for their ends, and does not wait
   * for the answer. Only when nothing else touches the engine.
   */
  reached(model: string, tick: Tick): Reached {
    if (this.found !== undefined) {
      this.proven = this.found;
      this.found = undefined;
      this.align(tick);
    }
    if (!this.isLooking && awakeAt(tick) - this.lookedAt >= LOOK_EVERY) {
      this.lookedAt = awakeAt(tick);
      void this.look();
    }
    return this.proven.get(model) ?? NOTHING;
  }

  private async look(): Promise<void> {
    this.isLooking = true;
    const { engine } = this;
    const reached = new Map(
      engine.models.map(({ counting }) => [
        counting.model,
        {
          events: engine.tasks.watermark(counting, "events"),
          labels: engine.tasks.watermark(counting, "labels"),
        },
      ]),
    );
    const known = await Promise.all(this.sources.map((source) => source.refreshEnds?.() ?? true));
    if (known.every((isKnown) => isKnown)) this.found = reached;
    this.isLooking = false;
  }
}
