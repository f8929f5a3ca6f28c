import { parse } from "yaml";
import { CodedError } from "../../config/coded-error.ts";
import type { Config } from "../../config/config.ts";
import { isMapData } from "../../config/document.ts";
import { faultOfFile } from "../../config/fault.ts";
import type { Fault } from "../../config/fault.ts";
import { relativePath } from "../../config/path.ts";
import type { Model } from "../../rules/model.ts";
import { readText } from "../../runtime/files.ts";
import { generateRules } from "./generated-rules.ts";

/** Whether Prometheus' rules are what the rule files say now, and nobody else raises the same alerts: warnings. */
export async function checkPrometheusRules(
  project: { readonly config?: Config; readonly models: readonly Model[] },
  { configFile, cwd }: { readonly configFile: string; readonly cwd: string },
): Promise<Fault[]> {
  const { config, models } = project;
  const { prometheus, alertmanager } = config?.publish ?? {};
  if (config === undefined || prometheus === undefined) return [];
  const warn = (code: Fault["code"], message: string): Fault => ({
    ...faultOfFile(configFile, code, message),
    level: "warning",
  });
  const faults: Fault[] = [];
  if (alertmanager !== undefined) {
    const message =
      "publish.alertmanager and publish.prometheus raise the same alerts, and people hear of each twice; keep one of the two";
    faults.push(warn("CONFLICT", message));
  }
  const place = relativePath(cwd, prometheus.rulesFile);
  const remedy = `run: driftd rules prometheus --config ${configFile} --output ${place}`;
  const written = await readRules(prometheus.rulesFile);
  if (written === undefined) {
    faults.push(
      warn("FILE_MISSING", `publish.prometheus.rulesFile ${place} cannot be read as YAML here; ${remedy}`),
    );
  } else if (
    JSON.stringify(groupsOf(written)) !== JSON.stringify(generateRules(models, config.publish).groups)
  ) {
    faults.push(warn("OUT_OF_DATE", `${place} is not what the rule files say; ${remedy}`));
  }
  return faults;
}

/** Undefined where there is no such file, or it is no YAML. */
async function readRules(file: string): Promise<unknown> {
  try {
    const data: unknown = parse(await readText(file, { what: "rule file", code: "CONFIG_INVALID" }));
    return data ?? {};
  } catch (error) {
    if (error instanceof CodedError || (error instanceof Error && error.name === "YAMLParseError"))
      return undefined;
    throw error;
  }
}

/** Of a plain rule file, or of the manifest of a PrometheusRule. */
function groupsOf(data: unknown): unknown {
  if (!isMapData(data)) return undefined;
  const { groups, spec } = data;
  return groups ?? (isMapData(spec) ? spec["groups"] : undefined);
}
