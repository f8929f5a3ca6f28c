import { CodedError } from "../../config/coded-error.ts";
import { resolvePath } from "../../config/path.ts";
import { inferSchema } from "../../reference/json-schema.ts";
import type { Reference } from "../../reference/reference.ts";
import { readReference } from "../../reference/reference-file.ts";
import { readBytes, writeAtomically } from "../../runtime/files.ts";
import type { CommandIo } from "../io.ts";

export interface SchemaOptions {
  readonly file: string;
  /** Standard output without. */
  readonly output?: string;
}

/** Writes the JSON Schema of the records that a reference was built of. */
export async function writeSchema({ file, output }: SchemaOptions, io: CommandIo): Promise<number> {
  const bytes = await readBytes(resolvePath(io.cwd, file), { what: "reference", code: "REFERENCE_INVALID" });
  const text = schemaText(readReference(bytes, file));
  if (text === undefined) {
    const message = `${file} says nothing of the fields of its records. Build it anew with driftd reference build.`;
    throw new CodedError("REFERENCE_INVALID", message);
  }
  if (output === undefined) io.stdout.write(text);
  else {
    const schema = new TextEncoder().encode(text);
    await writeAtomically(resolvePath(io.cwd, output), schema, { what: "schema", code: "REFERENCE_INVALID" });
  }
  return 0;
}

/** The content of a schema's file; undefined where nothing is known of the fields. */
export function schemaText({ fields, columns }: Reference): string | undefined {
  if (fields === undefined) return undefined;
  const hashed = new Set(columns.flatMap(({ name, pii }) => (pii ? [name] : [])));
  return `${JSON.stringify(inferSchema(fields, hashed), null, 2)}\n`;
}
