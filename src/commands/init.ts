import type { Command } from "commander";
import { CodedError } from "../config/coded-error.ts";
import type { MappedField } from "../config/config.ts";
import type { InitOptions } from "./init/init.ts";
import type { CommandIo } from "./io.ts";

interface InitFlags {
  readonly model?: string;
  readonly output: string;
  readonly kafka?: readonly string[];
  readonly force?: boolean;
  readonly json?: boolean;
  readonly time?: string;
  readonly id?: string;
  readonly modelVersion?: string;
  readonly score?: string;
  readonly decision?: string;
  readonly value?: string;
  readonly truth?: string;
  readonly labels?: string;
  readonly labelId?: string;
  readonly labelTime?: string;
}

const FIELDS = ["time", "id", "score", "decision", "value", "truth"] as const;

/** Adds `init`; `done` is told the exit status. */
export function addInitCommand(program: Command, io: CommandIo, done: (status: number) => void): void {
  program
    .command("init")
    .description(
      "Write driftd.yaml, a schema, a reference, rules and their tests for a model never seen before, from what its events look like.",
    )
    .argument(
      "<source>",
      "a .jsonl, .csv, .parquet or .arrow file of events when all was well, or kafka:TOPIC",
    )
    .option("--model <name>", "name of the model; needed where the source is of several")
    .option("--output <dir>", "the project's directory", ".")
    .option("--kafka <brokers...>", "of a topic: the addresses of its cluster, such as localhost:9092")
    .option("--time <column>", "where its name does not tell: the event time")
    .option("--id <column>", "the event's id")
    .option("--model-version <column>", "the model's version")
    .option("--score <column>", "the predicted probability")
    .option("--decision <column>", "the predicted class")
    .option("--value <column>", "the predicted number")
    .option("--truth <column>", "what turned out to be true; with --labels a column of that file")
    .option("--labels <file>", "a file of what turned out to be true, apart from the predictions")
    .option("--label-id <column>", "with --labels: its column of the prediction's id")
    .option("--label-time <column>", "with --labels: when a label came")
    .option("--force", "overwrite files that are there already; a key is never overwritten")
    .option("--json", "print one JSON object")
    .addHelpText(
      "after",
      "\nIt says what it guessed, and what it could not guess. The time, the id and the answers are told by their names, such as ts,\n" +
        "txn_id, score or prediction.\n\nExamples:\n  driftd init last-month.parquet --model fraud\n" +
        "  driftd init scored.jsonl --labels charged.csv\n" +
        "  driftd init kafka:fraud.scored --kafka localhost:9092 --output monitoring",
    )
    .action(async (source: string, flags: InitFlags) => {
      const { model, output, kafka = [], force = false, json = false } = flags;
      const { initProject } = await import("./init/init.ts");
      const options = { source, output, brokers: kafka, ...columnsOf(flags), force, json };
      done(await initProject({ ...options, ...(model === undefined ? {} : { model }) }, io));
    });
}

/** The truth stands in the file of labels, where there is one. */
function columnsOf(flags: InitFlags): Pick<InitOptions, "fields" | "labels"> {
  const { labels, labelId, labelTime } = flags;
  const { truth, ...fields } = fieldsOf(flags);
  if (labels === undefined) {
    const unused = labelId === undefined ? labelTime && "--label-time" : "--label-id";
    if (unused !== undefined)
      throw new CodedError("USAGE", `${unused} is for a file of labels. Name that with --labels.`);
    return { fields: fieldsOf(flags) };
  }
  const named = { id: labelId, truth, time: labelTime };
  const columns = Object.entries(named).filter(([, column]) => column !== undefined);
  return { fields, labels: { source: labels, fields: Object.fromEntries(columns) } };
}

function fieldsOf(flags: InitFlags): Partial<Record<MappedField, string>> {
  const fields: Partial<Record<MappedField, string>> = {};
  for (const field of FIELDS) {
    const column = flags[field];
    if (column !== undefined) fields[field] = column;
  }
  // `--version` is the program's own.
  if (flags.modelVersion !== undefined) fields.version = flags.modelVersion;
  return fields;
}
