import { isMapData } from "../config/document.ts";
import type { Path } from "../config/document.ts";
import type { RuleFile } from "../config/generated/rules.ts";
import type { FaultAt } from "../config/location.ts";
import { suggestWord } from "../config/nearest-word.ts";
import { parseDuration } from "../config/quantity.ts";
import type { Model } from "./model.ts";

/** Whether every reference is a file or is learnt, and the columns are known that it is to be learnt of. */
export function checkLearning(file: Partial<RuleFile>, sound: (path: Path) => boolean): FaultAt[] {
  if (!isMapData(file.references)) return [];
  const faults = Object.entries(file.references).flatMap(([version, reference]): FaultAt[] => {
    const place = ["references", version];
    if (!sound(place)) return [];
    const { file: path, sha256, learn } = reference;
    if (learn === undefined) {
      if (path !== undefined) return [];
      return [
        { path: place, code: "MISSING_KEY", message: "names no reference; write file: PATH, or learn: 7d" },
      ];
    }
    const at: Pick<FaultAt, "path" | "which" | "code"> = {
      path: [...place, "learn"],
      which: "key",
      code: "CONFLICT",
    };
    if (path !== undefined)
      return [{ ...at, message: "a reference that has a file is not learnt; keep one of the two" }];
    if (sha256 !== undefined)
      return [{ ...at, path: [...place, "sha256"], message: "nobody knows yet what is learnt; remove it" }];
    if (version === "default") return [];
    return [
      {
        ...at,
        message: `only the default reference is learnt; write file: PATH for ${version}, or leave it out`,
      },
    ];
  });
  if (faults.length > 0 || file.references["default"]?.learn === undefined) return faults;
  return [...checkDeclared(file, sound), ...checkSegments(file, sound)];
}

/** Nobody but the rule file can say which columns there are, and which of them must be hashed before they are kept. */
function checkDeclared({ columns = {} }: Partial<RuleFile>, sound: (path: Path) => boolean): FaultAt[] {
  if (!sound(["columns"])) return [];
  const declared = Object.entries(columns);
  if (declared.length === 0) {
    const message =
      "learns of the columns that are declared, and none is; add columns: { amount: { type: number }, prediction.score: { type: number } }";
    return [{ path: ["references", "default", "learn"], code: "MISSING_KEY", message }];
  }
  return declared.flatMap(([name, { type }]): FaultAt[] => {
    if (type !== undefined) return [];
    const message = "has no type, and no reference says it yet; add type: number, category or boolean";
    return [{ path: ["columns", name], which: "key", code: "MISSING_KEY", message }];
  });
}

function checkSegments(
  { columns = {}, segmentBy = [] }: Partial<RuleFile>,
  sound: (path: Path) => boolean,
): FaultAt[] {
  if (!sound(["columns"]) || !sound(["segmentBy"])) return [];
  const known = Object.entries(columns).flatMap(([name, { type }]) => (type === "number" ? [] : [name]));
  return segmentBy.flatMap((entry, position) => {
    const names = typeof entry === "string" ? [entry] : entry;
    return names.flatMap((name, place): FaultAt[] => {
      if (known.includes(name)) return [];
      const message = `is declared as no category, and no reference knows it yet; ${suggestWord(name, known)}`;
      const path = ["segmentBy", position, ...(typeof entry === "string" ? [] : [place])];
      return [{ path, code: "UNKNOWN_COLUMN", message }];
    });
  });
}

export function completeLearning({ references = {} }: Partial<RuleFile>): Pick<Model, "learn"> {
  const learn = parseDuration(references["default"]?.learn ?? "");
  return learn === undefined ? {} : { learn };
}
