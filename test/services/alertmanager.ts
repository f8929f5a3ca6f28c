import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "./process.ts";
import { startHttpService, type HttpService } from "./prometheus.ts";
import { findProgram } from "./service.ts";

const PROGRAM = findProgram("prometheus-alertmanager", "alertmanager");

/** Why there is no Alertmanager for tests here; undefined where there is. */
export const alertmanagerMissing: string | undefined =
  PROGRAM === undefined ? "alertmanager is not on the PATH (Debian: prometheus-alertmanager)" : undefined;

/** Starts Alertmanager on a free port, alone (no gossip). `config` is the text of alertmanager.yml. */
export async function startAlertmanager(options: { config: string }): Promise<HttpService> {
  const directory = mkdtempSync(join(tmpdir(), "driftd-alertmanager-"));
  const port = await freePort();
  writeFileSync(join(directory, "alertmanager.yml"), options.config);
  const args = [
    `--config.file=${join(directory, "alertmanager.yml")}`,
    `--storage.path=${join(directory, "data")}`,
    `--web.listen-address=127.0.0.1:${port}`,
    "--cluster.listen-address=",
  ];
  return startHttpService({ program: PROGRAM ?? "alertmanager", args, port, directory });
}
