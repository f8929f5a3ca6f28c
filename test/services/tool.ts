import { spawnSync } from "node:child_process";
import type { TestContext } from "vitest";
import { findProgram } from "./service.ts";

export interface ToolRun {
  readonly tool: "promtool" | "amtool";
  readonly args: readonly string[];
  readonly input?: string;
}

/** Runs a checker to its end. Where it is not installed the test is skipped, or fails if services are required. */
export function runTool(
  context: TestContext,
  { tool, args, input = "" }: ToolRun,
): { status: number | null; output: string } {
  const program = findProgram(tool);
  if (program === undefined) {
    const reason = `${tool} is not on the PATH`;
    if (process.env["DRIFTD_REQUIRE_SERVICES"] === "1") throw new Error(reason);
    return context.skip(reason);
  }
  const { status, stdout, stderr } = spawnSync(program, args, { input, encoding: "utf8" });
  return { status, output: stdout + stderr };
}
