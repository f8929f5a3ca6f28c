import { readFile } from "node:fs/promises";
import { Command, CommanderError, Option } from "commander";
import { CodedError } from "../config/coded-error.ts";
import type { ShownBuild } from "../publish/metrics.ts";
import { addInitCommand } from "./init.ts";
import { addBacktestCommand } from "./backtest.ts";
import { addAlertCommands } from "./alerts.ts";
import type { CommandIo } from "./io.ts";
import { addReferenceCommands } from "./reference.ts";
import { addRulesCommands } from "./rules.ts";
import { addScoreCommand } from "./score.ts";
import { addStateCommands } from "./state.ts";
import { addTestCommand } from "./test.ts";

// A flag has no default: help would show it as `(default: false)`.
// Every command imports what it needs when it is called: a score of 2 seconds must not wait for the daemon's libraries.

interface Surroundings {
  readonly build: ShownBuild;
  readonly io: CommandIo;
  /** Told the exit status. */
  readonly done: (exit: number) => void;
}

/** Runs the command line and answers the exit status: 0 good, 1 findings, 2 usage, 70 failure, 78 bad configuration, 130 Ctrl-C. */
export async function run(argv: readonly string[], io: CommandIo): Promise<number> {
  let status = 0;
  const version = await readVersion();
  const build = { version, node: io.nodeVersion };
  const program = createProgram(version, io);
  const done = (exit: number): void => {
    status = exit;
  };
  addRunCommand(program, { build, io, done });
  addDemoCommand(program, { build, io, done });
  addInitCommand(program, io, done);
  addCheckCommand(program, io, done);
  addReferenceCommands(program, io, done);
  addTestCommand(program, io, done);
  addScoreCommand(program, io, done);
  addBacktestCommand(program, io, done);
  addStateCommands(program, io, done);
  addRulesCommands(program, io, done);
  addAlertCommands(program, io, done);

  try {
    await program.parseAsync([...argv], { from: "user" });
    return status;
  } catch (error) {
    return report(error, io);
  }
}

function createProgram(version: string, io: CommandIo): Command {
  return new Command("driftd")
    .description("Says when a model's data, or the model, is no longer what it was.")
    .version(version)
    .configureOutput({
      writeOut: (text) => io.stdout.write(text),
      writeErr: (text) => io.stderr.write(text),
    })
    .exitOverride()
    .showHelpAfterError("(driftd --help shows the commands)")
    .addHelpText("after", "\nExample:\n  driftd demo --exit");
}

function addRunCommand(program: Command, { build, io, done }: Surroundings): void {
  program
    .command("run")
    .description(
      "Watch models: read their events from Kafka or files, publish metrics and alerts, until told to stop.",
    )
    .addOption(configOption())
    .option("--log-level <level>", "debug, info, warn or error", "info")
    .addHelpText("after", "\nExample:\n  driftd run --config driftd.yaml")
    .action(async (options: { config: string; logLevel: string }) => {
      const { runDaemon } = await import("./run.ts");
      done(await runDaemon({ configFile: options.config, logLevel: options.logLevel, build }, io));
    });
}

function addDemoCommand(program: Command, { build, io, done }: Surroundings): void {
  program
    .command("demo")
    .description(
      "Watch half a year of real flights go by, broken on purpose in five ways, with no service at all.",
    )
    .option("--speed <speed>", "max, or seconds of event time per second", "max")
    .option("--exit", "end after the table instead of serving metrics until Ctrl-C")
    .option("--no-faults", "leave the real data alone")
    .option("--json", "print one JSON object instead of text, and end")
    .addHelpText("after", "\nExample:\n  driftd demo --speed 86400 --exit")
    .action(async (options: { speed: string; exit?: boolean; faults: boolean; json?: boolean }) => {
      const { runDemo } = await import("./demo/demo.ts");
      const { parseSpeed } = await import("./demo/speed.ts");
      const { monitorStarter } = await import("./demo/start-monitor.ts");
      done(
        await runDemo({
          io,
          options: {
            faults: options.faults,
            json: options.json === true,
            exit: options.exit === true || options.json === true,
            speed: parseSpeed(options.speed),
          },
          start: monitorStarter({ build, process: () => io.readProcess() }),
          clock: () => performance.now(),
        }),
      );
    });
}

interface CheckFlags {
  readonly config: string;
  readonly strict?: boolean;
  readonly json?: boolean;
  readonly explain?: boolean;
}

function addCheckCommand(program: Command, io: CommandIo, done: (exit: number) => void): void {
  program
    .command("check")
    .description(
      "Say all that is wrong with the configuration, rule files and references, what they will need, and what each rule can see.",
    )
    .argument("[paths...]", "rule files, directories or globs in place of those of the configuration")
    .addOption(configOption())
    .option("--strict", "exit 1 on warnings")
    .option(
      "--explain",
      "say of every rule what the budget means: series, looks, chance, what is seen how soon",
    )
    .option("--json", "print one JSON object")
    .addHelpText("after", "\nExample:\n  driftd check rules/fraud.yaml --strict")
    .action(async (paths: string[], options: CheckFlags) => {
      const { config, strict = false, json = false, explain = false } = options;
      const { check } = await import("./check.ts");
      done(await check({ configFile: config, paths, strict, json, explain }, io));
    });
}

function configOption(): Option {
  return new Option("--config <file>", "the configuration").default("driftd.yaml");
}

/** People get a sentence; a fault of ours gets its stack, since somebody must mend it. */
function report(error: unknown, io: CommandIo): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  if (error instanceof CodedError) {
    io.stderr.write(`driftd: ${error.code}: ${error.message}\n`);
    return error.exit;
  }
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  io.stderr.write(`driftd: unexpected failure, which is a fault of driftd: ${text}\n`);
  return 70;
}

async function readVersion(): Promise<string> {
  const text = await readFile(new URL("../../package.json", import.meta.url), "utf8");
  const { version }: { version?: unknown } = JSON.parse(text);
  return String(version);
}
