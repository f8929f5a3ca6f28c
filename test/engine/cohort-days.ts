import type { FittedModel } from "../../src/rules/fitted-model.ts";
import type { Score } from "../../src/statistics/score.ts";
import { DAY, event, HOUR, label, modelOf, random, START, type Sent } from "./fixture.ts";
import { worldOf, type World } from "./world.ts";

/** Regions apart, and cohorts of a day that are judged two hours after it. */
export const COHORT_HEAD = `window: { size: 1h, pane: 1m, lateness: 2m }
segmentBy: [region]
versions: { keep: 2, forgetAfter: 3d }
labels: { cohort: 1d, matureAfter: 2h, expireAfter: 2d }`;

/** A model whose scores come true as often as they say, in the reference. */
export function honestModel(rules: string): FittedModel {
  const u = random(1);
  return modelOf({
    rules,
    head: COHORT_HEAD,
    labels: true,
    truth: true,
    perHour: 60,
    referenceRow() {
      const score = u();
      return { score, truth: Number(u() < score) };
    },
  });
}

const REGIONS = ["eu", "us", "uk"];

export type Day = readonly [predictions: readonly Sent[], labels: readonly Sent[]];

/** What the model answers to a row of `region`, and what came of it. */
type Answer = (
  u: () => number,
  region: string,
) => { prediction: object; truth: number | string; version?: string };

/** `rows` predictions over a day, every third of one region; their labels come an hour later. */
export function dayOf(
  number: number,
  { rows = 2400, answer }: { rows?: number | undefined; answer: Answer },
): Day {
  const u = random(100 + number);
  const predictions: Sent[] = [];
  const labels: Sent[] = [];
  for (let i = 0; i < rows; i++) {
    const time = START + number * DAY + Math.floor((i * DAY) / rows);
    const id = `${number}/${i}`;
    const region = REGIONS[i % 3];
    const { truth, ...answered } = answer(u, region);
    predictions.push(event({ id, time, region, ...answered }));
    labels.push(label(id, truth, time + HOUR));
  }
  return [predictions, labels];
}

/** A world that has seen these days, until the end of its streams. */
export async function livedThrough(fitted: FittedModel, days: readonly Day[]): Promise<World> {
  const world = await worldOf({ fitted, commitRows: 500 });
  for (const [predictions, labels] of days) {
    await world.feed(predictions);
    await world.feed(labels, { stream: "l" });
  }
  await world.end();
  return world;
}

/** The last score of a cohort, over all segments unless one is named. */
export function cohortScore(world: World, measure: string, segment?: string): Score | undefined {
  const scores = world.engine.judgesOf("m").cohorts.currentScores();
  return scores.find(({ series }) => series.measure.name === measure && series.labels.segment === segment)
    ?.score;
}

/** Of every transition: alert, segment, state, and the day after START on which it came. */
export function told({ transitions }: World): unknown[][] {
  return transitions.map(({ alert, at }) => [alert.alert, alert.segment, alert.state, (at - START) / DAY]);
}
