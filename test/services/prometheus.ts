import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort, startProcess, waitFor } from "./process.ts";
import { findProgram } from "./service.ts";

export interface HttpService {
  readonly url: string;
  stop(): Promise<void>;
}

/** Why there is no Prometheus for tests here; undefined where there is. */
export const prometheusMissing: string | undefined =
  findProgram("prometheus") === undefined ? "prometheus is not on the PATH (Debian: prometheus)" : undefined;

/** Starts Prometheus on a free port. `files` (rules) are written beside prometheus.yml, whose text is `config`. */
export async function startPrometheus(options: {
  config: string;
  files?: Readonly<Record<string, string>>;
}): Promise<HttpService> {
  const directory = mkdtempSync(join(tmpdir(), "driftd-prometheus-"));
  const port = await freePort();
  const files = { ...options.files, "prometheus.yml": options.config };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(directory, name), text);
  const args = [
    `--config.file=${join(directory, "prometheus.yml")}`,
    `--storage.tsdb.path=${join(directory, "data")}`,
    `--web.listen-address=127.0.0.1:${port}`,
  ];
  return startHttpService({ program: "prometheus", args, port, directory });
}

/** Waits for `/-/ready`, which Prometheus and Alertmanager both answer. */
export async function startHttpService(options: {
  program: string;
  args: readonly string[];
  port: number;
  directory: string;
}): Promise<HttpService> {
  const { program, args, port, directory } = options;
  const url = `http://127.0.0.1:${port}`;
  const service = startProcess(program, args, join(directory, "output.log"));
  await waitFor(program, service, async () => {
    const response = await fetch(`${url}/-/ready`);
    if (!response.ok) throw new Error(`${program} answers ${response.status}`);
  });
  return {
    url,
    async stop() {
      await service.stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
