import { CodedError } from "../../config/coded-error.ts";
import type { FieldMap, StreamFormat } from "../../config/config.ts";
import { publicKeys } from "../../event/ids.ts";
import type { CommandIo } from "../io.ts";
import { sourceFile } from "../reference/build-inputs.ts";
import { openLabels } from "../reference/labels.ts";
import type { LabelColumns } from "../reference/labels.ts";
import { fieldsOf } from "../reference/stream-map.ts";
import type { Guess } from "./guess.ts";

/** A file of the truth, apart from the predictions. */
export interface NamedLabels {
  /** As it was named. */
  readonly source: string;
  /** Its columns that were named on the command line. */
  readonly fields: LabelColumns;
}

/** How it is read. */
export interface FoundLabels {
  /** Absolute. */
  readonly file: string;
  readonly columns: LabelColumns;
  readonly format: StreamFormat;
  /** Of its id and truth, and of its time where it has one. */
  readonly map: FieldMap;
}

/** @throws CodedError USAGE where predictions have no ids or times, or it is not clear which column is what */
export async function findLabels(
  { source, fields }: NamedLabels,
  guess: Guess,
  io: CommandIo,
): Promise<FoundLabels> {
  const { id, time } = fieldsOf(guess.map);
  if (id === undefined || time === undefined) {
    const [what, option] = id === undefined ? ["id", "--id"] : ["event time", "--time"];
    const message = `Labels of ${source} are held against predictions by their ids, once their time has come, and no column was taken for the ${what} of the predictions. Name it with ${option} COLUMN.`;
    throw new CodedError("USAGE", message);
  }
  const file = sourceFile(source, io.cwd);
  const asked = {
    file,
    model: guess.model.name,
    fields,
    stream: undefined,
    predictionId: id,
    key: publicKeys(),
  };
  const { columns, format, map } = await openLabels(asked, io);
  return { file, columns, format, map };
}
