import { beforeAll, describe, expect, it } from "vitest";
import type { StreamConfig } from "../../src/config/config.ts";
import { createMemoryStore } from "../../src/state/memory.ts";
import { viewSchemas } from "../../src/views/schema.ts";
import type { Alert } from "../../src/verdict/alert.ts";
import { HOUR, MINUTE, modelOf, START, traffic, type Sent } from "./fixture.ts";
import { outline, worldOf, type World, type WorldOptions } from "./world.ts";

const RULE = "  - { alert: SchemaChanged, measure: schema-drift, keepFiringFor: 5m }";
const fitted = modelOf({ rules: RULE, perHour: 12 });

const COMMON = { map: {}, from: "earliest", maxAhead: 300_000, idleAfter: MINUTE } as const;
const SERVED: readonly StreamConfig[] = [
  { ...COMMON, name: "asked", role: "inputs", topic: "asked", format: "oip-v2", joinWithin: 30_000 },
  { ...COMMON, name: "answered", role: "outputs", of: "asked", topic: "answered", format: "oip-v2" },
];

interface Tensor {
  readonly name: string;
  readonly datatype: string;
  readonly shape: readonly number[];
  readonly data: readonly unknown[];
}

const AMOUNT: Tensor = { name: "amount", datatype: "FP32", shape: [1, 1], data: [7] };
const REGION: Tensor = { name: "region", datatype: "BYTES", shape: [1, 1], data: ["eu"] };
const HIDDEN: Tensor = { name: "embedding", datatype: "FP32", shape: [1, 3], data: [1, 2, 3] };
const SCORE: Tensor = { name: "score", datatype: "FP64", shape: [1, 1], data: [0.5] };

interface Call {
  readonly inputs: readonly Tensor[];
  readonly outputs: readonly Tensor[];
}
const USUAL: Call = { inputs: [AMOUNT, REGION, HIDDEN], outputs: [SCORE] };

type Change = (i: number) => Partial<Call>;

/** 20 calls a minute; from two hours on as `change` has them, from three on as before. */
function callsOf(
  change: Change,
  { from = 2, to = 3, lasts = 4 } = {},
): (Call & { at: number; id: string })[] {
  return Array.from({ length: lasts * 60 * 20 }, (_, i) => {
    const at = i * 3_000;
    const isChanged = at >= from * HOUR && at < to * HOUR;
    return { ...USUAL, ...(isChanged ? change(i) : {}), at: START + at, id: `r${i}` };
  });
}

async function lived(
  calls: ReturnType<typeof callsOf>,
  options: Partial<WorldOptions> & { cut?: number } = {},
) {
  const { cut = 400, ...rest } = options;
  const world = await worldOf({ fitted, streams: SERVED, ...rest });
  const skip = (stream: string): number => world.next.get(`${stream}/0`) ?? 0;
  for (let at = 0; at < calls.length; at += cut) {
    const part = calls.slice(at, at + cut);
    const send = (stream: string, sent: Sent[]): Promise<void> =>
      world.feed(sent.slice(Math.max(0, skip(stream) - at)), { stream });
    await send(
      "asked",
      part.map(({ at: timestamp, id, inputs }) => ({ timestamp, value: { id, model_name: "m", inputs } })),
    );
    await send(
      "answered",
      part.map(({ at: timestamp, id, outputs }) => ({
        timestamp: timestamp + 500,
        value: { id, model_name: "m", model_version: "v1", outputs },
      })),
    );
  }
  return world;
}

/** The alert of a change that is seen at once, and ends with it. */
async function alertOf(change: Change, at = "02:01"): Promise<Alert> {
  const world = await lived(callsOf(change));
  await world.end();
  const { transitions } = world;
  expect(transitions.map(({ alert: { state } }) => state)).toEqual(["firing", "resolved"]);
  const [fired, resolved] = transitions.map(({ alert }) => alert);
  expect(fired.startsAt).toBe(`2026-01-05T${at}:00.000Z`);
  expect(resolved.endsAt).toBe("2026-01-05T03:06:00.000Z");
  return fired;
}

function changed({ evidence }: Pick<Alert, "evidence">): string[] {
  return (evidence?.fields ?? []).map(({ field, kind, from = "-", to = "-", share }) =>
    [field, kind, from, to, share].join(" "),
  );
}

