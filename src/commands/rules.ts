import { Option, type Command } from "commander";
import type { CommandIo } from "./io.ts";

interface PrometheusFlags {
  readonly config: string;
  readonly output?: string;
  readonly tests?: string;
  readonly operator?: boolean;
  readonly json?: boolean;
}

/** Adds `rules prometheus`; `done` is told the exit status. */
export function addRulesCommands(program: Command, io: CommandIo, done: (status: number) => void): void {
  const rules = program
    .command("rules")
    .description("Bring the rule files to where others read them.")
    .addHelpText("after", "\nExample:\n  driftd rules prometheus --output prometheus-rules.yml");
  rules
    .command("prometheus")
    .description(
      "Write Prometheus' rules: an alert for each rule of each model, one for each model that nobody watches, and those of driftd's own health.",
    )
    .addOption(new Option("--config <file>", "the configuration").default("driftd.yaml"))
    .option("--output <file>", "where to write them; without it, to standard output")
    .option("--tests <file>", "write promtool's unit tests of them, too")
    .option("--operator", "write a PrometheusRule for the Prometheus Operator")
    .option("--json", "print one JSON object")
    .addHelpText(
      "after",
      "\nExample:\n  driftd rules prometheus --output prometheus-rules.yml --tests prometheus-rules.test.yml\n  promtool test rules prometheus-rules.test.yml",
    )
    .action(async ({ config, operator = false, json = false, ...flags }: PrometheusFlags) => {
      const { writePrometheusRules } = await import("./rules/prometheus.ts");
      done(await writePrometheusRules({ ...flags, configFile: config, operator, json }, io));
    });
}
