import { formatAge, formatCount } from "../../verdict/quantities.ts";
import { plural, renderTable, type TextStyle } from "../text.ts";
import type { Episode } from "../replay/episodes.ts";
import type { Difference } from "./difference.ts";
import { firingWithin, type Findings } from "./findings.ts";
import { formatTime, nameAlert } from "./names.ts";

/** Further ones are counted only; `--json` has them all. */
const MOST_SHOWN = 100;

/** How often both rule sets fired, rule by rule, and every alert that only one of them has, or that one has later. */
export function describeDifference(
  { findings, difference }: { readonly findings: Findings; readonly difference: Difference },
  style: TextStyle,
): string {
  const { both, onlyFirst, onlySecond } = difference;
  const table = renderTable(
    ["alert", "both", "only these rules", "only the other"],
    countByAlert(difference),
    style,
  );
  if (onlyFirst.length + onlySecond.length + both.filter(isShifted).length === 0) {
    const sentence =
      both.length === 0
        ? "Neither rule set fires."
        : "Both rule sets raise the same alerts at the same times.";
    return both.length === 0 ? sentence : `${table}\n${sentence}`;
  }
  const rows = [
    ...onlyFirst.map((episode) => ({ episode, which: "only these" })),
    ...onlySecond.map((episode) => ({ episode, which: "only the other" })),
    ...both.filter(isShifted).map(({ first, second }) => ({ episode: first, which: shiftOf(first, second) })),
  ].toSorted((a, b) => a.episode.from - b.episode.from);
  const shown = rows.slice(0, MOST_SHOWN).map(({ episode, which }) => ({
    cells: [
      formatTime(episode.from),
      nameAlert(episode.alert),
      formatAge(firingWithin(episode, findings) / 1000),
      which,
    ],
  }));
  const more = rows.length - shown.length;
  const rest = more > 0 ? [`... and ${plural(more, "alert")} more; --json tells them all.`] : [];
  return [table, "", renderTable(["fired", "alert", "for", "by"], shown, style), ...rest].join("\n");
}

function countByAlert({ both, onlyFirst, onlySecond }: Difference): { cells: string[] }[] {
  const counts = new Map<string, [number, number, number]>();
  const add = (episode: Episode, column: 0 | 1 | 2): void => {
    const { model, alert } = episode.alert;
    const key = `${model} ${alert}`;
    const row = counts.get(key) ?? [0, 0, 0];
    row[column] += 1;
    counts.set(key, row);
  };
  for (const { first } of both) add(first, 0);
  for (const episode of onlyFirst) add(episode, 1);
  for (const episode of onlySecond) add(episode, 2);
  return [...counts].map(([key, row]) => ({ cells: [key, ...row.map((count) => formatCount(count))] }));
}

function isShifted({ first, second }: Difference["both"][number]): boolean {
  return first.from !== second.from;
}

function shiftOf(first: Episode, second: Episode): string {
  const shift = second.from - first.from;
  return `both; the other ${formatAge(Math.abs(shift) / 1000)} ${shift > 0 ? "later" : "sooner"}`;
}
