// CPU per event of JSON.parse(value.toString()) against the decoder, on the same records in one run.
import { createDecoder } from "../../dist/event/decoder.js";
import { publicKeys } from "../../dist/event/ids.js";

const EVENTS = 2_000;
const ROUNDS = 61;
const NOW = Date.UTC(2026, 0, 2);

function makeEvent(i, precision) {
  const features = {};
  for (let k = 0; k < 20; k++) features[`f${k}`] = round(Math.sin(i * 20 + k) * 100, precision);
  return JSON.stringify({
    id: `event-${i}`,
    time: new Date(NOW - 1_000 + (i % 1_000)).toISOString(),
    model: "fraud",
    version: "v7",
    segment: { region: i % 3 === 0 ? "eu" : "us" },
    features,
    prediction: { score: round((i % 997) / 997, precision), decision: i % 2 === 0 ? "yes" : "no" },
  });
}

function round(value, digits) {
  return digits === 0 ? value : Number(value.toFixed(digits));
}

const number = { type: "number", role: "feature", pii: false, categories: [] };
const category = { type: "category", pii: false };
const plan = {
  model: "fraud",
  needsId: true,
  columns: [
    ...Array.from({ length: 20 }, (_, k) => ({ ...number, name: `f${k}` })),
    { ...category, name: "region", role: "segment", categories: ["eu", "us"] },
    { ...number, name: "prediction.score", role: "output" },
    { ...category, name: "prediction.decision", role: "output", categories: ["no", "yes"] },
  ],
};
const stream = {
  name: "s",
  role: "inference",
  format: "native",
  map: {},
  from: "earliest",
  maxAhead: 300_000,
  idleAfter: 60_000,
};

let sink = 0;
for (const [name, precision] of [
  ["20 features of 4 decimals", 4],
  ["20 features of 2 decimals", 2],
  ["20 features of 16 to 17 digits", 0],
]) {
  const values = Array.from({ length: EVENTS }, (_, i) => Buffer.from(makeEvent(i, precision)));
  const batch = {
    kind: "records",
    stream: "s",
    partition: 0,
    count: EVENTS,
    offsets: Float64Array.from(values, (_, i) => i),
    timestamps: new Float64Array(EVENTS).fill(NOW),
    values,
    keys: values.map(() => null),
    headers: values.map(() => undefined),
    end: EVENTS,
  };
  const decoder = createDecoder({
    stream,
    plans: [plan],
    key: publicKeys(),
    limits: { maxRecordBytes: 1_000_000 },
  });
  const parse = [];
  const decode = [];
  for (let round = 0; round < ROUNDS; round++) {
    parse.push(
      measure(() => {
        for (const value of values) sink += JSON.parse(value.toString()).features.f3;
      }),
    );
    decode.push(
      measure(() => {
        const decoded = decoder.decode(batch, { now: NOW });
        if (decoded.rows !== EVENTS || decoded.batches[0].faults !== 0)
          throw new Error("the decoder lost events");
        sink += decoded.batches[0].columns[3].values[7];
      }),
    );
  }
  const bytes = values.reduce((sum, value) => sum + value.length, 0) / EVENTS;
  const a = median(parse);
  const b = median(decode);
  process.stdout.write(
    `${name}, ${bytes.toFixed(0)} bytes: JSON.parse ${a.toFixed(0)} ns, decoder ${b.toFixed(0)} ns an event (${(b / a).toFixed(2)} x)\n`,
  );
}
if (Number.isNaN(sink)) throw new Error("a value was lost");

/** Nanoseconds of CPU per event, user and system. */
function measure(work) {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return ((user + system) * 1_000) / EVENTS;
}

function median(numbers) {
  return numbers.toSorted((a, b) => a - b)[numbers.length >> 1];
}
