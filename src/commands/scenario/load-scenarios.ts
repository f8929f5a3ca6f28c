import { CodedError } from "../../config/coded-error.ts";
import { readConfig } from "../../config/config-file.ts";
import type { ReadConfig } from "../../config/config-file.ts";
import { faultOfFile } from "../../config/fault.ts";
import type { Fault } from "../../config/fault.ts";
import { faultAt } from "../../config/location.ts";
import { directoryOf, relativePath, resolvePath } from "../../config/path.ts";
import type { Reference } from "../../reference/reference.ts";
import { fitModel } from "../../rules/fitted-model.ts";
import type { FittedModel } from "../../rules/fitted-model.ts";
import { subjectOf } from "../../rules/measure-terms.ts";
import type { Model } from "../../rules/model.ts";
import { readText } from "../../runtime/files.ts";
import { measureNamed } from "../../statistics/measures.ts";
import type { CommandIo } from "../io.ts";
import { loadReferences, referencesOf } from "../load-references.ts";
import { loadRules } from "../load-rules.ts";
import type { LoadedModel } from "../load-rules.ts";
import { findRuleFiles, findScenarioFiles, isScenarioFile } from "../rule-paths.ts";
import { declareReference } from "./declared-reference.ts";
import { checkReferenceSection } from "./reference-section.ts";
import { checkAgainstModel } from "./model-checks.ts";
import { checkRecorded } from "./recorded.ts";
import type { Scenario } from "./scenario.ts";
import { readScenarioFile } from "./scenario-file.ts";
import type { ScenarioFile } from "./scenario-file.ts";

/** A test file and what it tests, all without fault. */
export interface LoadedScenarios {
  /** The test file. */
  readonly file: string;
  readonly fitted: FittedModel;
  readonly scenarios: readonly Scenario[];
}

export interface LoadOptions {
  readonly configFile: string;
  /** Rule files, test files, directories or globs; the rules of the configuration where there are none. */
  readonly paths: readonly string[];
  readonly io: Pick<CommandIo, "env" | "cwd">;
}

/** Finds and reads all test files, and holds each against its rule file and reference. */
export async function loadScenarios({ configFile, paths, io }: LoadOptions): Promise<{
  readonly loaded: readonly LoadedScenarios[];
  readonly read?: ReadConfig;
  readonly faults: readonly Fault[];
}> {
  const { read, faults: configFaults } = await loadConfig(resolvePath(io.cwd, configFile), {
    env: io.env,
    isNeeded: paths.length === 0,
  });
  const given = paths.length > 0 ? paths.map((path) => resolvePath(io.cwd, path)) : (read?.rules ?? []);
  const { files, faults } = await findTests(given);
  const loaded: LoadedScenarios[] = [];
  faults.push(...configFaults);
  for (const file of files) {
    const found = await loadTest(file, { cwd: io.cwd, read });
    faults.push(...found.faults);
    if (found.loaded !== undefined) loaded.push(found.loaded);
  }
  return { loaded, ...(read === undefined ? {} : { read }), faults };
}

/** The rules alone are tested: what is wrong with the rest of the configuration is not asked here. */
async function loadConfig(
  file: string,
  { env, isNeeded }: { readonly env: CommandIo["env"]; readonly isNeeded: boolean },
): Promise<{ readonly read?: ReadConfig; readonly faults: readonly Fault[] }> {
  try {
    const read = readConfig({
      text: await readText(file, { what: "configuration", code: "CONFIG_NOT_FOUND" }),
      file,
      env,
    });
    return { read, faults: [] };
  } catch (error) {
    if (!(error instanceof CodedError)) throw error;
    const message = `${error.message} Or name rule files: driftd test rules/`;
    return { faults: isNeeded ? [faultOfFile(file, "FILE_MISSING", message)] : [] };
  }
}

/** The test files that the paths lead to: themselves, or beside the rule files. */
async function findTests(paths: readonly string[]): Promise<{ files: readonly string[]; faults: Fault[] }> {
  const files = new Set<string>();
  const faults: Fault[] = [];
  for (const path of paths) {
    const found = isScenarioFile(path) && !path.includes("*") ? [path] : await findBeside(path);
    for (const file of found) files.add(file);
    if (found.length > 0) continue;
    const hasRules = (await findYaml(path)).length > 0;
    const message = hasRules
      ? "has no scenarios; write them beside the rule file, as NAME.test.yaml beside NAME.yaml"
      : "no rule file is there, and no scenarios; check the path";
    faults.push(faultOfFile(path, "FILE_MISSING", message));
  }
  return { files: [...files].toSorted(), faults };
}

async function findBeside(path: string): Promise<readonly string[]> {
  const rules = await findYaml(path);
  const beside = await Promise.all(rules.map((file) => findScenarioFiles(testOf(file))));
  const own = rules.length === 1 && rules[0] === path ? [] : await findScenarioFiles(path);
  return [...beside.flat(), ...own.filter(isScenarioFile)];
}

/** A file that is named is answered by its name alone, whatever it is. */
async function findYaml(path: string): Promise<readonly string[]> {
  return (await findRuleFiles(path)).filter((file) => /\.ya?ml$/.test(file));
}

function testOf(ruleFile: string): string {
  return ruleFile.replace(/\.(ya?ml)$/, ".test.$1");
}

