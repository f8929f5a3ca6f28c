import { createCounter } from "../e2e/counter.ts";
import type { Counts } from "../e2e/recount.ts";
import { readTopic, type TopicRecord } from "../e2e/topic.ts";
import { unpackInto } from "../../src/counts/packed.ts";
import type { FittedModel } from "../../src/rules/fitted-model.ts";
import type { Store } from "../../src/state/store.ts";
import { cohortLayout } from "../../src/window/task-delta.ts";

const BINS = 120;
const PER_BIN = 7;
const UNIT = 2 ** 30;
const SPANS_PER_DOUBLING = 8;

interface Prediction {
  readonly time: number;
  readonly score: number;
  /** Where it is counted: cohort, version and segment. */
  readonly places: readonly string[];
  truth?: boolean;
}

interface LabelRecount {
  /** Of panes, and of cohorts: "cohort start/version/segment/what". */
  readonly counts: Counts;
  readonly predictions: { readonly received: number; readonly measured: number; readonly duplicate: number };
  /** `repeated` say what was known, `unknown` are of ids that nobody predicted. */
  readonly labels: Record<"received" | "measured" | "revised" | "repeated" | "unknown", number>;
}

/**
 * Reads both topics from their beginnings: first all predictions of a partition, then its labels in order. It is the same in
 * whatever order a daemon reads them, as long as no label comes too late or waits too long.
 */
export async function recountLabels(options: {
  readonly brokers: readonly string[];
  readonly predictions: string;
  readonly labels: string;
  readonly fitted: FittedModel;
  /** Length of a cohort, ms. */
  readonly cohort: number;
}): Promise<LabelRecount> {
  const { brokers, fitted, cohort } = options;
  const counter = createCounter({ fitted });
  const counts = new Map<string, number>();
  const count = (places: readonly string[], what: string, by = 1): void => {
    for (const place of places) counts.set(`${place}/${what}`, (counts.get(`${place}/${what}`) ?? 0) + by);
  };
  const known = new Map<string, Prediction>();
  const predictions = { received: 0, measured: 0, duplicate: 0 };
  const labels = { received: 0, measured: 0, revised: 0, repeated: 0, unknown: 0 };

  function addPrediction(record: TopicRecord): void {
    // label-load.ts wrote it, as the labels below.
    const { id, time, version, segment, prediction } = JSON.parse(String(record.value)) as {
      id: string;
      time: number;
      version: string;
      segment: { region: string };
      prediction: { score: number };
    };
    predictions.received += 1;
    // What the writer has sent twice.
    if (known.has(id)) {
      predictions.duplicate += 1;
      return;
    }
    predictions.measured += 1;
    counter.add(record);
    const at = `cohort ${time - (time % cohort)}/${version}`;
    const places = [`${at}/all`, `${at}/region=${segment.region}`];
    known.set(id, { time, score: prediction.score, places });
    count(places, "predicted");
    count(places, "delay/predicted");
  }

  function addTruth({ score, places }: Prediction, truth: boolean, sign: 1 | -1): void {
    const bin = Math.min(BINS - 1, Math.floor(score * BINS));
    count(places, `bin ${bin}/n`, sign);
    count(places, `bin ${bin}/positives`, truth ? sign : 0);
    count(places, `bin ${bin}/probability`, sign * Math.round(score * UNIT));
  }

  function addLabel({ timestamp, value }: TopicRecord): void {
    const { id, truth } = JSON.parse(String(value)) as { id: string; truth: boolean };
    labels.received += 1;
    const prediction = known.get(id);
    if (prediction === undefined) labels.unknown += 1;
    else if (prediction.truth === truth) labels.repeated += 1;
    else {
      labels.measured += 1;
      if (prediction.truth === undefined)
        count(prediction.places, `delay/${spanOf(timestamp - prediction.time)}`);
      else {
        labels.revised += 1;
        addTruth(prediction, prediction.truth, -1);
      }
      prediction.truth = truth;
      addTruth(prediction, truth, 1);
    }
  }

  await readTopic({ brokers, topic: options.predictions, visit: addPrediction });
  await readTopic({ brokers, topic: options.labels, visit: addLabel });
  const all = [...counter.counts, ...counts].filter(([, value]) => value !== 0);
  return { counts: new Map(all), predictions, labels };
}

/** Of delays, in eighths of a doubling, from a second on. */
function spanOf(delay: number): number {
  return delay < 1_000 ? 0 : 1 + Math.floor(SPANS_PER_DOUBLING * Math.log2(delay / 1_000));
}

/** The same of the cohorts in a store: labels by score, and by how long they took. */
export async function countsOfCohorts(
  store: Pick<Store, "readPanes">,
  { counting }: FittedModel,
): Promise<Counts> {
  const layout = counting.outcomes?.layout;
  if (layout === undefined) throw new Error("the model has no labels");
  const delays = layout.sections.find(({ kind }) => kind === "delays")?.offset ?? Number.NaN;
  const names = new Map([
    [BINS * PER_BIN, "predicted"],
    [delays, "delay/predicted"],
  ]);
  for (let slot = delays + 1; slot < layout.stride; slot++) names.set(slot, `delay/${slot - delays - 1}`);
  for (let bin = 0; bin < BINS; bin++) {
    for (const [field, what] of [
      [0, "n"],
      [1, "positives"],
      [3, "probability"],
    ] as const)
      names.set(bin * PER_BIN + field, `bin ${bin}/${what}`);
  }
  const counts = new Map<string, number>();
  const all = { layout: cohortLayout(counting), from: -Infinity, to: Infinity };
  for (const { start, version, segment, packed } of await store.readPanes(all)) {
    const vector = new Float64Array(layout.stride);
    unpackInto(packed, vector, 1);
    for (const [slot, name] of names) {
      const place = `cohort ${start}/${version}/${segment}/${name}`;
      if (vector[slot] !== 0) counts.set(place, (counts.get(place) ?? 0) + vector[slot]);
    }
  }
  return counts;
}
