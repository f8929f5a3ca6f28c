import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { OPERATION_FAMILIES } from "../../src/publish/metric-families.ts";

interface Manifest {
  readonly kind: string;
  readonly spec: {
    readonly query?: string;
    readonly metrics?: readonly { readonly provider: { readonly prometheus: { readonly query: string } } }[];
  };
}

test.each([
  ["argo-rollouts.yaml", "AnalysisTemplate"],
  ["flagger.yaml", "MetricTemplate"],
])("%s asks for a metric that there is, by its labels", (file, kind) => {
  const manifest: Manifest = parse(readFileSync(new URL(`../../deploy/${file}`, import.meta.url), "utf8"));
  expect(manifest.kind).toBe(kind);
  const query = manifest.spec.query ?? manifest.spec.metrics?.[0].provider.prometheus.query ?? "";
  const [, name, labels] = /\((driftd_\w+)\{(.*)\}\)$/.exec(query) ?? [];
  const family = OPERATION_FAMILIES.find((one) => one.name === name);
  expect([...labels.matchAll(/(\w+)="\{\{/g)].map(([, label]) => label)).toEqual(family?.labels);
});
