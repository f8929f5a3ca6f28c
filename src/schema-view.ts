import { DEFAULT_FLOOR } from "./config/privacy-floor.ts";
import type { Engine } from "./engine.ts";
import { FIELD_SLOTS } from "./event/field-slots.ts";
import type { FittedModel } from "./rules/fitted-model.ts";
import { lineageOf } from "./rules/lineage.ts";
import type { ShownField, ShownSchema } from "./web/api/schema.ts";

/** What fields the records of the last window have, and which are not as the reference had them. */
export function viewSchemas(engine: Engine, models: readonly FittedModel[]): ShownSchema[] {
  return models
    .filter(({ model }) => !engine.standsBy(model.name))
    .map((fitted) => {
      const { model, counting, reference } = fitted;
      const { floor = DEFAULT_FLOOR } = reference;
      const { schema } = engine.judgesOf(model.name);
      const { records, sampled, fields } = schema.window;
      const expected = counting.fields;
      return {
        model: model.name,
        lineage: lineageOf(fitted),
        score: schema.currentScores()[0].score,
        records,
        sampled,
        changes: schema.changes,
        fields: [...fields]
          .sort(([a], [b]) => (a < b ? -1 : 1))
          .flatMap(([name, counts]): ShownField[] => {
            const entry = expected?.entries[expected.byName.get(name) ?? -1];
            // What few records have in common may be a value that stands where a name should.
            if (entry === undefined && counts.reduce((sum, count) => sum + count, 0) < floor) return [];
            const known = entry === undefined ? {} : { reference: namedCounts(entry.field.counts) };
            return [{ name, values: namedCounts(counts), ...known }];
          }),
      };
    });
}

function namedCounts(counts: ArrayLike<number>): Record<string, number> {
  return Object.fromEntries(
    FIELD_SLOTS.flatMap((slot, position) => (counts[position] > 0 ? [[slot, counts[position]]] : [])),
  );
}
