import type { Alert, Transition } from "../../verdict/alert.ts";

/** One firing of an alert, from beginning to end. */
export interface Episode {
  /** As it fired. */
  readonly alert: Alert;
  /** As it resolved. */
  resolved?: Alert;
  /** Event time, ms since the epoch. */
  readonly from: number;
  /** NaN while it fires. */
  to: number;
}

/** Takes transitions one by one, and knows which firing an end belongs to. */
export interface EpisodeList {
  /** In the order of telling. */
  readonly episodes: readonly Episode[];
  /** Answers the episode that the alert begins or ends; undefined where the end is of one that began before. */
  note(alert: Alert): Episode | undefined;
}

export function openEpisodes(): EpisodeList {
  const episodes: Episode[] = [];
  return {
    episodes,
    note(alert) {
      if (alert.state === "firing") {
        episodes.push({ alert, from: Date.parse(alert.startsAt), to: Number.NaN });
      }
      const episode = episodes.findLast((candidate) => candidate.alert.id === alert.id);
      if (episode !== undefined && alert.endsAt !== undefined) {
        episode.resolved = alert;
        episode.to = Date.parse(alert.endsAt);
      }
      return episode;
    },
  };
}

/** Every firing with its end, in the order of firing. */
export function episodesOf(transitions: readonly Transition[]): readonly Episode[] {
  const list = openEpisodes();
  for (const { alert } of transitions) list.note(alert);
  return list.episodes;
}
