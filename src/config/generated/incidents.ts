// Generated from schemas/incidents.json by scripts/generate.mjs.

/**
 * When the data began to be wrong: a date (its beginning), or a time such as 2026-03-02T14:00Z; without a zone it is UTC.
 */
type Time = string;
/**
 * When the data were right again: a date (its beginning), or a time such as 2026-03-02T18:30Z.
 */
type Time1 = string;
/**
 * What is known to have gone wrong, for driftd backtest --incidents: a list in YAML or JSON. In CSV each is a row under the names of these keys, lists separated by spaces.
 *
 * @minItems 1
 */
export type Incidents = IncidentSection[];

export interface IncidentSection {
  /**
   * What people call it.
   */
  name: string;
  from: Time;
  to: Time1;
  /**
   * The only model whose alerts can have found it.
   */
  model?: string;
  /**
   * The only columns whose alerts can have found it; globs as in rules.
   *
   * @minItems 1
   */
  columns?: string[];
  /**
   * The only alerts that can have found it, by name; globs as in rules.
   *
   * @minItems 1
   */
  alerts?: string[];
}

export const incidentsSchema: object = {"$schema":"https://json-schema.org/draft/2020-12/schema","$id":"urn:driftd:schemas:incidents","title":"Incidents","description":"What is known to have gone wrong, for driftd backtest --incidents: a list in YAML or JSON. In CSV each is a row under the names of these keys, lists separated by spaces.","type":"array","minItems":1,"items":{"$ref":"#/$defs/IncidentSection"},"$defs":{"IncidentSection":{"title":"IncidentSection","type":"object","additionalProperties":false,"required":["name","from","to"],"properties":{"name":{"description":"What people call it.","type":"string","minLength":1},"from":{"title":"Time","description":"When the data began to be wrong: a date (its beginning), or a time such as 2026-03-02T14:00Z; without a zone it is UTC.","type":"string"},"to":{"title":"Time","description":"When the data were right again: a date (its beginning), or a time such as 2026-03-02T18:30Z.","type":"string"},"model":{"description":"The only model whose alerts can have found it.","type":"string","minLength":1},"columns":{"description":"The only columns whose alerts can have found it; globs as in rules.","type":"array","minItems":1,"items":{"type":"string","minLength":1}},"alerts":{"description":"The only alerts that can have found it, by name; globs as in rules.","type":"array","minItems":1,"items":{"type":"string","minLength":1}}}}}};
