import { LATENESS, recountHalves, tellLoad, WITHIN } from "../e2e/half-load.ts";
import { countsOfEvents, type Counts } from "../e2e/recount.ts";
import type { NewRecord } from "../e2e/topic.ts";
import { surviveCrashLoop, type CrashLoop, type Survival } from "./crash-loop.ts";
import { expectExact } from "./exact.ts";
import { crashLength, crashSeed } from "./length.ts";

const FROM = Date.parse("2026-03-01T00:00:00Z");
const TO = FROM + 3_600_000;
/** Long after all ids are forgotten. */
const END = TO + 1_800_000;
const MOST = 200_000;

const MAP = { id: "/id", time: "/time", model: { value: "scoring" } };
const ASKED = {
  role: "inputs",
  format: "json",
  map: { ...MAP, features: "/features", segment: "/segment" },
  join: { within: `${WITHIN}ms` },
};
const ANSWERED = {
  role: "outputs",
  of: "asked",
  format: "json",
  map: { ...MAP, version: "/version", score: "/prediction/score" },
};

/**
 * A crash loop on requests and responses in topics of their own, which expects that all of them meet that can, and that the
 * rest is accounted for. Answers how many events were complete.
 */
export async function loopOnHalves(
  members: Pick<CrashLoop, "partitions" | "kinds" | "states" | "redis">,
  countsOf: (survival: Survival) => Promise<Counts>,
): Promise<number> {
  const { lasts, records } = crashLength();
  const seed = crashSeed();
  const { partitions, kinds } = members;
  const load = tellLoad({ requests: Math.min(MOST, records / 4), from: FROM, to: TO, partitions });
  const last = lastPairs(partitions);
  const asked = [...load.inputs, ...last.map(({ input }) => input)];
  const answered = [...load.outputs, ...last.map(({ output }) => output)];
  const survival = await surviveCrashLoop({
    ...members,
    seed,
    lasts,
    loads: [
      { stream: "asked", section: ASKED, records: asked, count: asked.length },
      { stream: "answered", section: ANSWERED, records: answered, count: answered.length },
    ],
    rules: { window: { size: "5m", pane: "1m", lateness: `${LATENESS}ms` } },
  });

  const { brokers, topics, project, ledgers } = survival;
  const written = (stream: string): number => ledgers[stream]?.records.received ?? 0;
  const { inputs, outputs, events } = await recountHalves(
    brokers,
    { inputs: topics["asked"] ?? "", outputs: topics["answered"] ?? "", partitions },
    { inputs: written("asked"), outputs: written("answered") },
  );
  expectExact({
    survival,
    stored: await countsOf(survival),
    recounted: await countsOfEvents(project.directory, events),
    ledgers: { asked: { rows: inputs }, answered: { rows: outputs } },
    kinds,
    seed,
  });
  return events.length;
}

/** One complete event at the end of every partition: all that waits before it is given up. */
function lastPairs(partitions: number): { input: NewRecord; output: NewRecord }[] {
  return Array.from({ length: partitions }, (_, partition) => {
    const event = {
      id: `1-${MOST + partition}`,
      time: END,
      version: "v1",
      segment: { region: "eu" },
      features: { amount: 100, card: "visa" },
      prediction: { score: 0.5 },
    };
    const record = { timestamp: END, partition, value: JSON.stringify(event) };
    return { input: record, output: record };
  });
}
