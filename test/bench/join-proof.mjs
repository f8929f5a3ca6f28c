import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

/** The proof of test/e2e/joins.test.ts with a million requests and responses in two real topics; it prints memory by tenths. */
export function run() {
  const vitest = fileURLToPath(new URL("../../node_modules/vitest/vitest.mjs", import.meta.url));
  const flags = [vitest, "run", "test/e2e/joins.test.ts", "-t", "meet to the last one"];
  const env = { DRIFTD_JOIN_REQUESTS: "1000000", ...process.env };
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, flags, { env, stdio: "inherit" });
    child.on("error", reject);
    child.on("close", (code) => (code === 0 ? resolve() : reject(new Error(`the proof ended with ${code}`))));
  });
}
