import { CodedError } from "../config/coded-error.ts";
import { isMapData } from "../config/document.ts";
import type { Document } from "../config/document.ts";
import { faultOfFile } from "../config/fault.ts";
import type { Fault } from "../config/fault.ts";
import { faultAt } from "../config/location.ts";
import { nearestWord } from "../config/nearest-word.ts";
import { relativePath } from "../config/path.ts";
import { extendedFile } from "../rules/rule-file.ts";
import { readModel } from "../rules/model-file.ts";
import type { Model } from "../rules/model.ts";
import { readText } from "../runtime/files.ts";
import { MEASURES } from "../statistics/measures.ts";
import { describeOther, kindOfOther } from "./other-files.ts";
import { findRuleFiles } from "./rule-paths.ts";

/** A path or glob of rule files, absolute, and what to say if there is none. */
export interface RulePath {
  readonly path: string;
  readonly unmatched: Fault;
}

/** A model, and the document that it came from, to say where later findings stand. */
export interface LoadedModel {
  readonly model: Model;
  readonly document: Document;
}

/** What the rule files say, what is wrong with them, and which they are, with those that they extend. */
export interface LoadedRules {
  readonly loaded: readonly LoadedModel[];
  readonly faults: readonly Fault[];
  /** Absolute; also those that could not be read. */
  readonly files: readonly string[];
}

/** Reads all rule files that the paths lead to; `cwd` shortens the names of files in messages. */
export async function loadRules(paths: readonly RulePath[], cwd: string): Promise<LoadedRules> {
  const { files, faults } = await findFiles(paths);
  const texts = new Map<string, string>();
  const extended = new Set<string>();
  for (const file of files) faults.push(...(await readWithBases(file, texts, extended)));
  const loaded: LoadedModel[] = [];
  for (const file of files) {
    const text = texts.get(file);
    if (text === undefined) continue;
    const other = kindOfOther(text);
    if (other !== undefined) {
      faults.push(faultOfFile(file, "OTHER_FILE", describeOther(other, relativePath(cwd, file))));
      continue;
    }
    const {
      model,
      document,
      base,
      faults: found,
    } = readModel({ text, file, extended: texts, measures: MEASURES });
    faults.push(...found);
    if (base && !extended.has(file) && !isMisspelt(document)) {
      const message = "names no model, and no other file extends it; add model: NAME";
      faults.push(faultAt(document, { path: [], code: "MISSING_KEY", message }));
    }
    if (model === undefined) continue;
    const twin = loaded.find((other) => other.model.name === model.name);
    if (twin === undefined) loaded.push({ model, document });
    else faults.push(secondModel(document, relativePath(cwd, twin.model.file)));
  }
  return { loaded, faults, files: [...new Set([...files, ...extended])] };
}

async function findFiles(paths: readonly RulePath[]): Promise<{ files: readonly string[]; faults: Fault[] }> {
  const files = new Set<string>();
  const faults: Fault[] = [];
  for (const { path, unmatched } of paths) {
    const found: string[] = [];
    // A configuration of another name than driftd.yaml may stand among the rule files, as driftd.yaml may.
    for (const file of await findRuleFiles(path))
      if (file === path || !(await isConfiguration(file))) found.push(file);
    if (found.length === 0) faults.push(unmatched);
    for (const file of found) files.add(file);
  }
  return { files: [...files], faults };
}

async function isConfiguration(file: string): Promise<boolean> {
  // What cannot be read is told where it is read for what it says.
  const text = await readText(file, { what: "rule file", code: "CONFIG_NOT_FOUND" }).catch(() => "");
  return kindOfOther(text) === "configuration";
}

/** Reads a file and all that it extends into `texts`; where one of those is missing, the model says so at its place. */
async function readWithBases(
  file: string,
  texts: Map<string, string>,
  extended: Set<string>,
): Promise<readonly Fault[]> {
  let next: string | undefined = file;
  while (next !== undefined && !texts.has(next)) {
    try {
      const text: string = await readText(next, { what: "rule file", code: "CONFIG_NOT_FOUND" });
      texts.set(next, text);
      next = extendedFile(text, next);
      if (next !== undefined) extended.add(next);
    } catch (error) {
      if (!(error instanceof CodedError)) throw error;
      if (next !== file) return [];
      return [faultOfFile(file, "FILE_MISSING", error.message)];
    }
  }
  return [];
}

/** The key `model` stands there in another spelling, or nothing does: both are said already. */
function isMisspelt({ data }: Document): boolean {
  return !isMapData(data) || Object.keys(data).some((key) => nearestWord(key, ["model"]) !== undefined);
}

function secondModel(document: Document, file: string): Fault {
  const message = `is described in ${file} too; a model has one rule file`;
  return faultAt(document, { path: ["model"], code: "DUPLICATE", message });
}
