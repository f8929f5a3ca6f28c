import type { EventBatch } from "./batch.ts";
import { reasonCode } from "./reason.ts";

/** What a row cannot do without, or must be able to read where it is there; in this order they are told. */
export const ENVELOPE = ["id", "time", "version", "truth"] as const;

export type EnvelopePart = (typeof ENVELOPE)[number];

/** Why a row is invalid, in words that hold none of its values. */
export const ENVELOPE_FAULTS: Readonly<Record<EnvelopePart, string>> = {
  id: "id: there is none, or it cannot be read",
  time: "time: there is none, or it cannot be read, or is before 2000 or too far ahead",
  version: "version: it is neither a text nor a number",
  truth: "truth: there is none, or it is of another type",
};

const INVALID = reasonCode("invalid");

/** Makes the row invalid, for this part among others. */
export function refuseRow(batch: EventBatch, row: number, part: EnvelopePart): void {
  batch.reason[row] = INVALID;
  batch.envelope[row] |= 1 << ENVELOPE.indexOf(part);
}

/** The parts that an invalid row was refused for. */
export function envelopeFaults({ envelope }: Pick<EventBatch, "envelope">, row: number): EnvelopePart[] {
  return ENVELOPE.filter((_, bit) => ((envelope[row] >> bit) & 1) === 1);
}
