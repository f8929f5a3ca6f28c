import { Option, type Command } from "commander";
import type { CommandIo } from "./io.ts";

interface Flags {
  readonly config: string;
  readonly json?: boolean;
}

/** Adds `state verify`, `state export` and `state compact`; `done` is told the exit status. */
export function addStateCommands(program: Command, io: CommandIo, done: (status: number) => void): void {
  const state = program
    .command("state")
    .description(
      "Look into what a daemon remembers, or make its files smaller. Files are looked into while no daemon runs.",
    )
    .addHelpText(
      "after",
      "\nExample:\n  driftd state verify\n  driftd state export > state.jsonl\n  driftd state compact /var/lib/driftd",
    );
  onDirectory(state, "verify")
    .description(
      "Read all that the state holds, and say what is damaged and the way out. Exits 1 if something is.",
    )
    .option("--json", "print one JSON object")
    .addHelpText("after", "\nExample:\n  driftd state verify ./state")
    .action(async (directory: string | undefined, { config, json = false }: Flags) => {
      const { verifyState } = await import("./state/verify.ts");
      done(await verifyState({ directory, configFile: config, json }, io));
    });
  onDirectory(state, "export")
    .description("Print tasks, counts and alerts as JSON lines: no ids, no keys, no personal data.")
    .addHelpText(
      "after",
      "\nWith a driftd.yaml at hand it also prints what each count is a count of.\n\nExample:\n  driftd state export ./state | gzip > state.jsonl.gz",
    )
    .action(async (directory: string | undefined, { config }: Flags) => {
      const { exportState } = await import("./state/export.ts");
      done(await exportState({ directory, configFile: config }, io));
    });
  onDirectory(state, "compact")
    .description("Give the disk back what was deleted: state files never shrink by themselves.")
    .option("--json", "print one JSON object")
    .addHelpText(
      "after",
      "\nNeeds room for a copy. Whatever ends it, the state is whole: the old file, or the new one.\n\nExample:\n  driftd state compact ./state",
    )
    .action(async (directory: string | undefined, { config, json = false }: Flags) => {
      const { compactDirectory } = await import("./state/compact.ts");
      done(await compactDirectory({ directory, configFile: config, json }, io));
    });
}

function onDirectory(state: Command, name: string): Command {
  return state
    .command(name)
    .argument("[directory]", "the state directory; without it, that of the configuration")
    .addOption(new Option("--config <file>", "the configuration").default("driftd.yaml"));
}
