import type { SeriesRef } from "../counts/ref.ts";
import { LEAST_SLOT, type Season } from "../reference/season.ts";
import { slotOfTime } from "../reference/season-windows.ts";
import type { Calibration, Dispersion, Signal } from "../statistics/calibration.ts";
import { directionsOf } from "../statistics/directions.ts";
import { prepareSeries, type PreparedSeries } from "./prepared-series.ts";
import { refOfSlot } from "./slot-reference.ts";

/** A series whose windows are held against the same hour of other weeks. */
export interface PreparedSeason {
  /** 168 hours of the week, or 24 of the day. */
  readonly slots: number;
  /** Half a millisecond and some 6 KB each, so that a slot is prepared when its hour first comes. */
  readonly slot: (slot: number) => PreparedSlot;
  /** The slot that stands for all where no window is meant: of those that can be judged the one of median traffic. */
  readonly typical: PreparedSlot;
}

export interface PreparedSlot {
  /** What measures hold the window against: the slot's shares. */
  readonly ref: SeriesRef;
  readonly prepared: PreparedSeries;
}

/** A season ready for one level. */
export function prepareSeason(options: { ref: SeriesRef; season: Season; alpha: number }): PreparedSeason {
  const { ref, season, alpha } = options;
  const { signal, weeks, slots } = season;
  const directions = directionsOf(ref, signal);
  const known = new Map<number, PreparedSlot>();
  const slot = (position: number): PreparedSlot => {
    const found = known.get(position);
    if (found !== undefined) return found;
    const calibration = calibrationOfSlot(season, position, directions.size);
    const prepared = withheld(prepareSeries({ ref, signal, calibration, weeks, alpha }));
    const made = { ref: refOfSlot(ref, directions, calibration), prepared };
    known.set(position, made);
    return made;
  };
  return { slots, slot, typical: slot(typicalOf(season, slot)) };
}

/** What a reference without the season makes of every window. */
export function withoutSeason(ref: SeriesRef, signal: Signal): PreparedSeason {
  const prepared = prepareSeries({ ref, signal, calibration: undefined, alpha: 1 });
  const typical = { ref, prepared: { ...prepared, reason: "the reference knows no season of this column" } };
  return { slots: 24, slot: () => typical, typical };
}

/** The slot of a window that begins at `from`, ms since the epoch, and lies within one hour. */
export function slotAt({ slots, slot, typical }: PreparedSeason, from: number): PreparedSlot {
  return Number.isFinite(from) ? slot(slotOfTime(from, slots)) : typical;
}

/**
 * From the slot of median traffic on outwards, the first that chance can judge: where there is one, the series has a part in
 * the budget. Else the first that a plain limit judges, and where none can be judged that of median traffic itself.
 */
function typicalOf({ n, slots }: Season, slot: (position: number) => PreparedSlot): number {
  const middle = (slots - 1) / 2;
  const byTraffic = Array.from(n.keys()).toSorted((a, b) => n[a] - n[b]);
  const outwards = Array.from(byTraffic.keys()).toSorted(
    (a, b) => Math.abs(a - middle) - Math.abs(b - middle),
  );
  const candidates = outwards.map((rank) => byTraffic[rank]);
  let judged: number | undefined;
  // None is prepared beyond the one that is looked for.
  for (const position of candidates) {
    const { status, trust } = slot(position).prepared;
    if (status !== "ok") continue;
    if (trust !== "policy") return position;
    judged ??= position;
  }
  return judged ?? candidates[0];
}

function calibrationOfSlot(season: Season, slot: number, directions: number): Calibration {
  const own = (values: Float64Array): Float64Array =>
    values.slice(slot * directions, (slot + 1) * directions);
  const ofSlot = ({ deff, nu, tau }: Dispersion): Dispersion => ({
    deff: own(deff),
    nu: own(nu),
    tau: own(tau),
  });
  return {
    signal: season.signal,
    windowSize: season.windowSize,
    k: season.weeks,
    blocks: season.weeks,
    n: season.n[slot],
    meanRows: season.meanRows,
    counts: own(season.counts),
    share: ofSlot(season.share),
    logit: ofSlot(season.logit),
  };
}

function withheld(prepared: PreparedSeries): PreparedSeries {
  if (prepared.calibration.n >= LEAST_SLOT) return prepared;
  return { ...prepared, status: "too-few", reason: `fewer than ${LEAST_SLOT} reference values at this hour` };
}
