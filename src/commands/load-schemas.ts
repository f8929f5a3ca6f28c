import type { ReadConfig } from "../config/config-file.ts";
import { CodedError } from "../config/coded-error.ts";
import type { Fault } from "../config/fault.ts";
import { faultAt } from "../config/location.ts";
import { compileDeclared, type DeclaredSchema } from "../event/declared-schema.ts";
import { readText } from "../runtime/files.ts";

/** The JSON Schemas that streams declare, compiled, by stream. */
export async function loadSchemas(
  read: ReadConfig | undefined,
): Promise<{ schemas: ReadonlyMap<string, DeclaredSchema>; faults: readonly Fault[] }> {
  const schemas = new Map<string, DeclaredSchema>();
  const faults: Fault[] = [];
  for (const { name, schema: file } of Object.values(read?.config?.streams ?? {})) {
    if (file === undefined || read === undefined) continue;
    const schema = await loadSchema(file);
    if (typeof schema !== "string") schemas.set(name, schema);
    else {
      const path = ["streams", name, "schema"];
      faults.push(faultAt(read.document, { path, code: "SCHEMA", message: schema }));
    }
  }
  return { schemas, faults };
}

/** The schema, or what is wrong with its file. */
async function loadSchema(file: string): Promise<DeclaredSchema | string> {
  try {
    const text = await readText(file, { what: "schema", code: "CONFIG_INVALID" });
    return compileDeclared(JSON.parse(text));
  } catch (error) {
    if (error instanceof CodedError) return error.message;
    if (error instanceof SyntaxError) return `is no JSON: ${error.message}`;
    throw error;
  }
}
