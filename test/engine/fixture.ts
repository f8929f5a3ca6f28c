import type { StreamConfig } from "../../src/config/config.ts";
import { createDecoder } from "../../src/event/decoder.ts";
import { publicKeys } from "../../src/event/ids.ts";
import type { ColumnPlan } from "../../src/event/batch.ts";
import type { RecordBatch } from "../../src/event/records.ts";
import { ReferenceBuilder } from "../../src/reference/builder.ts";
import type { Reference } from "../../src/reference/reference.ts";
import { FieldTally } from "../../src/reference/field-tally.ts";
import { fitModel, type FittedModel } from "../../src/rules/fitted-model.ts";
import { readModel } from "../../src/rules/model-file.ts";
import { MEASURES } from "../../src/statistics/measures.ts";
import { tally } from "./tally.ts";

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;
/** A Monday: the reference ends here, and the stories begin. */
export const START = Date.UTC(2026, 0, 5);

/** An event as a story tells it. Numbers and categories that are not told are usual ones. */
export interface Told {
  readonly id?: string;
  readonly time?: number | string | null;
  readonly version?: string;
  readonly amount?: number | string | null;
  readonly region?: string | null;
  readonly device?: string | null;
  readonly score?: number;
  /** In place of the score. */
  readonly prediction?: object;
  readonly model?: string;
  /** Beside the prediction, as references have it. */
  readonly truth?: number | string;
}

/** A record: what stands in it, and its own timestamp. */
export interface Sent {
  readonly timestamp: number;
  readonly value: object | string | null;
}

/** Repeatable numbers from 0 to 1. */
export function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** The record with further fields at its top. */
export function withFields({ timestamp, value }: Sent, fields: object): Sent {
  return { timestamp, value: typeof value === "object" ? { ...value, ...fields } : value };
}

/** The record of an inference event; its timestamp is the event's time unless given. */
export function event(event: Told & { readonly time: number }, timestamp = event.time): Sent {
  const {
    id = `e${tally.told++}`,
    version = "v1",
    model = "m",
    amount = tally.told % 100,
    score = 0.5,
  } = event;
  const { region = REGIONS[tally.told % 3], device = DEVICES[tally.told % 2], truth } = event;
  const { prediction = { score } } = event;
  const features = { amount, region, device };
  return {
    timestamp,
    value: {
      id,
      time: event.time,
      model,
      version,
      features,
      prediction,
      ...(truth === undefined ? {} : { truth }),
    },
  };
}

const REGIONS = ["eu", "us", "uk"];
const DEVICES = ["app", "web"];

export function label(id: string, truth: number | string | null, time: number): Sent {
  return { timestamp: time, value: { id, time, model: "m", truth } };
}

/** Bytes that are no event, `at` a record timestamp. */
export function garbage(at: number): Sent {
  return { timestamp: at, value: "{broken" };
}

/** Events at a steady rate per minute from START + `from` until START + `to`, as `tell` has them. */
export function traffic(
  span: { from: number; to: number; perMinute?: number },
  tell: (time: number, i: number) => Told = () => ({}),
): Sent[] {
  const step = MINUTE / (span.perMinute ?? 2);
  const sent: Sent[] = [];
  for (let time = START + span.from, i = 0; time < START + span.to; time += step, i++) {
    sent.push(event({ time, ...tell(time, i) } as Told & { time: number }, time));
  }
  return sent;
}

export interface ModelStory {
  /** The rules, as YAML list items. */
  readonly rules: string;
  /** Further lines of the rule file. */
  readonly head?: string;
  readonly labels?: boolean;
  /** Rows of the reference per hour, over 8 days before START. */
  readonly perHour?: number;
  readonly referenceRow?: (i: number) => Told;
  /** Whether the reference's rows tell the truth, too. */
  readonly truth?: boolean;
  /** What the model answers with, and its truth, in place of a score and its own. */
  readonly outputs?: readonly ColumnPlan[];
  /** Whether the reference knows what fields its records had; further ones of the i-th row. */
  readonly fields?: (i: number) => object;
  /** A reference whose bins the rows are counted on. */
  readonly grid?: Reference;
}

