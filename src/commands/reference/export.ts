import { CodedError } from "../../config/coded-error.ts";
import { relativePath, resolvePath } from "../../config/path.ts";
import { describeContents } from "../../evaluation/refresh-report.ts";
import { readReference } from "../../reference/reference-file.ts";
import type { Model } from "../../rules/model.ts";
import { writeAtomically } from "../../runtime/files.ts";
import type { ShownReference, ShownRefresh } from "../../web/api/references.ts";
import { findDaemon, type DaemonClient, type DaemonOptions } from "../alerts/daemon.ts";
import type { CommandIo } from "../io.ts";
import { jsonLine } from "../json-line.ts";
import { loadModels } from "../load.ts";
import { referenceEntry } from "./reference-line.ts";

export interface ExportOptions extends DaemonOptions {
  readonly model: string;
  readonly output: string;
  /** What would stand in the place of the reference, as refreshing has made it. */
  readonly candidate?: boolean;
}

/**
 * `driftd reference export`: writes what the daemon holds a model against, or the candidate for it, into a file, and says what
 * brings it into the rule file.
 */
export async function exportReference(options: ExportOptions, io: CommandIo): Promise<number> {
  const { model, output, candidate = false } = options;
  const daemon = await findDaemon(options, io);
  // web/api/references.ts says what it answers.
  const query = new URLSearchParams({ model, ...(candidate && { candidate: "true" }) });
  const { file: text } = (await daemon.ask(`/api/reference?${query}`)) as { readonly file?: unknown };
  if (typeof text !== "string")
    throw new CodedError("DAEMON_FAILED", "The daemon is of another version: it gives no reference away.");
  const bytes = Buffer.from(text, "base64");
  const { id } = readReference(bytes, "What the daemon sent");
  const file = resolvePath(io.cwd, output);
  await writeAtomically(file, bytes, { what: "reference", code: "REFERENCE_INVALID" });
  const known = await modelOf(options, io);
  const line = `references: { default: ${referenceEntry(known, "default", { file, sha256: id })} }`;
  const refresh = candidate ? await askRefresh(daemon, model) : undefined;
  if (options.json) {
    io.stdout.write(jsonLine({ file, sha256: id, line, ...(refresh && { refresh }) }));
    return 0;
  }
  const what = candidate ? "the candidate for the reference" : "the reference";
  const where = known === undefined ? "the rule file" : relativePath(io.cwd, known.file);
  io.stdout.write(
    `${output}: ${what} of ${model}\n` +
      (refresh === undefined ? "" : `${describeContents(refresh)}\n`) +
      `Put this into ${where} and commit both files:\n${line}\n`,
  );
  return 0;
}

/** What the candidate rests on. */
async function askRefresh(daemon: DaemonClient, model: string): Promise<ShownRefresh | undefined> {
  // web/api/references.ts says what it answers.
  const { references } = (await daemon.ask("/api/references")) as {
    readonly references: readonly ShownReference[];
  };
  return references.find((reference) => reference.model === model)?.refresh;
}

/** Where the daemon's configuration can be read here. */
async function modelOf(
  { configFile, model }: ExportOptions,
  io: Pick<CommandIo, "env" | "cwd">,
): Promise<Model | undefined> {
  const { models } = await loadModels({ configFile, io });
  return models.find(({ name }) => name === model);
}
