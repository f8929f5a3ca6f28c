import { CodedError } from "../../config/coded-error.ts";
import { resolvePath } from "../../config/path.ts";
import { inferSchema } from "../../reference/json-schema.ts";
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
  const { fields } = readReference(bytes, file);
  if (fields === undefined) {
    const message = `${file} says nothing of the fields of its records. Build it anew with driftd reference build.`;
    throw new CodedError("REFERENCE_INVALID", message);
  }
  const text = `${JSON.stringify(inferSchema(fields), null, 2)}\n`;
  if (output === undefined) io.stdout.write(text);
  else {
    const schema = new TextEncoder().encode(text);
    await writeAtomically(resolvePath(io.cwd, output), schema, { what: "schema", code: "REFERENCE_INVALID" });
  }
  return 0;
}
