import type { DecodedRecords, EventBatch } from "../event/batch.ts";
import { newVersionsOf, positionsOf } from "../window/version-sightings.ts";

/** The versions of every model that are counted one by one, as the store has admitted them, and those that are not. */
export class EngineVersions {
  private readonly admitted = new Map<string, readonly string[]>();
  private readonly overflow = new Map<string, Set<string>>();

  clear(): void {
    this.admitted.clear();
    this.overflow.clear();
  }

  /** In order of admission. */
  of(model: string): readonly string[] {
    return this.admitted.get(model) ?? [];
  }

  set(model: string, names: readonly string[]): void {
    this.admitted.set(model, names);
  }

  /** Versions in a batch that have not been offered to the store yet, by model; usually none. `keepOf`: places that a model has. */
  newIn(
    decoded: DecodedRecords,
    keepOf: (model: string) => number,
  ): { model: string; names: string[]; keep: number }[] {
    return decoded.batches.flatMap((batch, b) => {
      const { model } = batch.plan;
      const admitted = this.of(model);
      const keep = keepOf(model);
      if (admitted.length >= keep || batch.plan.columns[0]?.role === "truth") return [];
      const names = newVersionsOf(decoded, b, admitted);
      return names.length > 0 ? [{ model, names, keep }] : [];
    });
  }

  /** Those seen that are not counted one by one, because the model's places were taken. */
  overflowOf(model: string): Set<string> {
    const overflow = this.overflow.get(model) ?? new Set();
    this.overflow.set(model, overflow);
    return overflow;
  }

  /** By version code of the batch: its place among the admitted ones. */
  positionsIn(batch: EventBatch, keep: number): Int32Array {
    const { model } = batch.plan;
    return positionsOf(batch, {
      admitted: this.of(model),
      keep,
      // That a half names none says nothing of its event.
      overflow: batch.plan.half === undefined ? this.overflowOf(model) : new Set(),
    });
  }
}
