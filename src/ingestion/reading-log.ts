import type { Log } from "../runtime/log.ts";
import type { Position } from "../stream/source.ts";

export const FENCED =
  "another daemon has taken this task over: what was not committed is dropped, and the group is left and joined anew";
export const REWOUND =
  "the store went back in time, behind what was committed: everything is read again from where it stands now";
export const MISSING =
  "the store has lost what it knew of this task: it is rebuilt from the records that are still kept";

/** A store that was lost looks like a first start: whoever reads the log can tell. */
export function sayBeginnings(positions: readonly Position[], log: Log): void {
  for (const stream of new Set(positions.map((position) => position.stream))) {
    const blank = positions.filter(
      (position) => position.stream === stream && typeof position.offset !== "number",
    );
    if (blank.length === 0) continue;
    const partitions = blank.map(({ partition }) => partition);
    log.info(
      { stream, partitions, from: blank[0].offset },
      "nothing is stored of these partitions; reading begins where `from` says",
    );
  }
}

interface Place {
  readonly stream: string;
  readonly partition: number;
  readonly found: number;
}

export function sayGap(place: Place & { readonly expected: number }, log: Log): void {
  log.warn(
    place,
    "records are gone before they could be read: retention is shorter than the daemon's absence",
  );
}

export function sayRecreated(place: Place, log: Log): void {
  log.warn(place, "the topic was created anew, or the file replaced; reading it from its beginning");
}
