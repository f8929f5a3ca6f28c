import type { Command } from "commander";
import type { MappedField } from "../config/config.ts";
import type { CommandIo } from "./io.ts";

interface BuildFlags {
  readonly output: string;
  readonly rules?: string;
  readonly config?: string;
  readonly model?: string;
  readonly independent?: boolean;
  readonly json?: boolean;
  readonly time?: string;
  readonly modelVersion?: string;
  readonly score?: string;
  readonly decision?: string;
  readonly value?: string;
  readonly truth?: string;
}

const FIELDS = ["time", "score", "decision", "value", "truth"] as const;

/** Adds `reference build` and `reference show`; `done` is told the exit status. */
export function addReferenceCommands(program: Command, io: CommandIo, done: (status: number) => void): void {
  const reference = program
    .command("reference")
    .description("Build the profile of how a model's data looked when all was well, or look into one.")
    .addHelpText(
      "after",
      "\nExample:\n  driftd reference build january.parquet --output flights.arrow\n  driftd reference show flights.arrow",
    );
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
    .option("--truth <column>", "what turned out to be true")
    .option("--independent", "rows are shuffled or sampled: windows owe nothing to each other")
    .option("--json", "print one JSON object")
    .addHelpText(
      "after",
      "\nExample:\n  driftd reference build january.parquet --rules flights.yaml --output flights.arrow",
    )
    .action(async (source: string, flags: BuildFlags) => {
      const { output, rules, config, model, independent = false, json = false } = flags;
      const { buildReference } = await import("./reference/build.ts");
      const options = { source, output, fields: fieldsOf(flags), independent, json };
      done(
        await buildReference(
          {
            ...options,
            ...(rules === undefined ? {} : { rules }),
            ...(config === undefined ? {} : { config }),
            ...(model === undefined ? {} : { model }),
          },
          io,
        ),
      );
    });
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

function fieldsOf(flags: BuildFlags): Partial<Record<MappedField, string>> {
  const fields: Partial<Record<MappedField, string>> = {};
  for (const field of FIELDS) {
    const column = flags[field];
    if (column !== undefined) fields[field] = column;
  }
  // `--version` is the program's own.
  if (flags.modelVersion !== undefined) fields.version = flags.modelVersion;
  return fields;
}
