// Fifty times SIGKILL while pairs are sent: the test of it, more often. Asserts that no acknowledged pair is lost.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

const KILLS = process.env.DRIFTD_HTTP_KILLS ?? "50";

export async function run() {
  const child = spawn("npx", ["vitest", "run", "test/e2e/http-kill.test.ts"], {
    cwd: fileURLToPath(new URL("../..", import.meta.url)),
    env: { ...process.env, DRIFTD_HTTP_KILLS: KILLS },
    stdio: "inherit",
  });
  const [code] = await once(child, "close");
  process.stdout.write(
    `http-kill: ${KILLS} times SIGKILL, ${code === 0 ? "no" : "SOME"} acknowledged pair was lost\n`,
  );
  if (code !== 0) process.exitCode = 1;
}
