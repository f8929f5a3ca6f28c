import { Ajv2020 } from "ajv/dist/2020.js";
import type { ErrorObject } from "ajv/dist/2020.js";

/** Where a record breaks what its stream's schema declares, and which keyword says so; never with the value. */
export interface Violation {
  /** JSON Pointer; `[]` stands for any element of an array. */
  readonly field: string;
  readonly keyword: string;
}

/** A JSON Schema (2020-12), compiled. */
export interface DeclaredSchema {
  violations(record: unknown): readonly Violation[];
}

/** Of one record more are not told. */
const MOST_VIOLATIONS = 32;
/** Keywords that only say that what is below them fails. */
const OUTER: ReadonlySet<string> = new Set(["if", "allOf", "$ref", "$dynamicRef", "propertyNames"]);

/** The schema, or what is wrong with it: a lower-case phrase. `format` is a note, as the standard has it, and not checked. */
export function compileDeclared(schema: unknown): DeclaredSchema | string {
  if (typeof schema !== "object" || schema === null) return "is no JSON Schema";
  try {
    const ajv = new Ajv2020({ allErrors: true, strict: false, validateFormats: false });
    const validate = ajv.compile(schema);
    return {
      violations(record) {
        if (validate(record)) return [];
        const found = (validate.errors ?? []).filter(({ keyword }) => !OUTER.has(keyword)).map(violationOf);
        const unique = new Map(found.map((one) => [`${one.keyword} ${one.field}`, one]));
        return [...unique.values()].slice(0, MOST_VIOLATIONS);
      },
    };
  } catch (error) {
    return `is no JSON Schema: ${error instanceof Error ? error.message : String(error)}`;
  }
}

/** What must be there, or must not, is named with its holder's pointer. */
function violationOf({ instancePath, keyword, params }: ErrorObject): Violation {
  const member: unknown = params["missingProperty"] ?? params["additionalProperty"];
  const holder = instancePath.replaceAll(/\/\d+(?=\/|$)/g, "/[]");
  if (typeof member !== "string") return { field: holder, keyword };
  return { field: `${holder}/${member.replaceAll("~", "~0").replaceAll("/", "~1")}`, keyword };
}
