import type { DataType, Table } from "apache-arrow";
import { cell, cut, list, numbers, oneOf, readDispersion, SIGNALS, texts, vector } from "./arrow-cells.ts";
import type { Baseline } from "./reference.ts";
import type { Season } from "./season.ts";

interface SeasonColumn {
  readonly type: DataType;
  readonly write: (row: { readonly baseline: Baseline }) => unknown;
}

/** Of the columns that a rule holds against their season; null in all others. */
export function seasonColumns(): Record<string, SeasonColumn> {
  const ofSeasons = (type: DataType, value: (seasons: readonly Season[]) => unknown): SeasonColumn => ({
    type,
    write: ({ baseline: { seasons } }) => (seasons === undefined ? null : value(seasons)),
  });
  const perSeason = (value: (season: Season) => number): SeasonColumn =>
    ofSeasons(numbers(), (seasons) => seasons.map(value));
  const joined = (value: (season: Season) => Float64Array): SeasonColumn =>
    ofSeasons(numbers(), (seasons) => seasons.flatMap((season) => [...value(season)]));
  return {
    season_signal: ofSeasons(texts(), (seasons) => seasons.map(({ signal }) => signal)),
    season_window_ms: perSeason(({ windowSize }) => windowSize),
    season_slots: perSeason(({ slots }) => slots),
    season_weeks: perSeason(({ weeks }) => weeks),
    season_mean_values: perSeason(({ meanRows }) => meanRows),
    season_values: joined(({ n }) => n),
    season_direction_counts: joined(({ counts }) => counts),
    season_share_deff: joined(({ share }) => share.deff),
    season_share_nu: joined(({ share }) => share.nu),
    season_share_tau: joined(({ share }) => share.tau),
    season_logit_deff: joined(({ logit }) => logit.deff),
    season_logit_nu: joined(({ logit }) => logit.nu),
    season_logit_tau: joined(({ logit }) => logit.tau),
  };
}

/** Of a share there is one direction; seasons of the distribution have the rest in equal numbers per slot. */
export function readSeasons(table: Table, row: number): { seasons?: Season[] } {
  if (cell(table, "season_signal", row) === null) return {};
  const signals = [...vector(table, "season_signal", row)].map(String);
  const [sizes, slots, weeks, means] = ["window_ms", "slots", "weeks", "mean_values"].map((name) =>
    list(table, `season_${name}`, row),
  );
  const values = list(table, "season_values", row);
  const counts = list(table, "season_direction_counts", row);
  const share = readDispersion(table, "season_share", row);
  const logit = readDispersion(table, "season_logit", row);
  const isShare = (i: number): boolean => signals[i] !== "distribution";
  const slotsOfShares = slots.filter((_, i) => isShare(i)).reduce((sum, one) => sum + one, 0);
  const otherSlots = values.length - slotsOfShares;
  const directions = otherSlots === 0 ? 0 : (counts.length - slotsOfShares) / otherSlots;
  let from = 0;
  let start = 0;
  const seasons = signals.map((signal, i): Season => {
    const to = from + slots[i];
    const range = { from: start, to: start + slots[i] * (isShare(i) ? 1 : directions) };
    const n = values.slice(from, to);
    from = to;
    start = range.to;
    return {
      signal: oneOf(SIGNALS, signal),
      windowSize: sizes[i],
      slots: slots[i],
      weeks: weeks[i],
      meanRows: means[i],
      n,
      counts: counts.slice(range.from, range.to),
      share: cut(share, range),
      logit: cut(logit, range),
    };
  });
  return { seasons };
}
