import { readdir, stat } from "node:fs/promises";
import { matchesGlob } from "../rules/column-globs.ts";

/**
 * The files that a path names, sorted: the file itself, all rule files of a directory, or what fits a glob (`*` any part of
 * a name, `**` any folders). Scenario files (.test.yaml), driftd.yaml, hidden folders and node_modules are left out of globs.
 */
export async function findRuleFiles(path: string): Promise<readonly string[]> {
  return findFiles(path, (file) => !isScenarioFile(file) && !/(^|\/)driftd\.ya?ml$/.test(file));
}

/** The same for scenario files. A path of one file is answered as it is. */
export async function findScenarioFiles(path: string): Promise<readonly string[]> {
  return findFiles(path, isScenarioFile);
}

export function isScenarioFile(file: string): boolean {
  return /\.test\.ya?ml$/.test(file);
}

async function findFiles(path: string, isMeant: (file: string) => boolean): Promise<readonly string[]> {
  if (!path.includes("*")) {
    const kind = await kindOf(path);
    if (kind === "file") return [path];
    return kind === "directory" ? findFiles(`${path}/**/*.yaml`, isMeant) : [];
  }
  const parts = path.split("/").filter((part) => part !== "");
  const found = await findBelow(path.startsWith("/") ? "/" : ".", parts);
  return [...new Set(found)].filter(isMeant).sort();
}

async function findBelow(directory: string, parts: readonly string[]): Promise<string[]> {
  const [part = "", ...rest] = parts;
  if (!part.includes("*")) {
    const path = join(directory, part);
    if (rest.length > 0) return findBelow(path, rest);
    return (await kindOf(path)) === "file" ? [path] : [];
  }
  const entries = await list(directory);
  const found = part === "**" ? [await findBelow(directory, rest.length > 0 ? rest : ["*"])] : [];
  for (const entry of entries) {
    const path = join(directory, entry.name);
    if (part === "**") {
      // Links are not followed here: they may lead back.
      if (entry.isDirectory() && !isHidden(entry.name)) found.push(await findBelow(path, parts));
    } else if (matchesGlob(part, entry.name) && !isHidden(entry.name)) {
      found.push(rest.length > 0 ? await findBelow(path, rest) : await fileOnly(path));
    }
  }
  return found.flat();
}

async function fileOnly(path: string): Promise<string[]> {
  return (await kindOf(path)) === "file" ? [path] : [];
}

function isHidden(name: string): boolean {
  return name.startsWith(".") || name === "node_modules";
}

function join(directory: string, name: string): string {
  if (directory === ".") return name;
  return directory.endsWith("/") ? directory + name : `${directory}/${name}`;
}

/** A directory that is not there, or may not be read, holds nothing: the caller says that nothing was found. */
async function list(directory: string): Promise<Awaited<ReturnType<typeof readEntries>>> {
  return readEntries(directory).catch(() => []);
}

async function readEntries(directory: string) {
  return readdir(directory, { withFileTypes: true });
}

async function kindOf(path: string): Promise<"file" | "directory" | undefined> {
  const found = await stat(path).catch(() => undefined);
  if (found?.isFile() === true) return "file";
  return found?.isDirectory() === true ? "directory" : undefined;
}
