import { basename } from "node:path";
import type { MappedField } from "../../config/config.ts";
import { resolvePath } from "../../config/path.ts";
import { writeReference } from "../../reference/reference-file.ts";
import { writeAtomically } from "../../runtime/files.ts";
import type { CommandIo } from "../io.ts";
import { loadConfig, loadGrid, loadKey, loadModel, sourceFile } from "./build-inputs.ts";
import { jsonSummary, textSummary } from "./build-summary.ts";
import type { LabelColumns } from "./labels.ts";
import { profileFile } from "./profile.ts";
import { stopIfTold } from "./source.ts";

export interface BuildOptions {
  readonly source: string;
  readonly output: string;
  /** The rule file whose columns, segments and windows are taken. */
  readonly rules?: string;
  /** driftd.yaml, for the key of hashed columns and the map of the model's stream. */
  readonly config?: string;
  /** Name of the model; else the rule file's, else that of the source file. */
  readonly model?: string;
  /** By field of the event: the column that holds it. */
  readonly fields: Readonly<Partial<Record<MappedField, string>>>;
  /** A file that holds the truth of the predictions apart from them, and which of its columns are what. */
  readonly labels?: { readonly source: string; readonly fields: LabelColumns };
  readonly independent: boolean;
  /** A reference on whose bins is counted. */
  readonly grid?: string;
  readonly json: boolean;
}

/** Builds a reference from a file and writes it. Exits 0, or 78 with every fault of the rule file. */
export async function buildReference(options: BuildOptions, io: CommandIo): Promise<number> {
  const { output, fields, labels, independent, json } = options;
  const file = sourceFile(options.source, io.cwd);
  const rules = options.rules === undefined ? undefined : await loadModel(options.rules, options.model, io);
  if (rules === "faulty") return 78;
  const name = options.model ?? rules?.name ?? basename(file).replace(/\..*$/, "");
  const config = options.config === undefined ? undefined : await loadConfig(options.config, io);
  const isNamed = rules !== undefined || options.model !== undefined;
  const grid = options.grid === undefined ? undefined : await loadGrid(options.grid, { name, isNamed }, io);
  const profile = await profileFile(
    { file, name, isNamed, rules, config, fields, labels, independent, grid, readKey: () => loadKey(config) },
    { io, isTold: !json },
  );
  await stopIfTold(io.signal, file);
  const bytes = writeReference(profile.reference);
  await writeAtomically(resolvePath(io.cwd, output), bytes, { what: "reference", code: "REFERENCE_INVALID" });
  io.stdout.write(json ? jsonSummary({ output, ...profile }) : textSummary({ output, ...profile }));
  return 0;
}
