import { isMapData, readDocument } from "../../config/document.ts";
import type { Document, Path } from "../../config/document.ts";
import { emptyFile } from "../../config/config-file.ts";
import { hasErrors, sortFaults } from "../../config/fault.ts";
import type { Fault } from "../../config/fault.ts";
import { ruleTestSchema } from "../../config/generated/rule-test.ts";
import type {
  RuleTest,
  ScenarioSection,
  SyntheticSection,
  StepsSection,
  TestReferenceSection,
} from "../../config/generated/rule-test.ts";
import { faultAt } from "../../config/location.ts";
import type { FaultAt } from "../../config/location.ts";
import { directoryOf, resolvePath } from "../../config/path.ts";
import { compileSchema } from "../../config/schema.ts";
import type { SchemaCheck } from "../../config/schema.ts";
import { checkChange, readChange } from "./change-section.ts";
import { durationOf } from "./duration.ts";
import { checkExpectation, readExpectation } from "./expectation-section.ts";
import type { Rate, Scenario, Steps, Story, Synthetic } from "./scenario.ts";

/** A test file, read. */
export interface ScenarioFile {
  readonly file: string;
  /** To say where later findings stand. */
  readonly document: Document;
  readonly scenarios: readonly LocatedScenario[];
  /** In place of the rule file's own. */
  readonly reference?: TestReferenceSection;
}

interface LocatedScenario {
  readonly scenario: Scenario;
  /** Where it stands in the document. */
  readonly path: Path;
}

/** Monday. */
const DEFAULT_START = Date.UTC(2026, 0, 5);

let compiled: SchemaCheck | undefined;

/** Reads a test file; only where it has no fault is there anything to run. */
export function readScenarioFile(source: { text: string; file: string }): {
  readonly read?: ScenarioFile;
  readonly faults: readonly Fault[];
} {
  const document = readDocument(source);
  const { file, data } = document;
  if (data === undefined) return { faults: document.faults };
  if (data === null) return { faults: [emptyFile(document)] };
  compiled ??= compileSchema(ruleTestSchema);
  const { faults: found } = compiled(document);
  if (hasErrors([...document.faults, ...found]))
    return { faults: sortFaults([...document.faults, ...found]) };
  // The schema has been obeyed.
  const test = data as RuleTest;
  const sections = Array.isArray(test) ? test : test.scenarios;
  const reference = Array.isArray(test) ? undefined : test.reference;
  const pathOf = (position: number): Path => (isMapData(data) ? ["scenarios", position] : [position]);
  const faults = [
    ...checkReference(reference),
    ...checkNames(sections, pathOf),
    ...sections.flatMap((section, position) =>
      checkScenario(section).map((fault) => ({ ...fault, path: [...pathOf(position), ...fault.path] })),
    ),
  ].map((fault) => faultAt(document, fault));
  if (faults.length > 0) return { faults: sortFaults(faults) };
  const scenarios = sections.map((section, position) => ({
    scenario: readScenario(section, directoryOf(file)),
    path: pathOf(position),
  }));
  return {
    read: { file, document, scenarios, ...(reference === undefined ? {} : { reference }) },
    faults: [],
  };
}

function checkReference(reference: TestReferenceSection | undefined): FaultAt[] {
  if (reference === undefined) return [];
  const { file, columns } = reference;
  if ((file === undefined) !== (columns === undefined)) return [];
  const message =
    file === undefined
      ? "says neither what the columns are nor where a built one is; add columns or file"
      : "has a file and columns; keep one of the two";
  return [{ path: ["reference"], which: "key", code: "CONFLICT", message }];
}

function checkNames(sections: readonly ScenarioSection[], pathOf: (position: number) => Path): FaultAt[] {
  const seen = new Set<string>();
  return sections.flatMap(({ name }, position): FaultAt[] => {
    const isRepeated = seen.has(name);
    seen.add(name);
    const message = "is the name of an earlier scenario too; give each its own";
    return isRepeated ? [{ path: [...pathOf(position), "name"], code: "DUPLICATE", message }] : [];
  });
}

const STORIES = ["synthetic", "replay", "steps"] as const;

function checkScenario(section: ScenarioSection): FaultAt[] {
  const told = STORIES.filter((kind) => section[kind] !== undefined);
  const faults: FaultAt[] = [];
  if (told.length !== 1) {
    const message =
      told.length === 0
        ? "tells no story; add synthetic, replay or steps"
        : `has ${told.join(" and ")}; keep one of them`;
    faults.push({ path: ["name"], code: told.length === 0 ? "MISSING_KEY" : "CONFLICT", message });
  }
  const { repeat = 1, atLeast = repeat } = section;
  if (atLeast > repeat) {
    const message = `is more than the ${repeat} runs; raise repeat, or lower it`;
    faults.push({ path: ["atLeast"], code: "CONFLICT", message });
  }
  return [
    ...faults,
    ...(section.synthetic?.changes ?? []).flatMap((change, position) =>
      checkChange(change, durationOf(section.synthetic?.lasts)).map((fault) => ({
        ...fault,
        path: ["synthetic", "changes", position, ...fault.path],
      })),
    ),
    ...checkReplay(section),
    ...section.expect.flatMap((expectation, position) =>
      checkExpectation(expectation, told).map((fault) => ({
        ...fault,
        path: ["expect", position, ...fault.path],
      })),
    ),
  ];
}

function checkReplay({ replay }: ScenarioSection): FaultAt[] {
  if (replay === undefined || (replay.source === undefined) !== (replay.sources === undefined)) return [];
  const message = "names its files twice; keep source or sources";
  return [{ path: ["replay"], which: "key", code: "CONFLICT", message }];
}

function readScenario(section: ScenarioSection, directory: string): Scenario {
  const { name, repeat = 1, atLeast = repeat, expect } = section;
  return { name, story: readStory(section, directory), expect: expect.map(readExpectation), repeat, atLeast };
}

function readStory({ synthetic, replay, steps }: ScenarioSection, directory: string): Story {
  if (synthetic !== undefined) return { kind: "synthetic", ...readSynthetic(synthetic) };
  if (steps !== undefined) return { kind: "steps", ...readSteps(steps) };
  const { source, sources = {} } = replay ?? {};
  const named = source === undefined ? sources : { "": source };
  const paths = Object.entries(named).map(
    ([stream, path]) => [stream, resolvePath(directory, path)] as const,
  );
  return { kind: "replay", sources: Object.fromEntries(paths) };
}

function readSynthetic(section: SyntheticSection): Synthetic {
  const { rate, lasts, columns, start, seed = 1, version = "v1", changes = [] } = section;
  return {
    ...(rate === undefined ? {} : { rate: readRate(rate) }),
    lasts: durationOf(lasts),
    ...(columns === undefined ? {} : { columns }),
    start: start === undefined ? DEFAULT_START : Date.parse(start),
    seed,
    version,
    changes: changes.map(readChange),
  };
}

/** `60000/1h` or `2x`. */
function readRate(text: string): Rate {
  const [rows = "", span] = text.split("/");
  if (span === undefined) return { kind: "factor", by: Number.parseFloat(rows) };
  return { kind: "rows", perMs: Number(rows) / durationOf(span) };
}

function readSteps({ alert, column, lasts, scores }: StepsSection): Steps {
  return {
    alert,
    ...(column === undefined ? {} : { column }),
    lasts: durationOf(lasts),
    start: DEFAULT_START,
    scores: scores
      .map(({ at, score }) => ({
        at: durationOf(at),
        score: typeof score === "number" ? score : ("too-few" as const),
      }))
      .toSorted((a, b) => a.at - b.at),
  };
}
