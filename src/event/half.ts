import type { FieldMap, StreamConfig } from "../config/config.ts";
import { createPlaces, MISFIT, namesOfTensors, placeColumns, wantedColumn } from "./column-places.ts";
import type { ColumnPlaces, NamesOfTensors, WantedColumn } from "./column-places.ts";
import { fieldPath } from "./field-map.ts";
import { createGuess, guessOutputs, OUTPUTS } from "./output-places.ts";
import type { OutputGuess } from "./output-places.ts";
import { classOfProbability, CONFIDENCE, ENTROPY } from "./probabilities.ts";
import type { Target } from "./target.ts";
import type { TensorBody } from "./tensor-body.ts";
import { createProbabilityColumns, transferProbabilities } from "./tensor-probabilities.ts";
import type { ProbabilityColumns } from "./tensor-probabilities.ts";
import { failColumn, transferColumn } from "./tensor-transfer.ts";

/** A half of a model, compiled for tensors: what was asked, or what was answered. */
export interface Half {
  /** Position among the decoder's targets. */
  readonly index: number;
  readonly places: ColumnPlaces;
  /** By output, its column in the plan. */
  readonly outputs: Readonly<Record<(typeof OUTPUTS)[number], number>>;
  /** Where the map says nothing of a response. */
  readonly guess?: OutputGuess;
  readonly probabilities?: ProbabilityColumns;
  /** The tensor of probabilities that the map names. */
  readonly probabilityTensor?: string;
}

export function createHalf(target: Target, index: number, stream: StreamConfig): Half {
  const { plan } = target;
  const { map } = stream;
  const names = namesOfTensors(stream, plan.half === "input");
  const isMapped = OUTPUTS.some((output) => map[output] !== undefined) || map.probabilities !== undefined;
  const wanted = plan.columns.map(({ name, role }) => {
    if (role === "feature" || role === "segment") return wantedColumn(name);
    return role === "output" && isMapped ? mappedColumn(map, name) : undefined;
  });
  const columnOf = (name: string): number => plan.columns.findIndex((column) => column.name === name);
  const outputs = {
    score: columnOf("prediction.score"),
    decision: columnOf("prediction.decision"),
    value: columnOf("prediction.value"),
  };
  const half = { index, places: createPlaces(names, wanted), outputs };
  if (plan.half !== "output") return half;
  const probabilities = createProbabilityColumns({
    confidence: columnOf(CONFIDENCE),
    entropy: columnOf(ENTROPY),
    classes: plan.columns.flatMap(({ name, role }, column) =>
      role === "probability" ? [{ column, name: classOfProbability(name) }] : [],
    ),
    names: names.byTensor,
  });
  const path = fieldPath(map, "probabilities");
  if (isMapped) return { ...half, probabilities, ...(path && { probabilityTensor: path.join("-") }) };
  return { ...half, probabilities, guess: createGuess(plan, (...at) => flattenedName(names, ...at)) };
}

function mappedColumn(map: FieldMap, name: string): WantedColumn | undefined {
  const output = OUTPUTS.find((candidate) => name === `prediction.${candidate}`);
  const path = output === undefined ? undefined : fieldPath(map, output);
  return path === undefined ? undefined : wantedColumn(path.join("-"));
}

function flattenedName(names: NamesOfTensors, body: TensorBody, tensor: number, offset: number): string {
  const { name, width } = body.tensors[tensor];
  const list = names.byTensor.get(name) ?? (body.count === 1 ? names.list : undefined);
  if (list?.length === width) return list[offset];
  return width === 1 ? name : `${name}-${offset}`;
}

/** Writes the body's cells to the target's next rows, whose cells are missing. */
export function fillHalf(half: Half, target: Target, body: TensorBody): void {
  const { places, guess, probabilities } = half;
  const { rows, tensors } = body;
  const isNew = placeColumns(places, body);
  for (let column = 0; column < places.wanted.length; column++) {
    const tensor = places.tensors[column];
    if (tensor === MISFIT) failColumn(target, column, rows);
    else if (tensor >= 0) {
      transferColumn(target, column, { tensor: tensors[tensor], offset: places.offsets[column] }, rows);
    }
  }
  if (probabilities === undefined) return;
  const tensor =
    guess === undefined
      ? findTensor(body, half.probabilityTensor)
      : fillGuessed(half, guess, target, { body, isNew });
  if (tensor >= 0) transferProbabilities(target, probabilities, tensors[tensor], rows);
}

/** Fills the outputs that the map says nothing of; answers which tensor holds probabilities, -1 for none. */
function fillGuessed(
  { outputs }: Half,
  guess: OutputGuess,
  target: Target,
  { body, isNew }: { readonly body: TensorBody; readonly isNew: boolean },
): number {
  const { columns, probabilities } = guessOutputs(guess, body, isNew);
  for (const output of OUTPUTS) {
    const place = columns[output];
    if (place === undefined) continue;
    const cells = { tensor: body.tensors[place.tensor], offset: place.offset };
    transferColumn(target, outputs[output], cells, body.rows);
  }
  return probabilities;
}

function findTensor({ tensors, count }: TensorBody, name: string | undefined): number {
  for (let t = 0; t < count; t++) if (tensors[t].name === name) return t;
  return -1;
}
