import { extendedSections } from "../../counts/layout.ts";
import type { Section } from "../../counts/layout.ts";
import { pack } from "../../counts/packed.ts";
import type { SeriesRef } from "../../counts/ref.ts";
import { ARRIVALS, BINS_TAIL, CATEGORIES_TAIL } from "../../counts/tails.ts";
import { addInto } from "../../counts/vector.ts";
import type { FittedModel } from "../../rules/fitted-model.ts";
import type { PaneValue } from "../../window/pane.ts";
import { paneLayout } from "../../window/task-delta.ts";
import { partsUnder, touchesColumn } from "./column-changes.ts";
import { distributionOf } from "./distribution.ts";
import type { Distribution } from "./distribution.ts";
import { drawRows } from "./draw.ts";
import { drawnSegments } from "./drawn-segments.ts";
import type { DrawnSegment } from "./drawn-segments.ts";
import type { Random } from "./random.ts";
import { invalidShare, rateAt, rowFactor, versionShares } from "./row-counts.ts";
import type { Change, Synthetic } from "./scenario.ts";
import { drawTilted, groupOutcomes } from "./tilted-rows.ts";
import type { GroupedDistribution } from "./tilted-rows.ts";
import { openWanderingColumns } from "./wandering-columns.ts";

/** The rows of one segment and version in one pane, and which changes touch them. */
export interface DrawnRows {
  readonly segment: DrawnSegment;
  readonly version: string;
  readonly rows: number;
  /** Positions of changes of the story. */
  readonly changes: readonly number[];
}

export interface DrawnPane {
  readonly panes: readonly PaneValue[];
  readonly rows: readonly DrawnRows[];
}

/** Draws a story's panes one after the other. */
export interface Traffic {
  /** The pane that starts at `start`, ms since the epoch; undefined while the stream is silent. */
  draw(start: number): DrawnPane | undefined;
}

/**
 * Values are drawn from the reference's counts on their own grid, moved as the changes say. Their shares wander as those of the
 * reference's own windows do. Rows come by a Poisson process, and the columns of a row know nothing of each other: what a reference
 * keeps does not say how they hang together.
 */
