import { Command } from "commander";
import { addReferenceCommands } from "../../src/commands/reference.ts";
import { demoIo } from "./demo/io.ts";

export interface Ran {
  readonly status: number;
  readonly out: string;
  readonly err: string;
}

/** Runs `driftd reference` with these arguments in a directory. */
export async function runReference(
  directory: string,
  argv: readonly string[],
  signal = new AbortController().signal,
): Promise<Ran> {
  const { io, written } = demoIo(signal);
  let status = -1;
  const program = new Command("driftd").exitOverride().version("1");
  addReferenceCommands(program, { ...io, cwd: directory }, (ended) => {
    status = ended;
  });
  await program.parseAsync(["reference", ...argv], { from: "user" });
  return { status, out: written.stdout, err: written.stderr };
}
