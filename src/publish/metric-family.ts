import type { MetricsView } from "./metrics.ts";

export interface Sample {
  readonly labels: Readonly<Record<string, string | number>>;
  readonly value: number;
}

/** One metric: how it is named, and its samples in a view. */
export interface MetricFamily {
  readonly name: string;
  readonly help: string;
  readonly kind: "gauge" | "counter";
  readonly labels: readonly string[];
  samples(view: MetricsView): Iterable<Sample>;
}

type Samples = MetricFamily["samples"];

export function gauge(name: string, help: string, labels: readonly string[], samples: Samples): MetricFamily {
  return { name, help, kind: "gauge", labels, samples };
}

export function counter(
  name: string,
  help: string,
  labels: readonly string[],
  samples: Samples,
): MetricFamily {
  return { name, help, kind: "counter", labels, samples };
}
