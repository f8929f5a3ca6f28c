import { Option } from "commander";
import type { Command } from "commander";
import type { CommandIo } from "./io.ts";
import type { CompatTool } from "./score/compat.ts";

interface ScoreFlags {
  readonly score?: string;
  readonly truth?: string;
  readonly time?: string;
  readonly segment?: string;
  readonly compat?: CompatTool;
  readonly json?: boolean;
  readonly failOnDrift?: boolean;
}

/** Adds `score`; `done` is told the exit status. */
export function addScoreCommand(program: Command, io: CommandIo, done: (status: number) => void): void {
  program
    .command("score")
    .description(
      "Say, column by column, how a file of rows differs from a reference: every measure, worst first.",
    )
    .argument("<reference>", "rows when all was well (.parquet, .csv, .jsonl, .arrow), or a built reference")
    .argument("<window>", "the rows to look at")
    .option("--score <column>", "the predicted probability")
    .option("--truth <column>", "what turned out to be true")
    .option(
      "--segment <column>",
      "compare what was decided about the groups of this column; else of those that the reference is split by",
    )
    .addOption(
      new Option("--compat <tool>", "say besides what this tool would report").choices([
        "evidently",
        "nannyml",
      ]),
    )
    .option("--time <column>", "the event time; without it rows are taken as independent of each other")
    .option(
      "--fail-on-drift",
      "exit 1 where a column is gone, or differs by more than chance (0.05 over all columns) and by its usual limit",
    )
    .option("--json", "print one JSON object")
    .addHelpText(
      "after",
      "\nExits 0 whatever it finds, unless --fail-on-drift is given.\n\nExample:\n  driftd score last-month.parquet today.parquet --time ts --fail-on-drift",
    )
    .action(async (reference: string, window: string, flags: ScoreFlags) => {
      const { score, truth, time, segment, compat, json = false, failOnDrift = false } = flags;
      const fields = {
        ...(score === undefined ? {} : { score }),
        ...(truth === undefined ? {} : { truth }),
        ...(time === undefined ? {} : { time }),
      };
      // Only whoever scores waits for what it takes.
      const { compareFiles } = await import("./score/compare.ts");
      const asked = {
        ...(segment === undefined ? {} : { segment }),
        ...(compat === undefined ? {} : { compat }),
      };
      done(await compareFiles({ reference, window, fields, ...asked, json, failOnDrift }, io));
    });
}
