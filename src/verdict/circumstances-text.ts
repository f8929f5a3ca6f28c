import type { Circumstances, Places, Spread } from "./circumstances.ts";
import { listed, placeOf } from "./movement.ts";
import { formatMoment } from "./quantities.ts";

/** More names than these are counted. */
const MOST_TOLD = 3;

/** "It began 2001-02-20 12:00 UTC. In eu and uk; not in us. Version v8 too." */
export function describeCircumstances(
  { began, segments, versions }: Circumstances,
  segment: string | undefined,
): string {
  const parts = [
    began === undefined ? "" : `It began ${formatMoment(Date.parse(began))}.`,
    segments === undefined ? "" : describeSegments(segments, segment === undefined ? "" : "other "),
    versions === undefined ? "" : describeVersions(versions),
  ];
  return parts.filter((part) => part !== "").join(" ");
}

function describeSegments({ moved, calm }: Spread, other: string): string {
  if (moved.count === 0 && calm.count === 1) return `Not in ${named(calm, placeOf)} by itself.`;
  if (moved.count === 0) return `In none of ${calm.count} ${other}segments by itself.`;
  const seen = `Seen in ${other === "" ? "" : "others too: "}${named(moved, placeOf)}`;
  return calm.count === 0 ? `${seen}.` : `${seen}; not in ${named(calm, placeOf)}.`;
}

function describeVersions({ moved, calm }: Spread): string {
  const parts = [
    moved.count === 0 ? "" : `Version ${named(moved)} too.`,
    calm.count === 0 ? "" : `Not version ${named(calm)}.`,
  ];
  return parts.filter((part) => part !== "").join(" ");
}

function named({ names, count }: Places, nameOf = (name: string): string => name): string {
  if (count <= MOST_TOLD + 1) return listed(names.map(nameOf));
  return listed([...names.slice(0, MOST_TOLD).map(nameOf), `${count - MOST_TOLD} more`]);
}
