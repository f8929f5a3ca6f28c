import { expect, it } from "vitest";
import { run } from "../../src/commands/program.ts";

async function help(...command: string[]): Promise<string> {
  let out = "";
  const status = await run([...command, "--help"], {
    stdout: {
      write: (text) => {
        out += text;
      },
    },
    stderr: { write: () => {} },
    env: {},
    cwd: ".",
    signal: new AbortController().signal,
    isTerminal: false,
    readProcess: () => {
      throw new Error("help asks nothing of the process");
    },
    nodeVersion: "v20.19.0",
    pid: 1,
  });
  expect(status).toBe(0);
  return out;
}

it.each([
  [],
  ["run"],
  ["demo"],
  ["check"],
  ["reference"],
  ["reference", "build"],
  ["reference", "show"],
  ["score"],
  ["state"],
  ["state", "verify"],
  ["state", "export"],
  ["state", "compact"],
])("gives an example, and no default of a flag: driftd %s %s", async (...command) => {
  const text = await help(...command);
  expect(text).toMatch(/\nExamples?:\n {2}driftd /);
  expect(text).not.toContain("(default: false)");
});
