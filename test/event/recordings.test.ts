import { describe, expect, it } from "vitest";
import type { ColumnPlan, EventPlan } from "../../src/event/batch.ts";
import type { StreamConfig } from "../../src/config/config.ts";
import { batchOfRecorded, readRecording, splitBatch } from "./recorded.ts";
import type { Recorded } from "./recorded.ts";
import { columnOf, decoderOf, planOf, streamOf } from "./records-of.ts";
import { rowsOf, showRecord } from "./shown.ts";

/** After all recordings. */
const NOW = Date.UTC(2026, 10, 21, 12);

const numbers = (...names: string[]): ColumnPlan[] => names.map((name) => columnOf({ name }));
const categories = (...names: string[]): ColumnPlan[] =>
  names.map((name) => columnOf({ name, type: "category", learn: true }));
const booleans = (...names: string[]): ColumnPlan[] =>
  names.map((name) => columnOf({ name, type: "boolean" }));

const SCORE = columnOf({ name: "prediction.score", role: "output" });
const DECISION = columnOf({ name: "prediction.decision", role: "output", type: "category", learn: true });
const CONFIDENCE = columnOf({ name: "prediction.confidence", role: "output" });
const CLASSES = ["0", "2"].map((name) =>
  columnOf({ name: `prediction.probabilities.${name}`, role: "probability" }),
);

function halvesOf(
  model: string,
  features: readonly ColumnPlan[],
  outputs: readonly ColumnPlan[],
): EventPlan[] {
  return [
    planOf(features, { model, needsId: true, half: "input" }),
    planOf(outputs, { model, needsId: true, half: "output" }),
  ];
}

const FLIGHT_FEATURES = [
  ...numbers(
    "dep_hour",
    "distance",
    "weekday",
    "delay",
    "t_hour",
    "h-0",
    "h-1",
    "h-2",
    "h-3",
    "n",
    "x-0",
    "x-1",
    "x-2",
    "x-3",
  ),
  ...categories("carrier", "origin", "s"),
  ...booleans("weekend"),
];
const FLIGHTS = halvesOf("flight-delay", FLIGHT_FEATURES, [SCORE, DECISION, CONFIDENCE]);
const ROW = ["dep_hour", "distance", "weekday", "delay"];
const FLIGHT_STREAM: Partial<StreamConfig> = {
  format: "kserve",
  component: "predictor",
  names: { instances: ROW, inputs: ROW },
};

const MLSERVER_FEATURES = [
  ...numbers("x-0", "x-1", "x-2", "x-3", "nan", "u", "i", "h-0", "h-1", "fail"),
  ...categories("city", "acct"),
  ...booleans("flag"),
];

const IRIS = { features: numbers("x-0", "x-1", "x-2", "x-3"), outputs: [DECISION, CONFIDENCE, ...CLASSES] };
const ODD_FEATURES = [
  ...categories("cust", "bigint"),
  ...booleans("flag"),
  ...numbers("h-0", "h-1", "px-0", "px-1", "px-2", "nan", "x", "cube-0", "cube-3", "fail", "crash"),
];
const KAFKA_MODELS = [
  ["iris", IRIS.features, IRIS.outputs],
  ["frame", [...categories("plan"), ...numbers("age", "usage")], [DECISION]],
  ["odd", ODD_FEATURES, [SCORE]],
] as const;

/** One recording as a stream: which of its records, in which format. */
interface Recording {
  readonly name: string;
  readonly records: readonly Recorded[];
  readonly stream: Partial<StreamConfig>;
  readonly plans: readonly EventPlan[];
}

const grpc = readRecording("oip-grpc");
const kafka = readRecording("mlserver-kafka");
const isAgent = ({ transport }: Recorded): boolean => transport === "http";
const ofHalf = (plans: readonly EventPlan[], half: EventPlan["half"]): EventPlan[] =>
  plans.filter((plan) => plan.half === half);
const kafkaPlans = KAFKA_MODELS.flatMap(([model, features, outputs]) => halvesOf(model, features, outputs));
const grpcPlans = ["flight_1", "alert_3"].flatMap((model) =>
  halvesOf(model, MLSERVER_FEATURES, [SCORE, DECISION]),
);

const RECORDINGS: readonly Recording[] = [
  { name: "kserve-agent", records: readRecording("kserve-agent"), stream: FLIGHT_STREAM, plans: FLIGHTS },
  {
    name: "kserve-agent-mlserver",
    records: readRecording("kserve-agent-mlserver"),
    stream: { format: "kserve", component: "predictor" },
    plans: halvesOf("flight", MLSERVER_FEATURES, [SCORE, DECISION, CONFIDENCE, ...CLASSES]),
  },
  {
    name: "oip-grpc-requests",
    records: grpc.filter((record) => !isAgent(record) && record.kind === "request"),
    stream: { format: "oip-v2", role: "inputs" },
    plans: ofHalf(grpcPlans, "input"),
  },
  {
    name: "oip-grpc-responses",
    records: grpc.filter((record) => !isAgent(record) && record.kind !== "request"),
    stream: { format: "oip-v2", role: "outputs" },
    plans: ofHalf(grpcPlans, "output"),
  },
  {
    name: "oip-grpc-agent",
    records: grpc.filter(isAgent),
    stream: { format: "kserve", component: "predictor" },
    plans: halvesOf("flight", MLSERVER_FEATURES, [SCORE, DECISION]),
  },
  {
    name: "mlserver-kafka-requests",
    records: kafka.filter(({ kind }) => kind === "request"),
    stream: { format: "mlserver", role: "inputs" },
    plans: ofHalf(kafkaPlans, "input"),
  },
  {
    name: "mlserver-kafka-responses",
    records: kafka.filter(({ kind }) => kind !== "request"),
    stream: { format: "mlserver", role: "outputs" },
    plans: ofHalf(kafkaPlans, "output"),
  },
  {
    name: "cloudevents",
    records: readRecording("cloudevents").flatMap(splitBatch),
    stream: FLIGHT_STREAM,
    plans: FLIGHTS,
  },
];

describe.each(RECORDINGS)("the records of $name", ({ name, records, stream, plans }) => {
  const decoder = () => decoderOf(plans, streamOf(stream));

  it("decode to the expected events", async () => {
    const one = decoder();
    const lines = records.map((record) => showRecord(one, record, NOW));
    await expect(`${lines.join("\n")}\n`).toMatchFileSnapshot(`wire/${name}.expected.jsonl`);
  });

  it("decode to the same rows one by one and all at once, also told by themselves", () => {
    const names = new Map<string, string>();
    const one = decoder();
    const each = records.flatMap((record) => {
      const decoded = one.decode(batchOfRecorded([record]), { now: NOW });
      return rowsOf(decoded, names);
    });
    expect(rowsOf(decoder().decode(batchOfRecorded(records), { now: NOW }), names)).toEqual(each);
    const auto = decoderOf(plans, streamOf({ ...stream, format: "auto" }));
    const told = rowsOf(auto.decode(batchOfRecorded(records), { now: NOW }), names);
    const known = new Set(told.map((row) => JSON.stringify(row)));
    expect(each.filter((row) => !known.has(JSON.stringify(row)))).toEqual([]);
  });

  it("account for every record", () => {
    const { ledger, refused } = decoder().decode(batchOfRecorded(records), { now: NOW });
    const { decoded, undecodable, ignored, oversize } = ledger;
    expect(decoded + undecodable + ignored + oversize).toBe(records.length);
    expect(refused.count).toBeGreaterThanOrEqual(undecodable + ignored + oversize);
  });
});