const inputs = (...tensors: readonly Tensor[]): Partial<Call> => ({ inputs: tensors });

describe("tensors of requests and responses, held against the first ones", () => {
  it("are as they were", async () => {
    const world = await lived(callsOf(() => USUAL));
    await world.end();
    expect(world.transitions).toEqual([]);
    const [schema] = viewSchemas(world.engine, [fitted]);
    expect(schema.score).toMatchObject({ status: "ok", value: 0 });
    expect(schema.learnt).toMatchObject([
      {
        kind: "inputs",
        isComplete: true,
        from: "2026-01-05T00:00:00.000Z",
        through: "2026-01-05T01:00:00.000Z",
      },
      { kind: "outputs", isComplete: true },
    ]);
    const tensors = Object.fromEntries(schema.fields.map(({ name, values }) => [name, Object.keys(values)]));
    expect(tensors).toEqual({
      "inputs.amount": ["FP32"],
      "inputs.embedding": ["FP32[3]"],
      "inputs.region": ["BYTES"],
      "outputs.score": ["FP64"],
    });
  });

  it("tell of one that was renamed in one alert, by its old name and its new one", async () => {
    const alert = await alertOf(() => inputs({ ...AMOUNT, name: "amountUsd" }, REGION, HIDDEN));
    expect(alert.explanation).toBe(
      "SchemaChanged m: 2 fields are not as expected: inputs.amount and inputs.amountUsd (in the last 32 records looked at; limit 0), since " +
        "2026-01-05 02:01 UTC. Field inputs.amount is gone, which was FP32, first at 2026-01-05 02:00 UTC, such as " +
        "r2412. Field inputs.amountUsd is new, FP32, in 100% of records, first at 2026-01-05 02:00 UTC, such as r2412. " +
        "Both from partition 0. A plain limit, not covered by the budget.",
    );
    expect(alert.evidence?.fields?.[0]?.learntFrom).toEqual({
      records: 960,
      from: "2026-01-05T00:00:00.000Z",
      through: "2026-01-05T01:00:00.000Z",
    });
    expect(Object.keys(alert.lineage?.offsets ?? {})).toEqual(["answered/0", "asked/0"]);
  });

  it.each<[string, Change, string[], string?]>([
    [
      "another datatype",
      () => inputs({ ...AMOUNT, datatype: "FP64" }, REGION, HIDDEN),
      ["inputs.amount type FP32 FP64 1"],
    ],
    [
      "another datatype of some, that were integers",
      (i) => inputs({ ...AMOUNT, datatype: i % 2 === 0 ? "FP32" : "INT64" }, REGION, HIDDEN),
      ["inputs.amount type FP32 INT64 0.5"],
      "02:02",
    ],
    [
      "another number of cells",
      () => inputs(AMOUNT, REGION, { ...HIDDEN, shape: [1, 4], data: [1, 2, 3, 4] }),
      ["inputs.embedding type FP32[3] FP32[4] 1"],
    ],
    ["one that is gone", () => inputs(AMOUNT, HIDDEN), ["inputs.region gone BYTES - 1"]],
    [
      "one that some requests do not have",
      (i) => (i % 2 === 0 ? {} : inputs(AMOUNT, HIDDEN)),
      ["inputs.region nullability BYTES absent 0.5"],
      "02:02",
    ],
    [
      "a new one in the response",
      () => ({ outputs: [SCORE, { ...SCORE, name: "spread", shape: [1, 2], data: [0, 1] }] }),
      ["outputs.spread new - FP64[2] 1"],
    ],
  ])("tell of %s", async (_, change, expected, at) => {
    expect(changed(await alertOf(change, at))).toEqual(expected);
  });

  it("are not moved by a few odd ones, nor by lengths that differ from request to request", async () => {
    const odd = await lived(callsOf((i) => (i % 400 === 0 ? inputs(AMOUNT) : {})));
    expect(odd.transitions).toEqual([]);
    const tokens = (i: number): Partial<Call> =>
      inputs({ ...HIDDEN, shape: [1, 2 + (i % 9)], data: Array.from({ length: 2 + (i % 9) }, () => 1) });
    const calls = callsOf(tokens, { from: 0, to: 4 });
    expect((await lived(calls)).transitions).toEqual([]);
    const wider = callsOf((i) => tokens(i + (i >= 2_400 ? 9_000_000 : 0)), { from: 0, to: 4 }).map((call) =>
      call.at < START + 2 * HOUR
        ? call
        : { ...call, ...inputs({ ...HIDDEN, datatype: "FP16", shape: [1, 30], data: Array(30).fill(1) }) },
    );
    const { transitions } = await lived(wider);
    expect(transitions.flatMap(({ alert }) => changed(alert))).toEqual([
      "inputs.embedding type FP32[any] FP16[30] 1",
    ]);
  });

  it("are learnt anew for another reference, and not before", async () => {
    const store = createMemoryStore();
    const calls = callsOf(() => inputs({ ...AMOUNT, datatype: "FP64" }, REGION, HIDDEN), { to: 9, lasts: 5 });
    const first = await lived(calls.slice(0, 2_600), { store });
    expect(first.transitions.map(({ alert }) => alert.state)).toEqual(["firing"]);
    const second = await lived(calls.slice(0, 3_000), { store, transitions: first.transitions });
    expect(second.transitions).toHaveLength(1);
    expect(second.engine.firing("m")).toHaveLength(1);
    const other = modelOf({ rules: RULE, perHour: 10 });
    const third = await lived(calls, { store, fitted: other, transitions: first.transitions });
    expect(third.engine.firing("m")).toEqual([]);
    expect(viewSchemas(third.engine, [other])[0].learnt[0]).toMatchObject({
      kind: "inputs",
      isComplete: true,
    });
  });

  const calls = callsOf(() => inputs({ ...AMOUNT, name: "amountUsd" }, REGION, HIDDEN), { lasts: 3.25 });
  let expected: string[];
  beforeAll(async () => {
    const world = await lived(calls);
    await world.end();
    expected = outline(world.transitions);
  });

  it.each([97, 1_300])("are judged alike where %s were taken at once", async (cut) => {
    const world = await lived(calls, { cut });
    await world.end();
    expect(outline(world.transitions)).toEqual(expected);
  });

  it.each([500, 1_210, 2_430])("are judged alike after a restart behind %s", async (stop) => {
    const store = createMemoryStore();
    const first = await lived(calls.slice(0, stop), { store, cut: 97 });
    const second = await lived(calls, { store, transitions: first.transitions });
    await second.end();
    expect(outline(second.transitions)).toEqual(expected);
  });
});

