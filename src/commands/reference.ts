import { Option, type Command } from "commander";
import { CodedError } from "../config/coded-error.ts";
import type { MappedField } from "../config/config.ts";
import type { CommandIo } from "./io.ts";
import type { BuildOptions } from "./reference/build.ts";

interface BuildFlags {
  readonly output: string;
  readonly rules?: string;
  readonly config?: string;
  readonly model?: string;
  readonly independent?: boolean;
  readonly grid?: string;
  readonly json?: boolean;
  readonly time?: string;
  readonly modelVersion?: string;
  readonly score?: string;
  readonly decision?: string;
  readonly value?: string;
  readonly truth?: string;
  readonly id?: string;
  readonly labels?: string;
  readonly labelId?: string;
  readonly labelTime?: string;
}

const FIELDS = ["id", "time", "score", "decision", "value"] as const;

/** Adds `reference build`, `show`, `schema`, `accept` and `export`; `done` is told the exit status. */
export function addReferenceCommands(program: Command, io: CommandIo, done: (status: number) => void): void {
  const reference = program
    .command("reference")
    .description("Build the profile of how a model's data looked when all was well, or look into one.")
    .addHelpText(
      "after",
      "\nExample:\n  driftd reference build january.parquet --output flights.arrow\n  driftd reference show flights.arrow",
    );
  addBuildCommand(reference, io, done);
  addShowCommand(reference, io, done);
  addSchemaCommand(reference, io, done);
  addAcceptCommand(reference, io, done);
  addExportCommand(reference, io, done);
}

interface ExportFlags {
  readonly config: string;
  readonly output: string;
  readonly candidate?: boolean;
  readonly url?: string;
  readonly json?: boolean;
}

function addExportCommand(reference: Command, io: CommandIo, done: (status: number) => void): void {
  reference
    .command("export")
    .description("Write what the daemon holds a model against, such as what it has learnt, into a file.")
    .argument("<model>", "the model")
    .requiredOption("--output <file>", "where to write it, such as reference/fraud.arrow")
    .option("--candidate", "what refreshing has made of the last counts, in place of what is in use")
    .addOption(new Option("--config <file>", "the configuration of the daemon").default("driftd.yaml"))
    .option("--url <url>", "where the daemon answers, in place of the configuration's http section")
    .option("--json", "print one JSON object")
    .addHelpText("after", "\nExample:\n  driftd reference export fraud --output reference/fraud.arrow")
    .action(async (model: string, { config, json = false, ...flags }: ExportFlags) => {
      const { exportReference } = await import("./reference/export.ts");
      done(await exportReference({ model, configFile: config, json, ...flags }, io));
    });
}

interface AcceptFlags {
  readonly config: string;
  readonly url?: string;
  readonly model?: string;
  readonly column?: string;
  readonly modelVersion?: string;
  readonly since?: string;
  readonly until?: string;
  readonly reason: string;
  readonly by?: string;
  readonly json?: boolean;
}

function addAcceptCommand(reference: Command, io: CommandIo, done: (status: number) => void): void {
  reference
    .command("accept")
    .description(
      "Take a change of a column for the new normal: what the daemon has counted since becomes the reference.",
    )
    .argument("[alert]", "id of the alert that told of the change, as `driftd alerts` lists it")
    .requiredOption("--reason <text>", "why it is no fault")
    .option("--by <name>", "who says so")
    .option("--model <name>", "without an alert, and where there are several")
    .option("--column <name>", "in place of the alert's")
    .option("--model-version <version>", "count this version's rows only; in place of the alert's")
    .option("--since <time>", "event time from which to count; else when the alert began to fire")
    .option("--until <time>", "event time up to which to count; else all that is judged")
    .addOption(new Option("--config <file>", "the configuration of the daemon").default("driftd.yaml"))
    .option("--url <url>", "where the daemon answers, in place of the configuration's http section")
    .option("--json", "print one JSON object")
    .addHelpText(
      "after",
      '\nExamples:\n  driftd reference accept df0a64671b0b --by ann --reason "new tariff since March"\n' +
        '  driftd reference accept --column amount --since 2026-03-01T06:00Z --reason "new tariff"',
    )
    .action(
      async (alert: string | undefined, { config, modelVersion, since, until, ...flags }: AcceptFlags) => {
        const { acceptReference } = await import("./reference/accept.ts");
        const { readSpan } = await import("./backtest/span.ts");
        const options = {
          configFile: config,
          json: false,
          ...(alert !== undefined && { alert }),
          ...(modelVersion !== undefined && { version: modelVersion }),
          ...readSpan({ ...(since !== undefined && { since }), ...(until !== undefined && { until }) }),
        };
        done(await acceptReference({ ...options, ...flags }, io));
      },
    );
}

