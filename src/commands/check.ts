import { formatFault, hasErrors } from "../config/fault.ts";
import type { Fault } from "../config/fault.ts";
import type { CommandIo } from "./io.ts";
import { loadProject } from "./load.ts";

export interface CheckOptions {
  readonly configFile: string;
  /** Rule files, directories or globs in place of those of the configuration. */
  readonly paths: readonly string[];
  readonly json: boolean;
  /** Warnings count as findings. */
  readonly strict: boolean;
}

/** Says all that is wrong with the configuration, and what it will need. Exits 0, 1 (warnings, if strict) or 78. */
export async function check(options: CheckOptions, io: CommandIo): Promise<number> {
  const { faults } = await loadProject({ configFile: options.configFile, paths: options.paths, io });
  for (const fault of faults) io.stdout.write(`${formatFault(fault)}\n`);
  return exitCode(faults, options.strict);
}

function exitCode(faults: readonly Fault[], strict: boolean): number {
  if (hasErrors(faults)) return 78;
  return strict && faults.length > 0 ? 1 : 0;
}
