import { readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";

interface Schema {
  readonly properties: Readonly<Record<string, object>>;
  readonly $defs: Readonly<Record<string, { readonly properties?: Readonly<Record<string, object>> }>>;
  readonly examples: readonly object[];
}

// The file is a JSON Schema of objects.
export const ALERT_SCHEMA = JSON.parse(
  readFileSync(new URL("../../schemas/alert.json", import.meta.url), "utf8"),
) as Schema;

const validate = new Ajv2020({ allowUnionTypes: true, allErrors: true }).compile(ALERT_SCHEMA);

/** What schemas/alert.json has to say against an alert as it was sent, members included that it does not name. */
export function faultsOfAlert(alert: object): string[] {
  const faults = validate(alert)
    ? []
    : (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
  const { score, evidence, lineage } = alert as Record<"score" | "evidence" | "lineage", object | undefined>;
  return [
    ...faults,
    ...unnamed(alert, ALERT_SCHEMA.properties),
    ...unnamed(score, ALERT_SCHEMA.$defs["score"]?.properties),
    ...unnamed(evidence, ALERT_SCHEMA.$defs["evidence"]?.properties),
    ...unnamed(lineage, ALERT_SCHEMA.$defs["lineage"]?.properties),
  ];
}

function unnamed(data: object = {}, properties: Readonly<Record<string, object>> = {}): string[] {
  return Object.keys(data)
    .filter((name) => properties[name] === undefined)
    .map((name) => `${name} is not in the schema`);
}
