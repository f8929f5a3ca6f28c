import { createDraws } from "../e2e/events.ts";
import type { NewRecord } from "../e2e/topic.ts";

/** What is written: records of the model `scoring` over some event time, good ones and all kinds of bad ones. */
export interface LoadPlan {
  readonly seed: number;
  readonly records: number;
  readonly partitions: number;
  /** Event time of the first record, and how long it lasts, ms. */
  readonly from: number;
  readonly span: number;
  /** Which partition a record goes to: `share` of all records come before it, `drawn` is any 0 <= u < 1. All alike by default. */
  readonly partitionOf?: (share: number, drawn: number) => number;
}

/** Records larger than this are not to be decoded. */
export const LARGEST_RECORD = 8_192;

/** So many records at the beginning are good: every partition has a version and a time that garbage can be counted by. */
const CLEAN = 2_000;
const REGIONS = ["eu", "uk", "us"];
const CARDS = ["amex", "visa", "visa"];
const MINUTE = 60_000;
/** Stands for what JSON text can say and `JSON.stringify` cannot. */
const HUGE = "huge";

/**
 * The same records for the same plan. Record time goes on evenly; event time stands a few seconds behind it, of some records
 * minutes. A version appears at 40%, another one at 80%. Amounts move at 25% to 35%, those of the region eu at 50% to 60%,
 * and at 70% to 74% one in twenty records cannot be decoded.
 */
export function* planRecords(plan: LoadPlan): Generator<NewRecord> {
  const { seed, records, partitions, from, span } = plan;
  const { partitionOf = (_, drawn) => Math.floor(drawn * partitions) } = plan;
  const draws = createDraws(seed);
  for (let index = 0; index < records; index++) {
    const share = index / records;
    const timestamp = Math.floor(from + share * span);
    const partition = partitionOf(share, draws.uniform());
    yield { partition, timestamp, value: valueOf(index, { draws, share, timestamp }) };
  }
}

interface Moment {
  readonly draws: ReturnType<typeof createDraws>;
  readonly share: number;
  readonly timestamp: number;
}

/** One of so many, at random. */
function oneIn(many: number, index: number, { draws }: Moment): boolean {
  return draws.uniform() * many < 1 && index >= CLEAN;
}

function valueOf(index: number, moment: Moment): string | null {
  const { share } = moment;
  const isBad = oneIn(share >= 0.7 && share < 0.74 ? 20 : 1_000, index, moment);
  const isEmpty = oneIn(2_000, index, moment);
  const isLarge = oneIn(50_000, index, moment);
  const event = JSON.stringify(eventOf(index, moment)).replace(`"${HUGE}"`, "1e400");
  if (isEmpty) return null;
  if (isBad) return event.slice(0, -3);
  return isLarge ? `${event.slice(0, -1)},"meta":"${"x".repeat(LARGEST_RECORD)}"}` : event;
}

function eventOf(index: number, moment: Moment): Readonly<Record<string, unknown>> {
  return {
    id: `r-${index}`,
    ...timeOf(index, moment),
    ...(oneIn(2_000, index, moment) ? { model: "nobody" } : {}),
    version: versionOf(moment),
    ...columnsOf(index, moment),
    prediction: { score: Math.round(moment.draws.uniform() * 1000) / 1000 },
  };
}

function timeOf(index: number, moment: Moment): { time?: number } {
  const { draws, timestamp } = moment;
  const behind = Math.floor(draws.uniform() * 3_000);
  const minutesBehind = Math.floor(draws.uniform() * 3 * MINUTE);
  if (oneIn(2_000, index, moment)) return {};
  if (oneIn(5_000, index, moment)) return { time: timestamp + 20 * MINUTE };
  return { time: timestamp - (oneIn(200, index, moment) ? minutesBehind : behind) };
}

function versionOf({ draws, share }: Moment): string {
  const drawn = draws.uniform();
  if (share >= 0.8 && drawn < 0.1) return "v3";
  return share >= 0.4 && drawn < 0.5 ? "v2" : "v1";
}

function columnsOf(index: number, moment: Moment): Readonly<Record<string, unknown>> {
  const { draws, share } = moment;
  const known = REGIONS[Math.floor(draws.uniform() * REGIONS.length)];
  const isMoved = (share >= 0.25 && share < 0.35) || (share >= 0.5 && share < 0.6 && known === "eu");
  const amount = Math.round((100 + (isMoved ? 30 : 0) + 20 * draws.normal()) * 100) / 100;
  return {
    segment: {
      region: oneIn(300, index, moment) ? "ap" : oneIn(300, index, moment) ? null : known,
    },
    features: { amount: amountOf(amount, index, moment), card: cardOf(index, moment) },
  };
}

function amountOf(amount: number, index: number, moment: Moment): unknown {
  if (oneIn(50, index, moment)) return null;
  if (oneIn(1_000, index, moment)) return "n/a";
  return oneIn(5_000, index, moment) ? HUGE : amount;
}

function cardOf(index: number, moment: Moment): unknown {
  const known = CARDS[Math.floor(moment.draws.uniform() * CARDS.length)];
  if (oneIn(200, index, moment)) return null;
  if (oneIn(2_000, index, moment)) return true;
  return oneIn(100, index, moment) ? "diners" : known;
}