function ruleFileOf(test: string): string {
  return test.replace(/\.test\.(ya?ml)$/, ".$1");
}

interface TestSurroundings {
  readonly cwd: string;
  readonly read: ReadConfig | undefined;
}

async function loadTest(
  file: string,
  surroundings: TestSurroundings,
): Promise<{ readonly loaded?: LoadedScenarios; readonly faults: readonly Fault[] }> {
  let text: string;
  try {
    text = await readText(file, { what: "test file", code: "CONFIG_NOT_FOUND" });
  } catch (error) {
    if (!(error instanceof CodedError)) throw error;
    return { faults: [faultOfFile(file, "FILE_MISSING", error.message)] };
  }
  const { read: test, faults } = readScenarioFile({ text, file });
  if (test === undefined) return { faults };
  const { fitted, faults: found } = await loadModel(test, surroundings);
  if (fitted === undefined) return { faults: found };
  const wrong = test.scenarios.flatMap(({ scenario, path }) =>
    [...checkAgainstModel(scenario, fitted), ...checkRecorded(scenario, surroundings.read?.config)].map(
      (fault) => faultAt(test.document, { ...fault, path: [...path, ...fault.path] }),
    ),
  );
  if (wrong.length > 0) return { faults: wrong };
  return { loaded: { file, fitted, scenarios: test.scenarios.map(({ scenario }) => scenario) }, faults: [] };
}

/** The model of the rule file beside the test, fitted to its reference or to the test's own. */
async function loadModel(
  test: ScenarioFile,
  { cwd, read }: TestSurroundings,
): Promise<{ readonly fitted?: FittedModel; readonly faults: readonly Fault[] }> {
  const file = ruleFileOf(test.file);
  const unmatched = faultOfFile(
    test.file,
    "FILE_MISSING",
    `tests ${relativePath(cwd, file)}, which is not there; name it as its rule file, with .test before .yaml`,
  );
  const { loaded, faults } = await loadRules([{ path: file, unmatched }], cwd);
  const errors = faults.filter(({ level }) => level === "error");
  const [model] = loaded;
  if (errors.length > 0 || model === undefined) return { faults: errors };
  const budgeted = { ...model, model: await withBudget(model.model, read, cwd) };
  const { loaded: referred, known, faults: strange } = referTo(budgeted, test);
  if (referred === undefined) return { faults: strange };
  const { references, faults: found } = await loadReferences([referred], { known, cwd });
  const wrong = found.filter(({ level }) => level === "error");
  const own = referencesOf(referred.model, references);
  if (own === undefined) return { faults: [...wrong, missingReference(test, referred.model, cwd)] };
  if (wrong.length > 0) return { faults: wrong };
  const hasLabels = own.reference.outcome !== undefined || asksLabels(referred.model);
  return { fitted: fitModel({ model: referred.model, ...own, hasLabels }), faults: [] };
}

/** Stands for the path of a reference that no file holds. */
const DECLARED = "(declared)";

/** The model with the reference that the test names, where it names one. */
function referTo(
  loaded: LoadedModel,
  { reference: section, document, file }: ScenarioFile,
): {
  readonly loaded?: LoadedModel;
  readonly known: ReadonlyMap<string, Reference>;
  readonly faults: readonly Fault[];
} {
  if (section === undefined) return { loaded, known: new Map(), faults: [] };
  const { model } = loaded;
  const withFile = (path: string): LoadedModel => ({
    ...loaded,
    model: { ...model, references: { default: { file: path } } },
  });
  if (section.file !== undefined) {
    return { loaded: withFile(resolvePath(directoryOf(file), section.file)), known: new Map(), faults: [] };
  }
  const faults = checkReferenceSection(section, model).map((fault) => faultAt(document, fault));
  if (faults.length > 0) return { known: new Map(), faults };
  return {
    loaded: withFile(DECLARED),
    known: new Map([[DECLARED, declareReference(section, model)]]),
    faults: [],
  };
}

function missingReference(test: ScenarioFile, model: Model, cwd: string): Fault {
  const named = model.references["default"]?.file;
  const output = named === undefined ? "FILE" : relativePath(cwd, named);
  const rules = relativePath(cwd, ruleFileOf(test.file));
  const built = `driftd reference build SOURCE --rules ${rules} --output ${output}`;
  const message = `has no reference to draw from; build the rule file's own (${built}), or add reference: { columns: ... } here`;
  return faultOfFile(test.file, "REFERENCE", message);
}

function asksLabels({ rules }: Model): boolean {
  return rules.some(({ measure: name }) => {
    const measure = measureNamed(name);
    return measure !== undefined && subjectOf(measure) === "labels";
  });
}

/** A budget in driftd.yaml is for all models of its rule files, each of which has an equal part. */
async function withBudget(model: Model, read: ReadConfig | undefined, cwd: string): Promise<Model> {
  const budget = read?.config?.budget;
  if (read === undefined || budget === undefined) return model;
  const unmatched = faultOfFile(read.document.file, "NO_MATCH", "");
  const { loaded } = await loadRules(
    read.rules.map((path) => ({ path, unmatched })),
    cwd,
  );
  if (!loaded.some((other) => other.model.file === model.file)) return model;
  return { ...model, budget: { falseAlarms: budget.falseAlarms / loaded.length, per: budget.per } };
}