export function openTraffic(options: {
  readonly fitted: FittedModel;
  readonly story: Synthetic;
  readonly random: Random;
  /** Told of the rows of every segment and version of a pane, and what is counted of them; the block is used again afterwards. */
  readonly onRows?: (
    drawn: DrawnRows,
    pane: { readonly start: number; readonly block: Float64Array },
  ) => void;
}): Traffic {
  const { fitted, story, random, onRows } = options;
  const segments = drawnSegments(fitted, story.changes);
  const columns = drawnColumns(fitted, story.columns);
  const known = new Map<string, KnownDistribution>();
  const wandering = openWanderingColumns({ fitted, seed: story.seed });
  const { stride } = fitted.counting.layout;
  const whole = fitted.counting.segments.names[0];

  const distributionFor = (
    segment: DrawnSegment,
    column: DrawnColumn,
    active: readonly number[],
  ): KnownDistribution => {
    const touching = active.filter((position) => touchesColumn(story.changes[position], column.name));
    const key = `${segment.name}/${column.position}/${touching.join()}`;
    const found = known.get(key);
    if (found !== undefined) return found;
    const changes = touching.map((position) => story.changes[position]);
    const parts = partsUnder({ fitted, segment, column, changes });
    const plain = distributionOf(parts, column.ref, column.section);
    const overdispersion = wandering.find(segment, column)?.overdispersion;
    const groups = overdispersion && groupOutcomes(plain, overdispersion, column.ref);
    const made = { plain, ...(groups && { groups }) };
    known.set(key, made);
    return made;
  };

  // Every pane needs as many again.
  const spare: Float64Array[] = [];
  const emptyBlock = (): Float64Array => spare.pop()?.fill(0) ?? new Float64Array(stride);

  const drawBlock = (segment: DrawnSegment, rows: number, changes: readonly number[]): Float64Array => {
    const block = emptyBlock();
    for (const column of columns) {
      const target = { rows, into: block, offset: column.section.offset };
      const { plain, groups } = distributionFor(segment, column, changes);
      const tilt = wandering.find(segment, column)?.tilt();
      if (groups === undefined || tilt === undefined) drawRows(random, plain, target);
      else drawTilted(random, { groups, tilt }, target);
    }
    block[ARRIVALS.measured] = rows;
    block[ARRIVALS.faulty] = Math.min(rows, faultyIn(block, columns));
    return block;
  };

  /** Adds to the counts of one version and segment. */
  const add = (blocks: Blocks, place: Omit<Block, "block">, counts: Float64Array): Float64Array => {
    const key = JSON.stringify([place.version, place.segment]);
    const found = blocks.get(key) ?? { ...place, block: emptyBlock() };
    blocks.set(key, found);
    addInto(found.block, counts);
    return found.block;
  };

  return {
    draw(start) {
      wandering.advance(start);
      const active = [...story.changes.keys()].filter((position) => isActive(story, position, start));
      if (active.some((position) => story.changes[position].effect.kind === "silence")) return undefined;
      const expected = rateAt(fitted, story.rate, start) * fitted.counting.pane;
      const blocks: Blocks = new Map();
      const drawn: DrawnRows[] = [];
      for (const segment of segments) {
        for (const { version, share } of versionShares(story, active)) {
          const changes = active.filter((position) => isOfVersion(story.changes[position], version));
          const told = changes.map((position) => story.changes[position]);
          const came = random.poisson(expected * share * rowFactor({ fitted, segment, changes: told }));
          const refused = random.binomial(came, invalidShare(story, changes));
          const rows = came - refused;
          const block = drawBlock(segment, rows, changes);
          const these = { segment, version, rows, changes };
          drawn.push(these);
          onRows?.(these, { start, block });
          if (segment.isPart) {
            const sum = add(blocks, { version, segment: whole }, block);
            // Rows that cannot be measured have no segment either.
            sum[ARRIVALS.invalid] += refused;
          }
          if (segment.name !== whole) add(blocks, { version, segment: segment.name }, block);
          spare.push(block);
        }
      }
      const layout = paneLayout(fitted.counting);
      const panes = [...blocks.values()].map(({ version, segment, block }): PaneValue => {
        spare.push(block);
        return { layout, version, segment, start, packed: pack(block) };
      });
      return { panes, rows: drawn };
    },
  };
}

/** The counts of one version and segment. */
interface Block {
  readonly version: string;
  readonly segment: string;
  readonly block: Float64Array;
}

type Blocks = Map<string, Block>;

/** How the rows of a column of a segment lie, under the same changes. */
interface KnownDistribution {
  readonly plain: Distribution;
  /** Where its shares wander by themselves. */
  readonly groups?: GroupedDistribution;
}

export interface DrawnColumn {
  readonly name: string;
  /** In the counting plan's columns. */
  readonly position: number;
  readonly ref: SeriesRef;
  /** The longest of its sections. */
  readonly section: Section;
}

export function drawnColumns({ counting }: FittedModel, only: readonly string[] | undefined): DrawnColumn[] {
  const refs = counting.columns.map(({ ref }) => ref);
  const extended = extendedSections(counting.layout, refs);
  return refs.flatMap((ref, position) => {
    if (only !== undefined && !only.includes(ref.column)) return [];
    // Behind the arrivals stands one section for every column.
    const section = extended[position] ?? counting.layout.sections[position + 1];
    return [{ name: ref.column, position, ref, section }];
  });
}

/** Whether a change is there in the pane that starts at `start`. */
export function isActive({ changes, start: from }: Synthetic, position: number, start: number): boolean {
  const { at, until } = changes[position];
  return start >= from + at && start < from + until;
}

function isOfVersion({ version }: Change, own: string): boolean {
  return version === undefined || version === own;
}

/** Rows with a value that could not be read: as many as the columns have such values, since these are drawn one by one. */
function faultyIn(block: Float64Array, columns: readonly DrawnColumn[]): number {
  return columns.reduce((sum, { ref, section }) => {
    const slot =
      ref.kind === "bins"
        ? ref.grid.edges.length + 1 + BINS_TAIL.invalid
        : ref.categories.length + CATEGORIES_TAIL.invalid;
    return sum + block[section.offset + slot];
  }, 0);
}
