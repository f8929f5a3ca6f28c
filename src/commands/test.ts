import { Option } from "commander";
import type { Command } from "commander";
import type { CommandIo } from "./io.ts";

interface TestFlags {
  readonly config: string;
  readonly json?: boolean;
  readonly junit?: string;
}

/** Adds `test`; `done` is told the exit status. */
export function addTestCommand(program: Command, io: CommandIo, done: (status: number) => void): void {
  program
    .command("test")
    .description(
      "Play the scenarios that stand beside rule files (fraud.test.yaml beside fraud.yaml): what must fire, how soon, and what must not.",
    )
    .argument(
      "[paths...]",
      "rule files, test files, directories or globs in place of the rules of the configuration",
    )
    .addOption(new Option("--config <file>", "the configuration").default("driftd.yaml"))
    .option("--junit <file>", "write a JUnit report, too")
    .option("--json", "print one JSON object")
    .addHelpText(
      "after",
      "\nExits 0 if all went as expected, 1 if not, 78 if a file is faulty.\n\nExample:\n  driftd test rules/ --junit report.xml",
    )
    .action(async (paths: string[], flags: TestFlags) => {
      const { config, json = false, junit } = flags;
      const { runTests } = await import("./scenario/run-tests.ts");
      const options = { configFile: config, paths, json, clock: () => performance.now() };
      done(await runTests({ ...options, ...(junit === undefined ? {} : { junit }) }, io));
    });
}
