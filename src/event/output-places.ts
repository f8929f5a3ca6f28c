import type { MappedField } from "../config/config.ts";
import type { EventPlan } from "./batch.ts";
import { BOOLEAN, MISSING, TEXT } from "./tensor-body.ts";
import type { Tensor, TensorBody } from "./tensor-body.ts";

/** The outputs that a model may have, each with the field of the map that places it. */
export const OUTPUTS = ["score", "decision", "value"] as const satisfies readonly MappedField[];
type Output = (typeof OUTPUTS)[number];

/** What a column of a response holds. */
const NOTHING = 0;
/** Classes: whole numbers of a declared type, texts, booleans. */
const LABEL = 1;
/** Whole numbers of V1, which has no types: classes, or floats without their point. */
const INTEGER = 2;
const FLOAT = 3;

/** A column of a response: cell `offset` of every row of tensor `tensor` of the body. */
interface ResponseColumn {
  readonly name: string;
  readonly tensor: number;
  readonly offset: number;
  readonly kind: number;
}

/** Where a response's outputs stand. */
interface OutputPlaces {
  readonly columns: Readonly<Partial<Record<Output, ResponseColumn>>>;
  /** Position of the tensor whose columns are probabilities by class; -1: none. */
  readonly probabilities: number;
}

/** What was found for the last response: the next one most often looks the same. */
export interface OutputGuess {
  readonly outputs: readonly Output[];
  readonly nameOf: (body: TensorBody, tensor: number, offset: number) => string;
  places: OutputPlaces;
  /** By column of the response. */
  kinds: Uint8Array;
  columns: number;
}

/** @param nameOf the flattened name of a column */
export function createGuess(plan: EventPlan, nameOf: OutputGuess["nameOf"]): OutputGuess {
  const outputs = OUTPUTS.filter((output) =>
    plan.columns.some(({ name }) => name === `prediction.${output}`),
  );
  const places = { columns: {}, probabilities: -1 };
  return { outputs, nameOf, places, kinds: new Uint8Array(16), columns: -1 };
}

/**
 * Guesses what each column of a response is, where the map says nothing: a tensor of two or more columns of floats (in
 * V1, of numbers) is probabilities by class, and of two the second is the score; the only other column of floats is the score, or the value of a
 * model that has no score; the only column of whole numbers, texts or booleans is the decision. A column that is called as an
 * output is that output; a model with one output has it in the only column. What is still ambiguous is missing.
 * @param isNew whether the tensors are other ones than those of the last response
 */
export function guessOutputs(guess: OutputGuess, body: TensorBody, isNew: boolean): OutputPlaces {
  if (!readKinds(guess, body) && !isNew) return guess.places;
  const { outputs, nameOf, kinds } = guess;
  const single: ResponseColumn[] = [];
  let probabilities = -1;
  let first = 0;
  for (let t = 0; t < body.count; t++) {
    const { width } = body.tensors[t];
    const own = kinds.subarray(first, first + width);
    first += width;
    // Whole numbers without a type may be floats without their point: certainties, of trees.
    if (width > 1 && !own.includes(LABEL) && (own.includes(FLOAT) || own.includes(INTEGER))) {
      if (probabilities < 0) probabilities = t;
    } else if (single.length + width <= MOST_COLUMNS) {
      for (const [offset, kind] of own.entries()) {
        single.push({ name: nameOf(body, t, offset), tensor: t, offset, kind });
      }
    }
  }
  const columns = assign(outputs, single);
  const isPair = probabilities >= 0 && body.tensors[probabilities].width === 2;
  if (isPair && outputs.includes("score")) {
    columns.score ??= { name: "", tensor: probabilities, offset: 1, kind: FLOAT };
  }
  guess.places = { columns, probabilities };
  return guess.places;
}

/** A response with more columns is not understood without a map. */
const MOST_COLUMNS = 1_024;

function assign(
  outputs: readonly Output[],
  columns: readonly ResponseColumn[],
): Partial<Record<Output, ResponseColumn>> {
  const [only] = outputs;
  if (outputs.length === 1 && columns.length === 1) return { [only]: columns[0] };
  const found: Partial<Record<Output, ResponseColumn>> = {};
  for (const column of columns) {
    const named = outputs.find((output) => output === column.name);
    if (named !== undefined) found[named] ??= column;
  }
  const free = columns.filter((column) => !Object.values(found).includes(column));
  const [labels, integers, floats] = [LABEL, INTEGER, FLOAT].map((kind) =>
    free.filter((column) => column.kind === kind),
  );
  const hasDecision = outputs.includes("decision");
  if (hasDecision) takeOnly(found, "decision", labels.length > 0 ? labels : integers);
  const number = outputs.includes("score") ? "score" : "value";
  // A whole number beside texts, or where no class is asked for, is a number like any other.
  const isPlain = labels.length > 0 || !hasDecision;
  if (outputs.includes(number)) takeOnly(found, number, floats.length > 0 || !isPlain ? floats : integers);
  return found;
}

function takeOnly(
  found: Partial<Record<Output, ResponseColumn>>,
  output: Output,
  columns: readonly ResponseColumn[],
): void {
  if (columns.length === 1) found[output] ??= columns[0];
}

/** Notes what every column holds; answers whether that is something else than in the last response. */
function readKinds(guess: OutputGuess, { tensors, count, rows }: TensorBody): boolean {
  let columns = 0;
  for (let t = 0; t < count; t++) columns += tensors[t].width;
  let isOther = columns !== guess.columns;
  guess.columns = columns;
  if (columns > guess.kinds.length) guess.kinds = new Uint8Array(columns * 2);
  let at = 0;
  for (let t = 0; t < count; t++) {
    const tensor = tensors[t];
    for (let offset = 0; offset < tensor.width; offset++, at++) {
      const kind = kindOf(tensor, offset, rows);
      if (guess.kinds[at] === kind) continue;
      guess.kinds[at] = kind;
      isOther = true;
    }
  }
  return isOther;
}

/** What a column holds, by its datatype, or in V1 by its cells. */
function kindOf({ datatype, states, numbers, stride }: Tensor, offset: number, rows: number): number {
  if (datatype !== "") return datatype.startsWith("FP") || datatype === "BF16" ? FLOAT : LABEL;
  let kind = NOTHING;
  for (let row = 0, cell = offset; row < rows; row++, cell += stride) {
    const state = states[cell];
    if (state === MISSING) continue;
    if (state === TEXT || state === BOOLEAN) return LABEL;
    if (!Number.isInteger(numbers[cell])) kind = FLOAT;
    else if (kind === NOTHING) kind = INTEGER;
  }
  return kind;
}
