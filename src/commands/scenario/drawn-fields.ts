import type { ExpectedEntry, FieldExpectation } from "../../counts/expected-fields.ts";
import { departureOf } from "../../counts/expected-fields.ts";
import { addDeparture, addField, createFieldSummary } from "../../counts/fields.ts";
import type { DepartureKind, FieldSummary } from "../../counts/fields.ts";
import { packFields } from "../../counts/fields-packed.ts";
import { FIELD_SLOTS, SLOT } from "../../event/field-slots.ts";
import type { FittedModel } from "../../rules/fitted-model.ts";
import { measureNamed } from "../../statistics/measures.ts";
import type { PaneValue } from "../../window/pane.ts";
import { fieldLayout } from "../../window/task-delta.ts";
import { columnRandom } from "./declared-columns.ts";
import { splitRows } from "./draw.ts";
import type { Random } from "./random.ts";
import type { FieldEffect, Synthetic } from "./scenario.ts";
import { isActive, type DrawnPane } from "./traffic.ts";

/** Draws what the records of a pane held, field by field. */
export interface DrawnFields {
  /** The pane that starts at `start`, ms since the epoch. */
  draw(start: number, pane: DrawnPane): PaneValue;
}

/** Of the records of a pane these are looked at: the first ones, and from then on one of so many (window/field-intake.ts). */
const FIRST_SAMPLED = 16;
const SAMPLED_EVERY = 64;
const SENDER = { producer: JSON.stringify({ partition: 0 }), rank: "", example: "" };

/** Undefined where no change is of a field: what nobody changes is not looked at. */
export function openFields({
  fitted,
  story,
}: {
  readonly fitted: FittedModel;
  readonly story: Synthetic;
}): DrawnFields | undefined {
  const { counting } = fitted;
  const expected = counting.fields;
  if (expected === undefined || story.changes.every(({ effect }) => effect.kind !== "field"))
    return undefined;
  const random = columnRandom(story.seed, "fields");
  return {
    draw(start, { rows }) {
      const records = rows.reduce((sum, one) => sum + (one.segment.isPart ? one.rows : 0), 0);
      const effects = story.changes.flatMap(({ effect }, position) =>
        effect.kind === "field" && isActive(story, position, start) ? [effect] : [],
      );
      const summary = drawSummary(random, expected, { records, effects });
      const layout = fieldLayout(counting);
      return { layout, version: "", segment: "all", start, packed: packFields(summary) };
    },
  };
}

/** Whether any rule asks what fields records have. */
export function asksFields({ model }: FittedModel): boolean {
  return model.rules.some(({ measure }) => measureNamed(measure)?.byFields === true);
}

function drawSummary(
  random: Random,
  expected: FieldExpectation,
  { records, effects }: { readonly records: number; readonly effects: readonly FieldEffect[] },
): FieldSummary {
  const summary = createFieldSummary();
  summary.records = records;
  summary.sampled =
    Math.min(records, FIRST_SAMPLED) + Math.floor(Math.max(0, records - FIRST_SAMPLED) / SAMPLED_EVERY);
  const drawing = { random, expected, summary };
  for (const entry of expected.entries) {
    const effect = effects.findLast(({ field }) => field === entry.field.name);
    const touched = effect === undefined ? 0 : random.binomial(summary.sampled, effect.share);
    drawUsual(drawing, entry, summary.sampled - touched);
    if (effect !== undefined) drawChanged(drawing, { effect, entry, records: touched });
  }
  for (const effect of effects) {
    if (expected.byName.has(effect.field)) continue;
    drawChanged(drawing, { effect, records: random.binomial(summary.sampled, effect.share) });
  }
  return summary;
}

interface Drawing {
  readonly random: Random;
  readonly expected: FieldExpectation;
  readonly summary: FieldSummary;
}

/** As in the reference, where nothing departs from it. */
function drawUsual(drawing: Drawing, { field }: ExpectedEntry, records: number): void {
  const { random, expected } = drawing;
  const seen = field.counts.reduce((sum, count) => sum + count, 0);
  const present = random.binomial(records, Math.min(1, seen / Math.max(1, expected.sampled)));
  const shares = field.counts.map((count) => count / Math.max(1, seen));
  splitRows(random, shares, present, (slot, count) => addMany(drawing, { name: field.name, slot, count }));
}

function drawChanged(
  drawing: Drawing,
  { effect, entry, records }: { effect: FieldEffect; entry?: ExpectedEntry; records: number },
): void {
  if (records === 0) return;
  const { field: name, becomes, value } = effect;
  const depart = (kind: DepartureKind): void => {
    const sender = value === undefined ? SENDER : { ...SENDER, value };
    for (let record = 0; record < records; record += 1)
      addDeparture(drawing.summary, { field: name, kind, ...sender });
  };
  if (becomes === "absent") {
    // Of a field that not every record has it is no departure, until none has it any more.
    if (entry?.isRequired === true) depart("absent");
    return;
  }
  const slot = value === undefined ? FIELD_SLOTS.findIndex((one) => one === becomes) : SLOT.text;
  addMany(drawing, { name, slot, count: records });
  if (entry === undefined) depart("new");
  else if (value !== undefined) depart("enum");
  else {
    const departed = departureOf(entry, slot);
    if (departed !== undefined) depart(departed);
  }
}

function addMany(
  { summary, expected }: Drawing,
  { name, slot, count }: { readonly name: string; readonly slot: number; readonly count: number },
): void {
  for (let record = 0; record < count; record += 1)
    addField(summary, name, slot, (known) => expected.byName.has(known));
}
