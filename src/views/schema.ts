import { DEFAULT_FLOOR } from "../config/privacy-floor.ts";
import type { Engine } from "../engine/engine.ts";
import type { FieldSummary } from "../counts/fields.ts";
import { FIELD_SLOTS, isTensorType, nameTensorType, type FieldType } from "../event/field-slots.ts";
import type { FittedModel } from "../rules/fitted-model.ts";
import { lineageOf } from "../rules/lineage.ts";
import type { LearntFields } from "../verdict/learnt-fields.ts";
import type { ShownField, ShownKind, ShownSchema } from "../web/api/schema.ts";

/** What fields the records of the last window have, and which are not as the reference had them. */
export function viewSchemas(engine: Engine, models: readonly FittedModel[]): ShownSchema[] {
  return models
    .filter(({ model }) => !engine.standsBy(model.name))
    .map((fitted) => {
      const { model, counting, reference } = fitted;
      const { floor = DEFAULT_FLOOR } = reference;
      const { schema } = engine.judgesOf(model.name);
      const { window } = schema;
      const { records, sampled, fields } = window;
      const { learnt } = schema.kinds;
      const expected = counting.fields;
      return {
        model: model.name,
        lineage: lineageOf(fitted),
        score: schema.currentScores()[0].score,
        records,
        sampled,
        changes: schema.changes,
        learnt: shownKinds(learnt),
        fields: [...fields]
          .flatMap(([name, counts]): ShownField[] => {
            const entry = expected?.entries[expected.byName.get(name) ?? -1];
            // What few records have in common may be a value that stands where a name should.
            if (entry === undefined && counts.reduce((sum, count) => sum + count, 0) < floor) return [];
            const known = entry === undefined ? {} : { reference: namedCounts(entry.field.counts) };
            return [{ name, values: namedCounts(counts), ...known }];
          })
          .concat(sightedFields(window, { learnt, floor }))
          .sort((a, b) => (a.name < b.name ? -1 : 1)),
      };
    });
}

function namedCounts(counts: ArrayLike<number>): Record<string, number> {
  return Object.fromEntries(
    FIELD_SLOTS.flatMap((slot, position) => (counts[position] > 0 ? [[slot, counts[position]]] : [])),
  );
}

function shownKinds(learnt: LearntFields): ShownKind[] {
  return [...learnt].map(([holder, { records, from, through, isComplete }]) => ({
    kind: holder === "" ? "events" : holder,
    records,
    from: new Date(from).toISOString(),
    through: new Date(through).toISOString(),
    isComplete,
  }));
}

/** Fields of records that the reference says nothing of. */
function sightedFields(
  { sightings }: FieldSummary,
  { learnt, floor }: { learnt: LearntFields; floor: number },
): ShownField[] {
  const seen = new Map<string, { holder: string; types: Map<FieldType, number> }>();
  for (const { holder, field, type, count } of sightings.values()) {
    if (field === holder) continue;
    const { types } = seen.get(field) ?? { types: new Map<FieldType, number>() };
    seen.set(field, { holder, types: types.set(type, (types.get(type) ?? 0) + count) });
  }
  return [...seen].flatMap(([name, { holder, types }]): ShownField[] => {
    const known = learnt.get(holder)?.fields.get(name)?.types;
    const isRare = (counts: ReadonlyMap<FieldType, number> = new Map()): boolean =>
      [...counts.values()].reduce((sum, count) => sum + count, 0) < floor;
    if (isRare(types) && isRare(known)) return [];
    const values = namedTypes(types);
    return [{ name, values, ...(known === undefined ? {} : { reference: namedTypes(known) }) }];
  });
}

function namedTypes(types: ReadonlyMap<FieldType, number>): Record<string, number> {
  const named = [...types].map(([type, count]): [string, number] => [
    isTensorType(type) ? nameTensorType(type) : type,
    count,
  ]);
  return Object.fromEntries(named.sort(([a], [b]) => (a < b ? -1 : 1)));
}
