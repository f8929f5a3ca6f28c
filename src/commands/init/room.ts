import { formatCount } from "../../verdict/quantities.ts";
import { yamlComment } from "./yaml-text.ts";

/** So many series fit into the state that driftd.yaml allows by default. */
const ROOM = 1_200;
/** More of them a rule file must ask for. */
const USUAL_SERIES = 2_000;
const USUAL_VERSIONS = 4;
/** Segments of a column that are told apart, unless the rule file says otherwise. */
const USUAL_SEGMENTS = 20;

/** Every column is a series of each segment and of each version that is told apart, and of all others together. */
export interface Breadth {
  readonly columns: number;
  /** All traffic among them. */
  readonly segments: number;
}

/** @param distinct by column that alerts are split by: how many values it has */
export function countSegments(distinct: readonly number[]): number {
  return distinct.reduce((sum, values) => sum + Math.min(values, USUAL_SEGMENTS) + 1, 1);
}

/** Whether there is room for one version beside all others. */
export function hasRoom({ columns, segments }: Breadth): boolean {
  return 2 * columns * segments <= ROOM;
}

/** What a rule file says so that its series find room. */
export function roomLines({ columns, segments }: Breadth): string[] {
  const keep = Math.max(1, Math.floor(ROOM / (columns * segments)) - 1);
  if (keep >= USUAL_VERSIONS) return [];
  const series = (keep + 1) * columns * segments;
  const each = segments === 1 ? "" : ` in ${formatCount(segments)} segments`;
  return [
    ...yamlComment(
      `Of ${formatCount(columns)} columns${each} the counts of many versions take much room: so many are told apart, and the others counted together.`,
    ),
    `versions: { keep: ${keep} }`,
    ...(series > USUAL_SERIES ? [`maxSeries: ${series}`] : []),
    "",
  ];
}
