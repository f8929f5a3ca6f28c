import type { Transition } from "../../verdict/alert.ts";
import { formatScore, formatCount } from "../../verdict/quantities.ts";
import { episodesOf } from "../replay/episodes.ts";
import type { Selector } from "./scenario.ts";

/** One firing of an alert, from beginning to end; times are ms since the epoch. */
export interface Firing {
  readonly alert: string;
  readonly column?: string;
  /** `region=eu,device=x`. */
  readonly segment?: string;
  readonly version?: string;
  readonly from: number;
  /** NaN while it fires. */
  readonly to: number;
  /** The number that it fired with: `psi 0.022 at n=60,120`. */
  readonly told: string;
}

export function firingsOf(transitions: readonly Transition[]): Firing[] {
  return episodesOf(transitions).map(({ alert, from, to }) => {
    const { alert: name, column, segment, version, measure, score } = alert;
    return {
      alert: name,
      ...(column === undefined ? {} : { column }),
      ...(segment === undefined ? {} : { segment }),
      ...(version === undefined ? {} : { version }),
      from,
      to,
      told: `${measure} ${formatScore(score.value ?? Number.NaN)}${score.n > 0 ? ` at n=${formatCount(score.n)}` : ""}`,
    };
  });
}

/** Whether an alert is of those that are meant; what either does not say fits. */
export function isSelected(
  { column, segment, version }: Pick<Firing, "column" | "segment" | "version">,
  selector: Selector,
): boolean {
  return (
    (selector.column === undefined || selector.column === column) &&
    (selector.version === undefined || selector.version === version) &&
    Object.entries(selector.segment ?? {}).every(([key, value]) =>
      `,${segment ?? ""},`.includes(`,${key}=${value},`),
    )
  );
}

/** `FeatureDrift amount region=eu v1`. */
export function nameOf({ alert, column, segment, version }: Omit<Firing, "from" | "to" | "told">): string {
  return [alert, column, segment, version].filter((part) => part !== undefined).join(" ");
}
