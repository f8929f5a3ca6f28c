import { CodedError } from "../config/coded-error.ts";
import type { Fault } from "../config/fault.ts";
import { faultAt } from "../config/location.ts";
import type { FaultAt } from "../config/location.ts";
import { readReference } from "../reference/reference-file.ts";
import { findGridDifference } from "../reference/grid-match.ts";
import type { Reference, ReferenceColumn } from "../reference/reference.ts";
import { checkAgainstColumns, checkEmptyRules } from "../rules/judged-columns.ts";
import type { Model } from "../rules/model.ts";
import { relativePath } from "../config/path.ts";
import { readBytes } from "../runtime/files.ts";
import { MEASURES } from "../statistics/measures.ts";
import { checkDecisions } from "./decision-check.ts";
import type { LoadedModel } from "./load-rules.ts";
import { checkRefreshed } from "./refresh-check.ts";
import { checkSeasons } from "./season-check.ts";
import { checkIdentity, checkLabelMeasures, checkSegments, checkWindows } from "./reference-checks.ts";

/** Reads the references of all models but for `known` ones, by file, and holds all against what the rule files say. */
export async function loadReferences(
  loaded: readonly LoadedModel[],
  {
    keyId,
    floor,
    known,
    cwd,
  }: {
    readonly keyId?: string;
    readonly floor?: number;
    readonly known?: ReadonlyMap<string, Reference>;
    /** Shortens the names of files in messages. */
    readonly cwd: string;
  },
): Promise<{ references: ReadonlyMap<string, Reference>; faults: readonly Fault[] }> {
  const references = new Map(known);
  const faults: Fault[] = [];
  for (const { model, document } of loaded) {
    const found: Reference[] = [];
    for (const [version, { file }] of Object.entries(model.references)) {
      const reference =
        references.get(file) ??
        (await loadReference(file, { floor, build: () => buildLine(model, version, cwd) }));
      if (typeof reference === "string") {
        const path = ["references", version, "file"];
        faults.push(faultAt(document, { path, code: "REFERENCE", message: reference }));
        continue;
      }
      references.set(file, reference);
      found.push(reference);
      const wrong = [
        ...checkIdentity({ model, version, reference, keyId }),
        ...checkSegments(model, reference),
        ...checkLabelMeasures({ model, document }, reference),
        ...checkDecisions({ model, document }, reference),
        ...checkWindows({ model, document }, reference),
        ...checkSeasons({ model, document }, reference),
        ...(version === "default" ? checkRefreshed({ model }, reference) : []),
      ];
      faults.push(...wrong.map((fault) => faultAt(document, fault)));
    }
    faults.push(...checkOneGrid(model, references).map((fault) => faultAt(document, fault)));
    if (found.length > 0) {
      const against = { document, model, columns: unionOf(found), measures: MEASURES };
      faults.push(...checkAgainstColumns(against), ...checkEmptyRules(against));
    }
  }
  return { references, faults };
}

/**
 * What a model is fitted to: its default reference, and those of versions that have one of their own. Undefined without a default.
 */
export function referencesOf(
  model: Model,
  read: ReadonlyMap<string, Reference>,
): { reference: Reference; references: ReadonlyMap<string, Reference> } | undefined {
  const reference = read.get(model.references["default"]?.file ?? "");
  if (reference === undefined) return undefined;
  const own = Object.entries(model.references).flatMap(([version, { file }]) => {
    const found = read.get(file);
    return found === undefined || found.id === reference.id ? [] : [[version, found] as const];
  });
  return { reference, references: new Map(own) };
}

/** All versions are counted on one grid, so every version's reference must stand on that of the default one. */
function checkOneGrid(model: Model, references: ReadonlyMap<string, Reference>): FaultAt[] {
  const known = references.get(model.references["default"]?.file ?? "");
  return Object.entries(model.references).flatMap(([version, { file }]): FaultAt[] => {
    const own = references.get(file);
    const difference = known && own && findGridDifference(known, own);
    if (difference === undefined) return [];
    const message = `cannot stand beside the default reference: ${difference} in it; build it with driftd reference build SOURCE --grid and the default's file`;
    return [{ path: ["references", version, "file"], code: "REFERENCE", message }];
  });
}

/** The reference, or what is wrong with its file. */
async function loadReference(
  file: string,
  { floor, build }: { floor: number | undefined; build: () => string },
): Promise<Reference | string> {
  try {
    const bytes = await readBytes(file, { what: "reference", code: "REFERENCE_INVALID" });
    const reference = readReference(bytes, "this file");
    return floor === undefined ? reference : { ...reference, floor };
  } catch (error) {
    if (!(error instanceof CodedError)) throw error;
    const { cause } = error;
    const isMissing = cause instanceof Error && "code" in cause && cause.code === "ENOENT";
    return isMissing
      ? `does not exist; build it from rows of a time when all was well: ${build()}`
      : error.message;
  }
}

/** The command that makes the reference of a version, as one would type it in the working directory. */
function buildLine({ file, references }: Model, version: string, cwd: string): string {
  const short = (path: string): string => relativePath(cwd, path);
  const grid = version === "default" ? undefined : references["default"];
  return [
    "driftd reference build HISTORY",
    `--rules ${short(file)}`,
    ...(grid === undefined ? [] : [`--grid ${short(grid.file)}`]),
    `--output ${short(references[version]?.file ?? "FILE")}`,
  ].join(" ");
}

/** A column that only one version's reference knows may still be named. */
function unionOf(references: readonly Reference[]): readonly ReferenceColumn[] {
  const byName = new Map<string, ReferenceColumn>();
  for (const { columns } of references) {
    for (const column of columns) if (!byName.has(column.name)) byName.set(column.name, column);
  }
  return [...byName.values()];
}
