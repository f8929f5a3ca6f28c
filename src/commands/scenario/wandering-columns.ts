import type { SeriesRef } from "../../counts/ref.ts";
import type { FittedModel } from "../../rules/fitted-model.ts";
import { columnRandom } from "./declared-columns.ts";
import type { DrawnSegment } from "./drawn-segments.ts";
import { overdispersionOf, unrestOf } from "./overdispersion.ts";
import type { Overdispersion, Unrest } from "./overdispersion.ts";
import { openWalk, tiltOf } from "./unrest.ts";
import type { Tilt, Walk } from "./unrest.ts";

/** Columns whose shares wander by themselves, as the reference's own windows do. */
export interface WanderingColumns {
  /** Moves all of them on to the pane that starts at `start`, ms; once for every pane, in order. */
  advance(start: number): void;
  /** Undefined where the rows of a column owe nothing to each other, or nobody knows what they do. */
  find(segment: DrawnSegment, column: WanderingColumn): Wanderer | undefined;
}

interface WanderingColumn {
  readonly name: string;
  /** In the counting plan's columns. */
  readonly position: number;
  readonly ref: SeriesRef;
}

/** One column of one segment. */
interface Wanderer {
  readonly overdispersion: Overdispersion;
  /** As it stands in the pane that was advanced to. */
  tilt(): Tilt;
}

export function openWanderingColumns({
  fitted,
  seed,
}: {
  readonly fitted: FittedModel;
  readonly seed: number;
}): WanderingColumns {
  const walks: Walk[] = [];
  const wanderers = new Map<string, Wanderer | undefined>();
  const wholes = new Map<string, Walk>();
  let now = Number.NaN;

  const open = (name: string, { unrest, ref }: { unrest: Unrest; ref: SeriesRef }): Walk => {
    const walk = openWalk(columnRandom(seed, name), unrest, ref);
    // It is met in the middle of a pane.
    walk.advance(now);
    walks.push(walk);
    return walk;
  };

  const create = (segment: DrawnSegment, column: WanderingColumn): Wanderer | undefined => {
    const { name, ref } = column;
    const asked = { ...placeOf(fitted, column), ref };
    const unrest = unrestOf(asked);
    if (unrest === undefined) return undefined;
    const whole = wholes.get(name) ?? open(name, { unrest, ref });
    wholes.set(name, whole);
    const ofWhole = overdispersionOf(asked, unrest);
    const position = fitted.reference.segments.findIndex((one) => one.name === segment.name);
    if (position <= 0) return remembering(ofWhole, { whole, own: whole, common: 1 }, () => now);
    const overdispersion = overdispersionOf({ ...asked, segment: position }, unrest);
    const own = open(`${segment.name}/${name}`, { unrest, ref });
    const common = Math.min(1, amountOf(ofWhole) / Math.max(amountOf(overdispersion), Number.MIN_VALUE));
    return remembering(overdispersion, { whole, own, common }, () => now);
  };

  return {
    advance(start) {
      now = start;
      for (const walk of walks) walk.advance(start);
    },
    find(segment, column) {
      const key = `${segment.name}/${column.position}`;
      if (!wanderers.has(key)) wanderers.set(key, create(segment, column));
      return wanderers.get(key);
    },
  };
}

/** The same tilt for all versions: they answer the same traffic. */
function remembering(
  overdispersion: Overdispersion,
  walked: Parameters<typeof tiltOf>[1],
  nowOf: () => number,
): Wanderer {
  let known: { readonly at: number; readonly tilt: Tilt } | undefined;
  return {
    overdispersion,
    tilt() {
      if (known?.at !== nowOf()) known = { at: nowOf(), tilt: tiltOf(overdispersion, walked) };
      return known.tilt;
    },
  };
}

/** The windows that the model is judged by, as far as the reference knows them. */
function placeOf({ model, reference, counting }: FittedModel, { position }: WanderingColumn) {
  const { size } = model.window;
  return {
    reference,
    segment: 0,
    column: counting.columns[position].position,
    size: reference.windowSizes.includes(size) ? size : (reference.windowSizes[0] ?? size),
    pane: counting.pane,
  };
}

/** How much of it there is, to be compared with the same of another segment. */
function amountOf({ values }: Overdispersion): number {
  if (values.kind === "cell") return values.share.rho;
  const amounts =
    values.kind === "cuts"
      ? values.shares.map(({ rho }) => rho)
      : [...values.weights.spreads].map((one) => one ** 2);
  return amounts.reduce((sum, one) => sum + one, 0) / Math.max(1, amounts.length);
}