const FEATURES: readonly ColumnPlan[] = [
  { name: "amount", type: "number", role: "feature", pii: false, categories: [] },
  { name: "region", type: "category", role: "feature", pii: false, categories: [], learn: true },
  { name: "device", type: "category", role: "feature", pii: false, categories: [], learn: true },
];

const SCORE: ColumnPlan = {
  name: "prediction.score",
  type: "number",
  role: "output",
  pii: false,
  categories: [],
};

const TRUTH: ColumnPlan = { name: "truth", type: "number", role: "truth", pii: false, categories: [] };

/** A model fitted to a reference that was built from events, through the pieces that a user's would pass. */
export function modelOf(story: ModelStory): FittedModel {
  const text = [
    "version: 1",
    "model: m",
    "references: { default: { file: m.arrow } }",
    story.head ?? "window: { size: 1h, pane: 1m, lateness: 2m }",
    "rules:",
    story.rules,
  ].join("\n");
  const read = readModel({ text, file: "/rules/m.yaml", extended: new Map(), measures: MEASURES });
  if (read.model === undefined) throw new Error(JSON.stringify(read.faults));
  const { model } = read;
  const outputs = story.outputs ?? (story.truth === true ? [SCORE, TRUTH] : [SCORE]);
  const columns = [...FEATURES, ...outputs];
  const plan = { model: model.name, needsId: false, columns };
  const [stream] = streamsOf(false);
  const decoder = createDecoder({ stream, plans: [plan], key: publicKeys(), limits: LIMITS });
  const fields = story.fields === undefined ? undefined : new FieldTally();
  const builder = new ReferenceBuilder({
    plan,
    ...(fields && { fields }),
    segmentBy: model.segmentBy,
    top: model.segments.top,
    windowSizes: [...new Set([model.window.size, ...model.rules.map(({ window }) => window.size)])],
    cohort: model.labels.cohort,
    independent: true,
    ...(story.grid && { grid: story.grid }),
  });
  const perHour = story.perHour ?? 120;
  const rows: Sent[] = [];
  for (let i = 0; i < 8 * 24 * perHour; i++) {
    const time = START - 8 * DAY + i * (HOUR / perHour);
    const row = event({ time, ...story.referenceRow?.(i) } as never);
    rows.push(story.fields === undefined ? row : withFields(row, story.fields(i)));
  }
  const batch = batchOf({ stream: "s", partition: 0, firstOffset: 0 }, rows);
  for (const take of ["observe", "count"] as const) {
    const decoded = decoder.decode(batch, { now: START });
    if (take === "observe") fields?.observe(decoded);
    for (const events of decoded.batches) builder[take](events);
  }
  return fitModel({ model, reference: builder.finish(), hasLabels: story.labels ?? false });
}

export const LIMITS = { maxRecordBytes: 10_000 };

export function streamsOf(hasLabels: boolean): [StreamConfig, ...StreamConfig[]] {
  const common = {
    format: "native",
    map: {},
    from: "earliest",
    maxAhead: 300_000,
    idleAfter: MINUTE,
  } as const;
  const inference: StreamConfig = { ...common, name: "s", role: "inference", topic: "s" };
  if (!hasLabels) return [inference];
  return [inference, { ...common, name: "l", role: "labels", of: "s", topic: "l" }];
}

export function batchOf(
  place: { stream: string; partition: number; firstOffset: number },
  sent: readonly Sent[],
): RecordBatch {
  const encoder = new TextEncoder();
  return {
    kind: "records",
    stream: place.stream,
    partition: place.partition,
    count: sent.length,
    offsets: Float64Array.from(sent, (_, i) => place.firstOffset + i),
    timestamps: Float64Array.from(sent, ({ timestamp }) => timestamp),
    values: sent.map(({ value }) =>
      value === null ? null : encoder.encode(typeof value === "string" ? value : JSON.stringify(value)),
    ),
    keys: sent.map(() => null),
    headers: sent.map(() => undefined),
    end: place.firstOffset + sent.length,
  };
}
