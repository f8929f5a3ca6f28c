import { CodedError } from "../../config/coded-error.ts";
import type { Config } from "../../config/config.ts";
import { readConfig } from "../../config/config-file.ts";
import { faultOfFile, formatFault, hasErrors } from "../../config/fault.ts";
import { resolvePath } from "../../config/path.ts";
import { deriveKeys } from "../../event/ids.ts";
import type { PrivacyKeys } from "../../event/ids.ts";
import { readReference } from "../../reference/reference-file.ts";
import type { Reference } from "../../reference/reference.ts";
import type { Model } from "../../rules/model.ts";
import { readBytes, readText } from "../../runtime/files.ts";
import type { CommandIo } from "../io.ts";
import { loadRules } from "../load-rules.ts";

/** @throws CodedError USAGE where the source is a topic */
export function sourceFile(source: string, cwd: string): string {
  if (!source.startsWith("kafka:")) return resolvePath(cwd, source);
  const message = `${source}: references are built from files. Save the topic's records, one JSON object a line, and name that file.`;
  throw new CodedError("USAGE", message);
}

/** The model that a rule file describes, or `faulty` where its faults were told. */
export async function loadModel(
  path: string,
  name: string | undefined,
  io: CommandIo,
): Promise<Model | "faulty"> {
  const file = resolvePath(io.cwd, path);
  const message = "no rule file is there; check the path";
  const unmatched = faultOfFile(path, "FILE_MISSING", message);
  const { loaded, faults } = await loadRules([{ path: file, unmatched }], io.cwd);
  for (const fault of faults) io.stderr.write(`${formatFault(fault)}\n`);
  if (hasErrors(faults)) return "faulty";
  const models = loaded.map(({ model }) => model);
  const found = name === undefined ? models : models.filter((model) => model.name === name);
  const [model] = found;
  if (model !== undefined && found.length === 1) return model;
  const known = models.map((one) => one.name).join(", ");
  throw new CodedError(
    "USAGE",
    `${path} describes ${known === "" ? "no model" : known}. Name one with --model.`,
  );
}

export async function loadConfig(path: string, io: CommandIo): Promise<Config> {
  const file = resolvePath(io.cwd, path);
  const text = await readText(file, { what: "configuration", code: "CONFIG_NOT_FOUND" });
  const { config, faults } = readConfig({ text, file, env: io.env });
  if (config !== undefined) return config;
  throw new CodedError("CONFIG_INVALID", faults.map((fault) => formatFault(fault)).join("\n"));
}

/** The key of hashed columns. */
export async function loadKey(config: Config | undefined): Promise<PrivacyKeys> {
  const file = config?.privacy.keyFile;
  if (file !== undefined)
    return deriveKeys(await readBytes(file, { what: "key file", code: "CONFIG_INVALID" }));
  const message =
    "A column is declared pii, and there is no key to hash it with. Name a driftd.yaml with privacy.keyFile by --config.";
  throw new CodedError("CONFIG_INVALID", message);
}

/** The reference on whose bins is counted, which is to be one of the same model, where somebody said which it is. */
export async function loadGrid(
  path: string,
  { name, isNamed }: { readonly name: string; readonly isNamed: boolean },
  io: CommandIo,
): Promise<Reference> {
  const bytes = await readBytes(resolvePath(io.cwd, path), { what: "reference", code: "REFERENCE_INVALID" });
  const grid = readReference(bytes, path);
  if (!isNamed || grid.model === name) return grid;
  const message = `${path} is a reference of model ${grid.model}, and this is to be one of ${name}. Name the default reference of ${name}.`;
  throw new CodedError("REFERENCE_INVALID", message);
}
