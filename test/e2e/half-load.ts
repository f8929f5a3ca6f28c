import { DROP_REASONS } from "../../src/event/reason.ts";
import { expectHalves } from "../engine/half-recount.ts";
import type { HalfRecord } from "../engine/half-story.ts";
import { kafkaClient, uniqueName } from "../services/kafka.ts";
import { createDraws, scoredEvents, type ScoredEvent } from "./events.ts";
import type { NewRecord } from "./topic.ts";

/** ms */
export const WITHIN = 30_000;
export const LATENESS = 10_000;
const PANE = 60_000;
/** How long an id is remembered: ten minutes at least (docs). */
const AGE = 600_000;

export interface LoadOptions {
  readonly requests: number;
  readonly from: number;
  readonly to: number;
  readonly partitions: number;
}

type Placed = NewRecord & { readonly partition: number };

/**
 * Requests and responses with losses of 1% on each side, repeats, repeats of other content, reordering, responses before their
 * request, far too late, or never within reach of it. Each record's own time is when it arrives.
 */
export function tellLoad({ requests, from, to, partitions }: LoadOptions): {
  inputs: Placed[];
  outputs: Placed[];
} {
  const { uniform } = createDraws(17);
  const inputs: Placed[] = [];
  const outputs: Placed[] = [];
  const chance = (share: number): boolean => uniform() < share;
  for (const [i, { id, time, features, segment, version, prediction }] of scoredEvents({
    count: requests,
    from,
    to,
  }).entries()) {
    const partition = i % partitions;
    const record = (value: object, timestamp: number): Placed => ({
      value: JSON.stringify(value),
      timestamp: Math.floor(timestamp),
      partition,
    });
    const asked = { id, time, features, segment };
    const arrives = time + uniform() * 2_000 + (chance(0.003) ? 3 * PANE : 0);
    if (!chance(0.01)) inputs.push(record(asked, arrives));
    if (chance(0.005)) inputs.push(record(asked, arrives + uniform() * 5_000));
    const other = { ...asked, features: { ...features, amount: 7 } };
    if (chance(0.003)) inputs.push(record(other, arrives + uniform() * 5_000));
    const away = chance(0.002) ? WITHIN + 5_000 : chance(0.01) ? -2_000 * uniform() : 5 + 800 * uniform();
    const told = { id, time: Math.floor(time + away), version, prediction };
    const returns = Math.max(time, told.time) + uniform() * 3_000 + (chance(0.003) ? 3 * PANE : 0);
    if (!chance(0.01)) outputs.push(record(told, returns));
    if (chance(0.005)) outputs.push(record(told, returns + uniform() * 5_000));
    if (chance(0.003))
      outputs.push(record({ ...told, prediction: { score: 2 } }, returns + uniform() * 5_000));
  }
  const inOrder = (records: Placed[]): Placed[] => records.toSorted((a, b) => a.timestamp - b.timestamp);
  return { inputs: inOrder(inputs), outputs: inOrder(outputs) };
}

/** Where rows went, as GET /api/accounting says it. */
interface Accounted {
  received: number;
  measured: number;
  readonly dropped: Record<string, number>;
}

export interface Recount {
  readonly inputs: Accounted;
  readonly outputs: Accounted;
  /** The events that are complete. */
  readonly events: ScoredEvent[];
}

/** Reads both topics from their beginnings and compares everything with everything, a partition at a time. */
export async function recountHalves(
  brokers: readonly string[],
  topics: { readonly inputs: string; readonly outputs: string; readonly partitions: number },
  counts: { readonly inputs: number; readonly outputs: number },
): Promise<Recount> {
  const inputs = await readTopic(brokers, { topic: topics.inputs, records: counts.inputs });
  const outputs = await readTopic(brokers, { topic: topics.outputs, records: counts.outputs });
  const recount: Recount = { inputs: nothing(), outputs: nothing(), events: [] };
  const rule = { within: WITHIN, age: AGE, pane: PANE, lateness: LATENESS };
  for (let partition = 0; partition < topics.partitions; partition++) {
    const asked = (inputs.get(partition) ?? []).map(
      (text) => JSON.parse(text) as Omit<ScoredEvent, "prediction">,
    );
    const told = (outputs.get(partition) ?? []).map((text) => JSON.parse(text) as ScoredEvent);
    const expected = expectHalves(
      {
        inputs: asked.map((one) => halfOf(one, one.features.amount ?? -1, "")),
        outputs: told.map((one) => halfOf(one, one.prediction.score, one.version)),
      },
      rule,
    );
    for (const side of ["inputs", "outputs"] as const) {
      const { received, measured, dropped } = expected[side];
      recount[side].received += received;
      recount[side].measured += measured;
      for (const reason of DROP_REASONS) {
        if (dropped[reason] > 0)
          recount[side].dropped[reason] = (recount[side].dropped[reason] ?? 0) + dropped[reason];
      }
    }
    for (const [input, output] of expected.pairs) {
      const { version, prediction } = told[output];
      recount.events.push({ ...asked[input], version, prediction });
    }
  }
  return recount;
}

function nothing(): Accounted {
  return { received: 0, measured: 0, dropped: {} };
}

function halfOf({ id, time }: { id: string; time: number }, value: number, version: string): HalfRecord {
  return { id: Number(id.split("-")[1]), time, values: [value], version };
}

/** The values of every partition, in order. */
async function readTopic(
  brokers: readonly string[],
  { topic, records }: { topic: string; records: number },
): Promise<Map<number, string[]>> {
  const values = new Map<number, string[]>();
  const consumer = kafkaClient(brokers).consumer({ groupId: uniqueName("recount") });
  await consumer.connect();
  await consumer.subscribe({ topics: [topic], fromBeginning: true });
  let seen = 0;
  await new Promise<void>((resolve, reject) => {
    consumer
      .run({
        eachBatch: async ({ batch }) => {
          const read = values.get(batch.partition) ?? [];
          for (const { value } of batch.messages) read.push(String(value));
          values.set(batch.partition, read);
          seen += batch.messages.length;
          if (seen >= records) resolve();
        },
      })
      .catch(reject);
  });
  await consumer.disconnect();
  return values;
}
