import { createStreamLedger, type StreamLedger } from "../../src/event/ledger.ts";
import type { DropReason } from "../../src/event/reason.ts";
import type { Side } from "../../src/join/half-plans.ts";
import { placeRecords, type HalfRecord, type HalfStory, type Placed } from "./half-story.ts";

/** What must come of a story, found by comparing everything with everything. */
export interface Expected {
  readonly inputs: StreamLedger;
  readonly outputs: StreamLedger;
  /** Of complete events: the offsets of both halves. */
  readonly pairs: readonly (readonly [input: number, output: number])[];
  /** Complete events by start of the pane and version. */
  readonly measured: ReadonlyMap<string, number>;
}

interface Row {
  readonly side: Side;
  readonly record: HalfRecord;
  readonly offset: number;
  readonly k: number;
  readonly value: number;
  reason: DropReason | undefined;
  partner: Row | undefined;
}

interface Rule {
  readonly within: number;
  readonly age: number;
  readonly pane: number;
  readonly lateness: number;
}

export function expectHalves(story: HalfStory, rule: Rule): Expected {
  const streams =
    story.order === undefined
      ? (["input", "output"] as const).map((side) => placeRecords(story, side))
      : [placeRecords(story)];
  const rows = streams.flatMap((records) => admitAll(records, rule));
  const inputs = rows.filter(({ side }) => side === "input");
  const outputs = rows.filter(({ side }) => side === "output");
  const open = new Map<string, Row[]>();
  for (const row of inputs) if (row.reason === undefined) add(open, keyOf(row), row);
  // In the order of one side each takes the first of the other that is left: then no two would rather have each other.
  for (const output of outputs) {
    if (output.reason !== undefined) continue;
    const input = (open.get(keyOf(output)) ?? []).find(
      (one) => one.reason === undefined && one.partner === undefined && areNear(one, output, rule),
    );
    if (input === undefined) continue;
    if (output.record.isFailed !== true) {
      input.partner = output;
      output.partner = input;
      continue;
    }
    output.reason = "failed";
    for (const row of inputs) {
      if (row.offset === input.offset && row.partner === undefined) row.reason ??= "failed";
    }
  }
  const measured = new Map<string, number>();
  const pairs: [number, number][] = [];
  for (const { record, partner, offset } of inputs) {
    if (partner === undefined) continue;
    pairs.push([offset, partner.offset]);
    const start = Math.floor(record.time / rule.pane) * rule.pane;
    const key = `${start}/${partner.record.version || record.version}`;
    measured.set(key, (measured.get(key) ?? 0) + 1);
  }
  return {
    inputs: ledgerOf(story.inputs, inputs, "orphan-input"),
    outputs: ledgerOf(story.outputs, outputs, "orphan-output"),
    pairs,
    measured,
  };
}

function admitAll(records: readonly Placed[], rule: Rule): Row[] {
  const rows: Row[] = [];
  const first = new Map<string, Row[]>();
  let watermark = Number.NEGATIVE_INFINITY;
  for (const { side, record, offset } of records) {
    for (const [k, value] of record.values.entries()) {
      const row: Row = { side, record, offset, k, value, reason: undefined, partner: undefined };
      rows.push(row);
      const end = (Math.floor(record.time / rule.pane) + 1) * rule.pane;
      const isLate = end + rule.lateness <= watermark;
      if (!isLate) watermark = Math.max(watermark, record.time);
      if (record.isInvalid === true) row.reason = "invalid";
      else if (isLate) row.reason = "late";
      else row.reason = repeats(first.get(`${side} ${keyOf(row)}`) ?? [], row, rule);
      if (row.reason === undefined) add(first, `${side} ${keyOf(row)}`, row);
    }
  }
  return rows;
}

function repeats(earlier: readonly Row[], row: Row, { within, age }: Rule): DropReason | undefined {
  const ageOf = ({ record }: Row): number => Math.floor(record.time / age);
  const same =
    earlier.find((one) => ageOf(one) === ageOf(row)) ??
    earlier.find((one) => Math.abs(one.record.time - row.record.time) <= within);
  if (same === undefined) return undefined;
  const content = ({ record, value }: Row): string =>
    record.isFailed === true ? "failed" : `${value}/${record.version}`;
  return content(same) === content(row) ? "duplicate" : "conflict";
}

function areNear(input: Row, output: Row, { within }: Rule): boolean {
  return Math.abs(input.record.time - output.record.time) <= within;
}

function ledgerOf(records: readonly HalfRecord[], rows: readonly Row[], orphan: DropReason): StreamLedger {
  const ledger = createStreamLedger();
  ledger.decoded = records.length;
  ledger.received = rows.length;
  for (const { reason, partner } of rows) {
    if (partner === undefined) ledger.dropped[reason ?? orphan] += 1;
    else ledger.measured += 1;
  }
  return ledger;
}

function keyOf({ record, k }: Row): string {
  return `${record.id}#${k}`;
}

function add<T>(map: Map<string, T[]>, key: string, value: T): void {
  const there = map.get(key);
  if (there === undefined) map.set(key, [value]);
  else there.push(value);
}
