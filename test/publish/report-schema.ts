import { readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import { ALERT_SCHEMA } from "./alert-schema.ts";

// The file is a JSON Schema of objects.
export const REPORT_SCHEMA = JSON.parse(
  readFileSync(new URL("../../schemas/report.json", import.meta.url), "utf8"),
) as { readonly examples: readonly object[] };

const validate = new Ajv2020({ allowUnionTypes: true, allErrors: true })
  .addSchema(ALERT_SCHEMA)
  .compile(REPORT_SCHEMA);

/** What schemas/report.json has to say against a report as it was written. */
export function faultsOfReport(report: unknown): string[] {
  return validate(report)
    ? []
    : (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}
