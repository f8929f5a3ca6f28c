import { Option, type Command } from "commander";
import type { CommandIo } from "./io.ts";

interface Flags {
  readonly config: string;
  readonly url?: string;
  readonly json?: boolean;
}

interface JudgementFlags extends Flags {
  readonly by: string;
  readonly reason?: string;
}

/** Adds `alerts list`, `alerts acknowledge` and `alerts false`; `done` is told the exit status. */
export function addAlertCommands(program: Command, io: CommandIo, done: (status: number) => void): void {
  const alerts = program
    .command("alerts")
    .description("See the alerts of the daemon that runs, and say what they were: that is kept, and counted.")
    .addHelpText(
      "after",
      '\nExample:\n  driftd alerts list\n  driftd alerts acknowledge df0a64671b0b --by ann\n  driftd alerts false df0a64671b0b --by ann --reason "new tariff"',
    );
  onDaemon(alerts, "list", { isDefault: true })
    .description("List what fires, and how often people called alerts false, beside what the budget allows.")
    .option("--all", "those that ended lately, too")
    .addHelpText("after", "\nExample:\n  driftd alerts list --all")
    .action(async ({ all = false, ...flags }: Flags & { readonly all?: boolean }) => {
      const { listAlerts } = await import("./alerts/list.ts");
      done(await listAlerts({ ...daemonOf(flags), all }, io));
    });
  const judgement = (name: "acknowledge" | "false", description: string, example: string): void => {
    onDaemon(alerts, name)
      .description(description)
      .argument("<id>", "the alert's id, as `driftd alerts` lists it")
      .requiredOption("--by <name>", "who says so")
      .option("--reason <text>", "why")
      .addHelpText("after", `\nExample:\n  ${example}`)
      .action(async (id: string, { by, reason, ...flags }: JudgementFlags) => {
        const { sendJudgement } = await import("./alerts/judge.ts");
        const said = { by, ...(reason !== undefined && { reason }) };
        done(await sendJudgement({ ...daemonOf(flags), id, verb: name, said }, io));
      });
  };
  judgement(
    "acknowledge",
    "Say that somebody looks after an alert. It goes on firing; Alertmanager is told who looks after it.",
    "driftd alerts acknowledge df0a64671b0b --by ann",
  );
  judgement(
    "false",
    "Say that there was nothing to find. It counts as a false alarm, and goes on firing as long as its rule says so.",
    'driftd alerts false df0a64671b0b --by ann --reason "new tariff"',
  );
}

function daemonOf({ config, url, json = false }: Flags): {
  readonly configFile: string;
  readonly url?: string;
  readonly json: boolean;
} {
  return { configFile: config, ...(url !== undefined && { url }), json };
}

function onDaemon(alerts: Command, name: string, options: { readonly isDefault?: boolean } = {}): Command {
  return alerts
    .command(name, options)
    .addOption(
      new Option("--config <file>", "the configuration of the daemon: its address and token").default(
        "driftd.yaml",
      ),
    )
    .option("--url <url>", "where the daemon answers, in place of the configuration's http section")
    .option("--json", "print one JSON object");
}