function addBuildCommand(reference: Command, io: CommandIo, done: (status: number) => void): void {
  reference
    .command("build")
    .description("Build a reference from a .jsonl, .csv, .parquet or .arrow file (.jsonl and .csv also .gz).")
    .argument("<source>", "the file")
    .requiredOption("--output <file>", "where to write it, such as reference/fraud.arrow")
    .option("--rules <file>", "take types, segments and windows from this rule file")
    .option("--config <file>", "take the stream's map and the key of hashed columns from this driftd.yaml")
    .option("--model <name>", "name of the model, where no rule file says it")
    .option("--time <column>", "the event time")
    .option("--model-version <column>", "the model's version")
    .option("--score <column>", "the predicted probability")
    .option("--decision <column>", "the predicted class")
    .option("--value <column>", "the predicted number")
    .option("--truth <column>", "what turned out to be true; with --labels a column of that file")
    .option("--labels <file>", "a file of what turned out to be true, apart from the predictions")
    .option("--id <column>", "the prediction's id, by which its labels name it")
    .option("--label-id <column>", "with --labels: its column of the prediction's id")
    .option("--label-time <column>", "with --labels: when a label came")
    .option("--grid <file>", "count on the bins of this reference, to be another one of a version beside it")
    .option("--independent", "rows are shuffled or sampled: windows owe nothing to each other")
    .option("--json", "print one JSON object")
    .addHelpText(
      "after",
      "\nExamples:\n  driftd reference build january.parquet --rules flights.yaml --output flights.arrow\n" +
        "  driftd reference build scored.jsonl --labels charged.jsonl --rules fraud.yaml --config driftd.yaml --output fraud.arrow\n" +
        "  driftd reference build v8.jsonl --rules fraud.yaml --grid fraud.arrow --output fraud-v8.arrow",
    )
    .action(async (source: string, flags: BuildFlags) => {
      const { output, rules, config, model, grid, independent = false, json = false } = flags;
      const { buildReference } = await import("./reference/build.ts");
      const options = { source, output, ...columnsOf(flags), independent, json };
      done(
        await buildReference(
          {
            ...options,
            ...(rules === undefined ? {} : { rules }),
            ...(config === undefined ? {} : { config }),
            ...(model === undefined ? {} : { model }),
            ...(grid === undefined ? {} : { grid }),
          },
          io,
        ),
      );
    });
}

function addShowCommand(reference: Command, io: CommandIo, done: (status: number) => void): void {
  reference
    .command("show")
    .description("Say what a reference knows of every series, and how far that can be trusted.")
    .argument("<file>", "the reference")
    .option("--json", "print one JSON object")
    .addHelpText("after", "\nExample:\n  driftd reference show flights.arrow")
    .action(async (file: string, { json = false }: { json?: boolean }) => {
      const { showReference } = await import("./reference/show.ts");
      done(await showReference({ file, json }, io));
    });
}

/** Which columns of which file were named: the truth stands in the file of labels, where there is one. */
function columnsOf(flags: BuildFlags): Pick<BuildOptions, "fields" | "labels"> {
  const { labels, labelId, labelTime, truth, modelVersion } = flags;
  const fields: Partial<Record<MappedField, string>> = {};
  for (const field of FIELDS) {
    const column = flags[field];
    if (column !== undefined) fields[field] = column;
  }
  // `--version` is the program's own.
  if (modelVersion !== undefined) fields.version = modelVersion;
  if (labels === undefined) {
    const flag = labelId === undefined ? "--label-time" : "--label-id";
    if (labelId !== undefined || labelTime !== undefined) {
      throw new CodedError(
        "USAGE",
        `${flag} is of a file of labels, and there is none. Name it with --labels.`,
      );
    }
    return { fields: { ...fields, ...(truth === undefined ? {} : { truth }) } };
  }
  const named = {
    ...(labelId === undefined ? {} : { id: labelId }),
    ...(labelTime === undefined ? {} : { time: labelTime }),
    ...(truth === undefined ? {} : { truth }),
  };
  return { fields, labels: { source: labels, fields: named } };
}

function addSchemaCommand(reference: Command, io: CommandIo, done: (status: number) => void): void {
  reference
    .command("schema")
    .description("Write the JSON Schema of the records that a reference was built of.")
    .argument("<file>", "the reference")
    .option("--output <file>", "where to write it; standard output without")
    .addHelpText("after", "\nExample:\n  driftd reference schema fraud.arrow --output fraud.schema.json")
    .action(async (file: string, { output }: { output?: string }) => {
      const { writeSchema } = await import("./reference/schema.ts");
      done(await writeSchema({ file, ...(output === undefined ? {} : { output }) }, io));
    });
}
