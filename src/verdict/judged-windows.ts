import { pack, unpackInto } from "../counts/packed.ts";
import type { FittedModel } from "../rules/fitted-model.ts";
import type { PaneValue } from "../window/pane.ts";
import { RollingWindow } from "../window/rolling-window.ts";
import { OTHER_VERSION } from "../window/task-delta.ts";
import type { SeenWindow } from "./observation.ts";
import type { RuleSeries } from "./rule-series.ts";
import { blockOf } from "./series-places.ts";
import { windowShapes } from "./window-shapes.ts";

/** A rolling window, and the blocks that some rule asks it for: the others are not summed. */
interface JudgedWindow {
  readonly window: RollingWindow;
  readonly blocks: Set<number>;
}

/** The rolling windows of one model, one of each shape that its rules ask for. */
export class JudgedWindows {
  private readonly fitted: FittedModel;
  private readonly windows: readonly JudgedWindow[];
  private readonly scratch: Float64Array;

  constructor(fitted: FittedModel) {
    this.fitted = fitted;
    const { stride } = fitted.counting.layout;
    this.windows = windowShapes(fitted).map((shape) => ({
      window: new RollingWindow({ ...shape, stride, codec: { pack, unpackInto } }),
      blocks: new Set<number>(),
    }));
    this.scratch = new Float64Array(stride);
  }

  /** Sums from now on what these series look at, besides what was asked for before. */
  watch(series: readonly RuleSeries[]): void {
    for (const { rule, block, groups, compared } of series) {
      const blocks = this.find(rule.window)?.blocks;
      blocks?.add(block);
      if (compared?.block !== undefined) blocks?.add(compared.block);
      for (const place of groups?.places ?? []) blocks?.add(place.block);
    }
  }

  /** Whether the window of this shape sums the block. */
  isWatched(shape: RuleSeries["rule"]["window"], block: number): boolean {
    return this.find(shape)?.blocks.has(block) === true;
  }

  /** Adds a closed pane; `version` and `segment` are positions. All panes of a step come before its `endStep`. */
  addPane({ packed }: PaneValue, place: { version: number; segment: number }): void {
    const own = blockOf(this.fitted, place.version, place.segment);
    const pooled = blockOf(this.fitted, undefined, place.segment);
    for (const { window, blocks } of this.windows) {
      if (blocks.has(own)) window.addPane(own, packed);
      if (blocks.has(pooled)) window.addPane(pooled, packed);
    }
  }

  /** The panes that end at `end`, ms, are all there. */
  endSteps(end: number): void {
    for (const { window } of this.windows) if (end % window.every === 0) window.endStep(end);
  }

  /** What a series looks at in the window that ends at `end`, ms. */
  seenBy(series: RuleSeries, end: number): SeenWindow | undefined {
    const window = this.find(series.rule.window)?.window;
    if (window === undefined) return undefined;
    return {
      sum: window.sum(series.block) ?? this.scratch.fill(0),
      from: end - window.size,
      to: end,
      sumOf: (block) => window.sum(block),
      sumBefore: (block) => window.sumBefore(block),
      countSteps: (holds) => window.countSteps(series.block, holds),
    };
  }

  private find({ size, every }: RuleSeries["rule"]["window"]): JudgedWindow | undefined {
    return this.windows.find(({ window }) => window.size === size && window.every === every);
  }
}

/** Where a pane's counts belong; undefined for a segment or version that is not followed. */
export function placeOfPane(
  { counting: { segments, keep } }: FittedModel,
  pane: PaneValue,
  versions: readonly string[],
): { version: number; segment: number } | undefined {
  const segment = segments.names.indexOf(pane.segment);
  const version = pane.version === OTHER_VERSION ? keep : versions.indexOf(pane.version);
  return segment < 0 || version < 0 ? undefined : { version, segment };
}
