import { dirname, relative } from "node:path";
import { CodedError } from "../../config/coded-error.ts";
import { relativePath, resolvePath } from "../../config/path.ts";
import { readReference } from "../../reference/reference-file.ts";
import { writeAtomically } from "../../runtime/files.ts";
import { findDaemon, type DaemonOptions } from "../alerts/daemon.ts";
import type { CommandIo } from "../io.ts";
import { jsonLine } from "../json-line.ts";
import { loadModels } from "../load.ts";

export interface ExportOptions extends DaemonOptions {
  readonly model: string;
  readonly output: string;
}

/** `driftd reference export`: writes what the daemon holds a model against into a file, and says what brings it into the rule file. */
export async function exportReference(options: ExportOptions, io: CommandIo): Promise<number> {
  const { model, output } = options;
  const daemon = await findDaemon(options, io);
  // web/api/references.ts says what it answers.
  const { file: text } = (await daemon.ask(`/api/reference?${new URLSearchParams({ model })}`)) as {
    readonly file?: unknown;
  };
  if (typeof text !== "string")
    throw new CodedError("DAEMON_FAILED", "The daemon is of another version: it gives no reference away.");
  const bytes = Buffer.from(text, "base64");
  const { id } = readReference(bytes, "What the daemon sent");
  const file = resolvePath(io.cwd, output);
  await writeAtomically(file, bytes, { what: "reference", code: "REFERENCE_INVALID" });
  const rules = await ruleFileOf(options, io);
  const path = rules === undefined ? file : relative(dirname(rules), file);
  const line = `references: { default: { file: ${path}, sha256: ${id} } }`;
  if (options.json) {
    io.stdout.write(jsonLine({ file, sha256: id, line }));
    return 0;
  }
  const where = rules === undefined ? "the rule file" : relativePath(io.cwd, rules);
  io.stdout.write(
    `${output}: the reference of ${model}\nPut this into ${where} and commit both files:\n${line}\n`,
  );
  return 0;
}

/** Where the daemon's configuration can be read here. */
async function ruleFileOf(
  { configFile, model }: ExportOptions,
  io: Pick<CommandIo, "env" | "cwd">,
): Promise<string | undefined> {
  const { models } = await loadModels({ configFile, io });
  return models.find(({ name }) => name === model)?.file;
}
