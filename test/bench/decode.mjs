// CPU per event of JSON.parse(value.toString()) against the decoder, on the same records in one run.
import { createDecoder } from "../../dist/event/decoder.js";
import { publicKeys } from "../../dist/event/ids.js";
import { runBodies } from "./bodies.mjs";
import { EVENT_PLAN, eventText, recordBatch, streamConfig } from "./events.mjs";
import { runFormats } from "./server-formats.mjs";
import { printTable } from "./table.mjs";
import { timeVariants } from "./timing.mjs";

const EVENTS = 2_000;
const START = Date.UTC(2026, 0, 1);

export function run() {
  const rows = [2, 4, 17].map((digits) => measure(digits));
  printTable("decode: ns of CPU per event of 20 numbers, ids hashed, medians of interleaved rounds", [
    ["", "bytes", "JSON.parse", "decoder", "ratio"],
    ...rows,
  ]);
  runFormats();
  runBodies();
}

function measure(digits) {
  const texts = Array.from({ length: EVENTS }, (_, i) => eventText(i, START, { decimals: digits }));
  const batch = recordBatch("scored", 0, texts, START);
  const limits = { maxRecordBytes: 1_000_000 };
  const plan = { ...EVENT_PLAN, needsId: true };
  const decoder = createDecoder({ stream: streamConfig(), plans: [plan], key: publicKeys(), limits });
  let sink = 0;
  const { parse, decode } = timeVariants(
    {
      parse() {
        for (const value of batch.values) sink += JSON.parse(value.toString()).features.f3;
      },
      decode() {
        const { rows, batches } = decoder.decode(batch, { now: START });
        if (rows !== EVENTS || batches[0].faults !== 0) throw new Error("the decoder lost events");
        sink += batches[0].columns[3].values[7];
      },
    },
    { units: EVENTS, rounds: 61 },
  );
  if (Number.isNaN(sink)) throw new Error("a value was lost");
  const bytes = texts.reduce((sum, text) => sum + text.length, 0) / EVENTS;
  return [
    `numbers of ${digits === 17 ? "16 to 17 digits" : `${digits} decimals`}`,
    bytes,
    parse,
    decode,
    decode / parse,
  ];
}
