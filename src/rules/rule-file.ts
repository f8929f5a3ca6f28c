import { emptyFile } from "../config/config-file.ts";
import { isMapData, readDocument } from "../config/document.ts";
import type { Document, Marks, Path } from "../config/document.ts";
import type { Fault } from "../config/fault.ts";
import { rulesSchema } from "../config/generated/rules.ts";
import type { RuleFile } from "../config/generated/rules.ts";
import { faultAt } from "../config/location.ts";
import { suggestWord } from "../config/nearest-word.ts";
import { directoryOf, resolvePath } from "../config/path.ts";
import { compileSchema } from "../config/schema.ts";
import type { SchemaCheck, SchemaFaults } from "../config/schema.ts";
import { extendDocument } from "./extension.ts";
import { SHIPPED_RULES } from "./shipped-rules.ts";

/** A rule file and all that it extends, as one document. */
export interface RuleDocument extends SchemaFaults {
  /** Data undefined where nothing can be read of it. */
  readonly document: Document;
  /** False where a file that is extended cannot be read: what it would have said is not known. */
  readonly isWhole: boolean;
}

export interface RuleSource {
  readonly text: string;
  readonly file: string;
  /** The texts of the files that are extended, by resolved path. */
  readonly extended: ReadonlyMap<string, string>;
}

let compiled: SchemaCheck | undefined;

/** Which file a rule file extends, resolved; undefined where it extends none, or says so in no readable way. */
export function extendedFile(text: string, file: string): string | undefined {
  return extendedBy(readDocument({ text, file }));
}

/** Reads a rule file with all that it extends, and checks each against the schema. */
export function readRuleFile(source: RuleSource): RuleDocument {
  const marks = new WeakMap<object, Marks>();
  const faults: Fault[] = [];
  const chain = readChain(source, marks, faults);
  const isWhole = faults.length === 0 && chain.every(({ data }) => data !== undefined);
  compiled ??= compileSchema(rulesSchema);
  for (const document of chain) {
    faults.push(...document.faults);
    if (document.data === null) faults.push(emptyFile(document));
    else if (document.data !== undefined) faults.push(...compiled(document).faults, ...checkNames(document));
  }
  // From the furthest file to the nearest, each is laid over what came before.
  const document = chain.reduceRight((base, own) => extendDocument(base, own));
  if (document.data === undefined || document.data === null)
    return { document, faults, isWhole, sound: () => false };
  const { faults: whole, sound } = compiled(document);
  const removals = isWhole ? checkRemovals(document) : [];
  return { document, faults: [...faults, ...whole, ...removals], isWhole, sound };
}

/** The file itself, then what it extends, then what that extends... */
function readChain(
  source: RuleSource,
  marks: WeakMap<object, Marks>,
  faults: Fault[],
): [Document, ...Document[]] {
  const own = readDocument({ text: source.text, file: source.file, marks });
  const chain: [Document, ...Document[]] = [own];
  let last = own;
  for (;;) {
    const file = extendedBy(last);
    if (file === undefined) return chain;
    const place = { path: ["extends"], code: "EXTENDS" } as const;
    const circle = chain.findIndex((document) => document.file === file);
    if (circle >= 0) {
      const round = chain.slice(circle).map((document) => baseName(document.file));
      const message =
        round.length === 1
          ? "is this file itself; write another one, or leave extends out"
          : `leads round in a circle: ${round.join(" extends ")} extends ${baseName(file)}; let one of them stand alone`;
      faults.push(faultAt(last, { ...place, message }));
      return chain;
    }
    const text = source.extended.get(file);
    if (text === undefined) {
      faults.push(
        faultAt(last, {
          ...place,
          message: `cannot be read: there is no file ${file}; a path starts at the directory of the file that it stands in`,
        }),
      );
      return chain;
    }
    last = readDocument({ text, file, marks });
    chain.push(last);
  }
}

function baseName(file: string): string {
  return file.slice(file.lastIndexOf("/") + 1);
}

function extendedBy(document: Document): string | undefined {
  const path = dataOf(document).extends;
  return typeof path === "string" && path !== "" ? resolvePath(directoryOf(document.file), path) : undefined;
}

/** Read as it may be: the schema reports what is of another type. */
export function dataOf(document: Document): Partial<RuleFile> {
  const { data } = document;
  return isMapData(data) ? data : {};
}

/** Where the rule of an alert stands; of one that every model has without being asked, where the model is named. */
export function pathOfAlert(document: Document, alert: string): Path {
  const rules = namedRules(document);
  const found = rules.find(({ name, key }) => key === "alert" && name === alert);
  return found === undefined ? ["model"] : ["rules", found.position];
}

/** The rules of a file by name, as far as they can be read, with their positions; `key` is what the name stands under. */
function namedRules(
  document: Document,
): { name: string; key: "alert" | "review"; position: number; off: boolean }[] {
  const { rules } = dataOf(document);
  if (!Array.isArray(rules)) return [];
  return rules.flatMap((rule: unknown, position) => {
    if (!isMapData(rule)) return [];
    const key = "review" in rule ? "review" : "alert";
    const name = rule[key];
    return typeof name === "string" ? [{ name, key, position, off: rule["off"] === true }] : [];
  });
}

function checkNames(document: Document): Fault[] {
  const seen = new Set<string>();
  return namedRules(document).flatMap(({ name, key, position }) => {
    const repeated = seen.has(name);
    seen.add(name);
    if (!repeated) return [];
    const message = `is the name of an earlier rule too; give each ${key} its own`;
    return [faultAt(document, { path: ["rules", position, key], code: "DUPLICATE", message })];
  });
}

/** A rule that was removed is gone; one that is still there had nothing to remove. */
function checkRemovals(document: Document): Fault[] {
  const rules = namedRules(document);
  const known = rules.filter(({ off }) => !off).map(({ name }) => name);
  return rules.flatMap(({ name, key, position, off }) => {
    if (!off || SHIPPED_RULES.some(({ alert }) => alert === name)) return [];
    const message =
      dataOf(document).extends === undefined
        ? "is removed from an extended file, and this file extends none; leave the rule out"
        : `is no rule of the extended file; ${suggestWord(name, known)}`;
    return [faultAt(document, { path: ["rules", position, key], code: "UNKNOWN_NAME", message })];
  });
}
