import type { Alert } from "../../verdict/alert.ts";
import type { Episode } from "../replay/episodes.ts";

/** What two rule sets made of one history; firings in the order of firing. */
export interface Difference {
  /** Of the first set, with one of the second that fired for the same series at the same time. */
  readonly both: readonly { readonly first: Episode; readonly second: Episode }[];
  readonly onlyFirst: readonly Episode[];
  readonly onlySecond: readonly Episode[];
}

/** Pairs firings of the same alert and series (model, version, segment, column) that overlap in event time. */
export function compareEpisodes(first: readonly Episode[], second: readonly Episode[]): Difference {
  const partner = (episode: Episode, others: readonly Episode[]): Episode | undefined =>
    others.find((other) => isSameSeries(episode.alert, other.alert) && overlaps(episode, other));
  return {
    both: first.flatMap((episode) => {
      const found = partner(episode, second);
      return found === undefined ? [] : [{ first: episode, second: found }];
    }),
    onlyFirst: first.filter((episode) => partner(episode, second) === undefined),
    onlySecond: second.filter((episode) => partner(episode, first) === undefined),
  };
}

function isSameSeries(a: Alert, b: Alert): boolean {
  return (
    a.model === b.model &&
    a.alert === b.alert &&
    a.version === b.version &&
    a.segment === b.segment &&
    a.column === b.column
  );
}

/** What fires still has no end: NaN is before nothing. */
function overlaps(a: Episode, b: Episode): boolean {
  return !(a.to < b.from) && !(b.to < a.from);
}
