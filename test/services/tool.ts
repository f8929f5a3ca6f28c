import { spawn } from "node:child_process";
import type { TestContext } from "vitest";

export interface ToolRun {
  readonly tool: "promtool" | "amtool";
  readonly args: readonly string[];
  readonly input?: string;
}

/** Runs a checker to its end. Where it is not installed the test is skipped, or fails if services are required. */
export async function runTool(
  context: TestContext,
  { tool, args, input = "" }: ToolRun,
): Promise<{ status: number | null; output: string }> {
  try {
    return await run(tool, args, input);
  } catch (error) {
    const reason = `${tool} is not installed`;
    if (process.env["DRIFTD_REQUIRE_SERVICES"] === "1") throw new Error(reason, { cause: error });
    return context.skip(reason);
  }
}

function run(
  tool: string,
  args: readonly string[],
  input: string,
): Promise<{ status: number | null; output: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(tool, args, { stdio: ["pipe", "pipe", "pipe"] });
    let output = "";
    const collect = (chunk: Buffer): void => {
      output += chunk.toString();
    };
    child.stdout.on("data", collect);
    child.stderr.on("data", collect);
    child.on("error", reject);
    child.on("close", (status) => resolve({ status, output }));
    child.stdin.end(input);
  });
}
