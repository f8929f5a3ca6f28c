import type { Command } from "commander";
import type { CommandIo } from "./io.ts";

interface BacktestFlags {
  readonly config: string;
  readonly rules?: readonly string[];
  readonly since?: string;
  readonly until?: string;
  readonly against?: readonly string[];
  readonly incidents?: string;
  readonly json?: boolean;
}

/** Adds `backtest`; `done` is told the exit status. */
export function addBacktestCommand(program: Command, io: CommandIo, done: (status: number) => void): void {
  program
    .command("backtest")
    .description("Say which alerts the rules would have raised on recorded history, when and why.")
    .argument(
      "<source...>",
      "files (.jsonl, .csv, .parquet, .arrow), the oldest first, or kafka:TOPIC; STREAM=SOURCE says of which stream, as labels need",
    )
    .option("--config <file>", "the configuration, which says how the streams are read", "driftd.yaml")
    .option("--rules <path...>", "rule files, directories or globs in place of those of the configuration")
    .option(
      "--since <time>",
      "tell of alerts from this event time on (2026-03-01, 2026-03-01T14:00Z); so much before it is read as fills the windows",
    )
    .option(
      "--until <time>",
      "tell of alerts up to this event time; so much after it is read as closes the last window, and matures its labels",
    )
    .option(
      "--against <path...>",
      "rule files to compare with: which alerts both raise, and which only one of the two",
    )
    .option(
      "--incidents <file>",
      "what is known to have gone wrong (YAML, JSON or CSV with name, from, to): found how late, missed, and false alerts",
    )
    .option("--json", "print one JSON object")
    .addHelpText(
      "after",
      "\nExits 1 where an incident was missed, or where the rules and those of --against do not raise the same alerts; else 0.\n" +
        "Alerts that go by the wall clock (freshness, blind) are not judged.\n" +
        "\nExample:\n  driftd backtest march/*.parquet charged=chargebacks.csv --incidents incidents.yaml",
    )
    .action(async (sources: string[], flags: BacktestFlags) => {
      const { config, rules = [], against = [], json = false, ...rest } = flags;
      const { backtest } = await import("./backtest/backtest.ts");
      done(await backtest({ ...rest, sources, configFile: config, rules, against, json }, io));
    });
}