describe("fields of events whose reference was built of other records", () => {
  it("are held against the first events", async () => {
    const events = traffic({ from: 0, to: 3 * HOUR, perMinute: 20 }).map(({ timestamp, value }) => {
      const { features, ...others } = value as { features: { amount: number } };
      const { amount, ...rest } = features;
      const isChanged = timestamp >= START + 2 * HOUR;
      return {
        timestamp,
        value: { ...others, features: isChanged ? { ...rest, amountUsd: amount } : features },
      };
    });
    const world = await worldOf({ fitted });
    await world.feed(events.slice(0, 600));
    expect(world.engine.judgesOf("m").schema.currentScores()[0]?.score).toMatchObject({
      status: "no-reference",
      reason: "the reference says nothing of such records, and the first ones are still being looked at",
    });
    await world.feed(events.slice(600));
    expect(world.transitions.flatMap(({ alert }) => changed(alert))).toEqual([
      "amount gone integer - 1",
      "amountUsd new - integer 1",
    ]);
  });
});

describe("categories of events whose reference was built of other records", () => {
  const counted = (device: (i: number) => string): Promise<World> =>
    worldOf({ fitted }).then(async (world) => {
      await world.feed(traffic({ from: 0, to: 3 * HOUR, perMinute: 20 }, (_, i) => ({ device: device(i) })));
      return world;
    });

  it("tell of values that the first events never had", async () => {
    const few = ["app", "web"];
    const usual = await counted((i) => few[i % 2]);
    expect(usual.transitions).toEqual([]);
    const { transitions } = await counted((i) => (i < 2_400 || i % 4 > 0 ? few[i % 2] : "kiosk"));
    expect(transitions[0]?.alert.explanation).toContain(
      "Field device has new values, kiosk, in 25% of records",
    );
  });

  it("enumerate nothing where values are many", async () => {
    const { transitions } = await counted((i) => `${i < 2_400 ? "a" : "b"} ${i % 40}`);
    expect(transitions).toEqual([]);
  });
});
