import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { shareService } from "../services/shared.ts";

const REPOSITORY = join(import.meta.dirname, "../..");

/**
 * The program as it is shipped, compiled from the sources as they are now: its main.js. Once for the whole run, and never
 * the checkout's dist, which may be older.
 */
export function driftdProgram(): Promise<string> {
  return shareService("driftd", async (directory) => {
    const compiled = join(directory, "dist");
    mkdirSync(compiled);
    for (const name of ["node_modules", "package.json"]) {
      symlinkSync(join(REPOSITORY, name), join(directory, name));
    }
    const compiler = join(REPOSITORY, "node_modules/typescript/bin/tsc");
    const config = join(REPOSITORY, "tsconfig.build.json");
    const main = join(compiled, "main.js");
    try {
      execFileSync(process.execPath, [compiler, "-p", config, "--outDir", compiled], { stdio: "pipe" });
    } catch (error) {
      // Types are `npm run types`' concern; it is enough that the program was written.
      if (!existsSync(main)) throw error;
    }
    return { pids: [], address: main };
  });
}
