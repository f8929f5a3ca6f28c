import type { TestColumnSection, TestReferenceSection } from "../../config/generated/rule-test.ts";
import type { FaultAt } from "../../config/location.ts";
import { suggestWord } from "../../config/nearest-word.ts";
import type { Model } from "../../rules/model.ts";
import { declaredColumn, FORMS } from "./declared-columns.ts";

const OUTPUTS = [
  "prediction.score",
  "prediction.decision",
  "prediction.value",
  "prediction.confidence",
] as const;

/** What is wrong with a declared reference; paths begin at the test file's root. */
export function checkReferenceSection(section: TestReferenceSection, model: Model): FaultAt[] {
  const { columns = {}, labels } = section;
  const names = Object.keys(columns);
  const faults = [
    ...Object.entries(columns).flatMap(([name, column]) => checkColumn(name, column, names)),
    ...checkDeclared(section, model),
    ...checkSegments(section, model),
  ];
  if (labels !== undefined && !OUTPUTS.some((name) => names.includes(name))) {
    const message =
      "need a prediction to be the truth of; add prediction.score, prediction.decision or prediction.value";
    faults.push({ path: ["labels"], which: "key", code: "CONFLICT", message });
  }
  return faults.map((fault) => ({ ...fault, path: ["reference", ...fault.path] }));
}

function checkColumn(name: string, column: TestColumnSection, names: readonly string[]): FaultAt[] {
  const path = ["columns", name];
  const said = FORMS.filter((form) => column[form] !== undefined);
  const [form] = said;
  if (form === undefined || said.length > 1) {
    const message =
      form === undefined
        ? `does not say how its values lie; add one of ${FORMS.join(", ")}`
        : `lies in two ways, ${said.join(" and ")}; keep one`;
    return [{ path, which: "key", code: form === undefined ? "MISSING_KEY" : "CONFLICT", message }];
  }
  if (name.startsWith("prediction.") && !OUTPUTS.some((output) => output === name)) {
    const message = `is no output; ${suggestWord(name, OUTPUTS)}`;
    return [{ path, which: "key", code: "UNKNOWN_COLUMN", message }];
  }
  if (form === "threshold" && (name !== "prediction.decision" || !names.includes("prediction.score"))) {
    const message = "is for prediction.decision, where prediction.score is declared too";
    return [{ path: [...path, form], which: "key", code: "CONFLICT", message }];
  }
  if (form === "uniform" || form === "beta" || form === "normal" || form === "lognormal") {
    return checkPair(form, column[form] ?? [], [...path, form]);
  }
  return [];
}

function checkPair(
  form: string,
  [first = 0, second = 0]: readonly number[],
  path: readonly string[],
): FaultAt[] {
  const isSound = {
    uniform: first < second,
    beta: first > 0 && second > 0,
    normal: second > 0,
    lognormal: second > 0,
  }[form];
  const wanted = {
    uniform: "the least value, then a greater one",
    beta: "two numbers above 0",
    normal: "the mean, then a standard deviation above 0",
    lognormal: "the mean, then a standard deviation above 0",
  }[form];
  return isSound === true ? [] : [{ path, which: "key", code: "WRONG_VALUE", message: `needs ${wanted}` }];
}

/** What the rule file says of columns holds here, too. */
function checkDeclared({ columns = {} }: TestReferenceSection, model: Model): FaultAt[] {
  return Object.entries(columns).flatMap(([name, column]): FaultAt[] => {
    const type = declaredColumn(column)?.type ?? "boolean";
    const wanted = model.columns[name]?.type;
    if (wanted === undefined || wanted === type) return [];
    const message = `is a ${type} here, and a ${wanted} in the rule file; make both the same`;
    return [{ path: ["columns", name], which: "key", code: "CONFLICT", message }];
  });
}

function checkSegments({ columns = {} }: TestReferenceSection, model: Model): FaultAt[] {
  return [...new Set(model.segmentBy.flat())].flatMap((key): FaultAt[] => {
    const column = columns[key];
    const isSplit = column !== undefined && (column.categories !== undefined || column.boolean !== undefined);
    const message = `need ${key}, by which the model is split; add ${key}: { categories: { ... } }`;
    return isSplit ? [] : [{ path: ["columns"], which: "key", code: "MISSING_KEY", message }];
  });
}
