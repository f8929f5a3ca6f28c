import { counter, gauge, type MetricFamily } from "./metric-family.ts";

/** What runs, by which files, and what it takes of the machine. */
export const PROCESS_FAMILIES: readonly MetricFamily[] = [
  gauge("driftd_build_info", "Version of driftd and of Node.", ["version", "node"], function* ({ build }) {
    yield { labels: { version: build.version, node: build.node }, value: 1 };
  }),
  gauge("driftd_config_info", "Hash of the configuration that runs.", ["hash"], function* (view) {
    yield { labels: { hash: view.configHash }, value: 1 };
  }),
  gauge(
    "driftd_config_last_reload_successful",
    "Whether the rule files and references, as they were last read, were in order and taken over.",
    [],
    function* ({ reload }) {
      if (reload !== undefined) yield { labels: {}, value: reload.isSuccessful ? 1 : 0 };
    },
  ),
  gauge(
    "driftd_config_last_reload_success_timestamp_seconds",
    "When the rule files and references were last read and found in order.",
    [],
    function* ({ reload }) {
      if (reload !== undefined) yield { labels: {}, value: reload.succeededAt / 1000 };
    },
  ),
  counter("process_cpu_seconds_total", "User and system CPU time spent.", [], function* (view) {
    yield { labels: {}, value: view.process.cpuSeconds };
  }),
  gauge("process_resident_memory_bytes", "Resident memory.", [], function* (view) {
    yield { labels: {}, value: view.process.residentBytes };
  }),
  gauge("process_start_time_seconds", "Start of the process, since the epoch.", [], function* (view) {
    yield { labels: {}, value: view.process.startedAt / 1000 };
  }),
  gauge("nodejs_heap_size_used_bytes", "V8 heap in use.", [], function* (view) {
    yield { labels: {}, value: view.process.heapUsedBytes };
  }),
  gauge("nodejs_external_memory_bytes", "Buffers and typed arrays, outside the heap.", [], function* (view) {
    yield { labels: {}, value: view.process.externalBytes };
  }),
  gauge(
    "nodejs_eventloop_lag_p99_seconds",
    "99th percentile of the event loop's delay.",
    [],
    function* (view) {
      yield { labels: {}, value: view.process.loopDelay };
    },
  ),
];
