import { isMapData, readDocument } from "../config/document.ts";
import type { RuleFile } from "../config/generated/rules.ts";
import { nearestWord } from "../config/nearest-word.ts";

/** YAML that is found beside rule files, or named in their place. */
export type OtherFile = "configuration" | "scenarios" | "other";

/** What a file is that has nothing of a rule file; undefined where it is one, or was meant to be. */
export function kindOfOther(text: string): OtherFile | undefined {
  const { data } = readDocument({ text, file: "" });
  if (Array.isArray(data)) return data.some(isScenario) ? "scenarios" : undefined;
  if (!isMapData(data) || "model" in data) return undefined;
  if ("streams" in data) return "configuration";
  if ("scenarios" in data) return "scenarios";
  const keys = Object.keys(data).filter((key) => key !== "version");
  const isMeant = keys.some(
    (key) => Object.hasOwn(RULE_KEYS, key) || nearestWord(key, ["model"]) !== undefined,
  );
  return keys.length === 0 || isMeant ? undefined : "other";
}

/** What to say of it where a rule file is looked for. `file` is as a person would name it. */
export function describeOther(kind: OtherFile, file: string): string {
  if (kind === "configuration")
    return `is no rule file but a configuration: it has streams; check it with: driftd check --config ${file}`;
  if (kind === "scenarios") return `is no rule file: it has scenarios; play them with: driftd test ${file}`;
  return "is no rule file: it has no key of one; name rule files, or a directory that holds nothing else";
}

function isScenario(item: unknown): boolean {
  return isMapData(item) && "expect" in item;
}

/** All but the version, which other files have too. */
const RULE_KEYS: Readonly<Record<string, true>> = {
  model: true,
  extends: true,
  references: true,
  window: true,
  segmentBy: true,
  segments: true,
  versions: true,
  labels: true,
  budget: true,
  maxSeries: true,
  id: true,
  columns: true,
  defaults: true,
  rules: true,
} satisfies Record<Exclude<keyof RuleFile, "version">, true>;
