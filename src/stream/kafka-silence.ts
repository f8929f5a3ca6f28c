import type { PartitionState } from "./kafka-partitions.ts";
import type { SourceLog } from "./source.ts";

/** Which partitions have been quiet for so long that they may have been declared idle. */
export interface Silence {
  /**
   * A partition brings something. Where it was quiet, what the others have is learnt before it is taken in: they may have come
   * back together, and panes would be closed without those that are read last.
   */
  end(state: PartitionState): Promise<void>;
}

export function createSilence(options: {
  /** Wall-clock ms. */
  readonly clock: () => number;
  readonly refreshEnds: () => Promise<unknown>;
  readonly log: SourceLog;
}): Silence {
  const { clock, refreshEnds, log } = options;
  /** When each partition last brought something, ms. */
  const heard = new Map<PartitionState, number>();
  return {
    async end(state) {
      const quiet = clock() - (heard.get(state) ?? Number.NEGATIVE_INFINITY);
      heard.set(state, clock());
      if (quiet < state.stream.idleAfter) return;
      await refreshEnds().catch((error: unknown) => log.debug({ error }, "end offsets are not known"));
    },
  };
}
