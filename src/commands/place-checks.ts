import { constants } from "node:fs";
import { access, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { CodedError } from "../config/coded-error.ts";
import { faultOfFile } from "../config/fault.ts";
import type { Fault } from "../config/fault.ts";
import { relativePath } from "../config/path.ts";
import { readText } from "../runtime/files.ts";
import type { Project } from "./project.ts";

/**
 * Whether tokens and secrets can be read, and what is dropped, picked for review or reported can be written. Where that cannot be done here it may
 * still be where driftd runs: warnings.
 */
export async function checkPlaces(
  { config }: Pick<Project, "config">,
  { configFile, cwd }: { readonly configFile: string; readonly cwd: string },
): Promise<Fault[]> {
  if (config === undefined) return [];
  const warn = (code: Fault["code"], message: string): Fault => ({
    ...faultOfFile(configFile, code, message),
    level: "warning",
  });
  const faults: Fault[] = [];
  const { tokenFile } = config.http;
  const secrets: SecretPlace[] = [
    { key: "http.tokenFile", file: tokenFile, without: "nobody may send events" },
    ...Object.entries(config.publish.webhook ?? {}).flatMap(([name, webhook]) =>
      (["secretFile", "tokenFile", "caFile"] as const).map((key) => ({
        key: `publish.webhook.${name}.${key}`,
        file: webhook[key],
        without: "nothing is posted",
      })),
    ),
  ];
  for (const place of secrets) {
    const message = await secretFault(place, cwd);
    if (message !== undefined) faults.push(warn("SECRET", `${place.key} ${message}`));
  }
  const files = [
    ["quarantine.file", config.quarantine?.file],
    ...Object.entries(config.publish.review ?? {}).map(([name, { file }]) => [
      `publish.review.${name}.file`,
      file,
    ]),
  ];
  for (const [key, file] of files) {
    const message = file === undefined ? undefined : await writeFault(file, cwd);
    if (message !== undefined) faults.push(warn("FILE_MISSING", `${key} ${message}`));
  }
  for (const { name, directory } of config.reports ?? []) {
    const message = directory === undefined ? undefined : await directoryFault(directory, cwd);
    if (message !== undefined) faults.push(warn("FILE_MISSING", `file of report ${name}: ${message}`));
  }
  return faults;
}

interface SecretPlace {
  readonly key: string;
  readonly file: string | undefined;
  /** What follows where the file is empty. */
  readonly without: string;
}

async function secretFault({ file, without }: SecretPlace, cwd: string): Promise<string | undefined> {
  if (file === undefined) return undefined;
  try {
    const text = await readText(file, { what: "secret", code: "CONFIG_INVALID" });
    return text.trim() === "" ? `${relativePath(cwd, file)} is empty: ${without}; write it there` : undefined;
  } catch (error) {
    if (!(error instanceof CodedError)) throw error;
    return `${relativePath(cwd, file)} cannot be read here; run needs it`;
  }
}

async function writeFault(file: string, cwd: string): Promise<string | undefined> {
  const found = await stat(file).catch(() => undefined);
  if (found?.isDirectory() === true) return `${relativePath(cwd, file)} is a directory; name a file in it`;
  const place = found === undefined ? dirname(file) : file;
  if (found === undefined && (await stat(place).catch(() => undefined)) === undefined)
    return `${relativePath(cwd, file)} cannot be written here: there is no directory ${relativePath(cwd, place)}; make it, since run does not`;
  return (await isWritable(place))
    ? undefined
    : `${relativePath(cwd, file)} cannot be written here; check its permissions`;
}

async function directoryFault(directory: string, cwd: string): Promise<string | undefined> {
  const shown = relativePath(cwd, directory);
  const found = await stat(directory).catch(() => undefined);
  if (found === undefined) return `there is no directory ${shown}; make it, since run does not`;
  if (!found.isDirectory()) return `${shown} is a file; name a directory`;
  return (await isWritable(directory)) ? undefined : `${shown} cannot be written here; check its permissions`;
}

function isWritable(path: string): Promise<boolean> {
  return access(path, constants.W_OK).then(
    () => true,
    () => false,
  );
}
