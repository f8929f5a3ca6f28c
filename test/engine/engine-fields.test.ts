import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { deletedBefore } from "../../src/evaluation/retention.ts";
import { systemClock } from "../../src/runtime/clock.ts";
import { openLmdbStore } from "../../src/state/lmdb.ts";
import { createMemoryStore } from "../../src/state/memory.ts";
import type { Alert, Transition } from "../../src/verdict/alert.ts";
import type { FieldChange } from "../../src/verdict/field-changes.ts";
import { fieldLayout, paneLayout } from "../../src/window/task-delta.ts";
import { HOUR, MINUTE, modelOf, START, traffic, withFields, type Sent } from "./fixture.ts";
import { outline, worldOf, type World } from "./world.ts";

const RULE = "  - { alert: SchemaChanged, measure: schema-drift, keepFiringFor: 5m }";
/** What stands beside the features; a trace in half of the records. */
const fitted = modelOf({ rules: RULE, fields: further });

function further(i: number): object {
  return {
    meta: { source: "shop", at: "2026-01-05T00:00:00Z" },
    ...(i % 2 === 0 ? { trace: `t${i}` } : {}),
  };
}

type Value = Readonly<Record<string, unknown>>;
type Change = (value: Value, i: number) => object;

/** 20 records a minute; from two hours on as `change` has them, from three on as before. */
function sent(change: Change, { from = 2, to = 3, lasts = 4 } = {}): Sent[] {
  return traffic({ from: 0, to: lasts * HOUR, perMinute: 20 }).map(({ timestamp, value }, i) => {
    const usual = { ...Object(value), id: `e${i}`, ...further(i) } as Value;
    const hours = (timestamp - START) / HOUR;
    return { timestamp, value: hours < from || hours >= to ? usual : change(usual, i) };
  });
}

async function lived(records: readonly Sent[], cut = 500): Promise<World> {
  const world = await worldOf({ fitted });
  for (let from = 0; from < records.length; from += cut) await world.feed(records.slice(from, from + cut));
  await world.end();
  return world;
}

/** The alert of a change that is seen at once, and ends with it. */
async function alertOf(change: Change, at = "02:01"): Promise<Alert> {
  const { transitions } = await lived(sent(change));
  expect(transitions.map(({ alert: { state } }) => state)).toEqual(["firing", "resolved"]);
  const [fired, resolved] = transitions.map(({ alert }) => alert);
  expect(fired.startsAt).toBe(`2026-01-05T${at}:00.000Z`);
  expect(resolved.endsAt).toBe("2026-01-05T03:06:00.000Z");
  return fired;
}

function changed({ evidence }: Pick<Alert, "evidence">): Partial<FieldChange>[] {
  return (evidence?.fields ?? []).map(({ field, kind, from, to, share }) => {
    return { field, kind, ...(from && { from }), ...(to && { to }), share };
  });
}

function withFeature(value: Value, name: string, replace: (before: unknown) => unknown): object {
  const features = Object(value["features"]) as Value;
  return { ...value, features: { ...features, [name]: replace(features[name]) } };
}

function renamed(value: Value): object {
  const { amount, ...others } = Object(value["features"]) as Value;
  return { ...value, features: { ...others, amountUsd: amount } };
}

describe("a rule on what fields the records have", () => {
  it("says nothing of records as they were", async () => {
    const world = await lived(sent((value) => value));
    expect(world.transitions).toEqual([]);
    expect(world.engine.judgesOf("m").schema.currentScores()).toMatchObject([
      { measure: "schema-drift", score: { status: "ok", value: 0, trust: "policy" } },
    ]);
  });

  it("tells of a field that was renamed in one alert, by its old name and its new one", async () => {
    const alert = await alertOf(renamed);
    expect(alert.explanation).toBe(
      "SchemaChanged m: 2 fields are not as expected: amount and amountUsd (in the last 16 records looked at; limit 0), since " +
        "2026-01-05 02:01 UTC. Field amount is gone, which was integer, first at 2026-01-05 02:00 UTC, such as e2413. " +
        "Field amountUsd is new, integer, in 100% of records, first at 2026-01-05 02:00 UTC, such as e2413. " +
        "Both from partition 0, version v1. A plain limit, not covered by the budget.",
    );
    expect(alert.score).toMatchObject({ value: 2, extras: { gone: 1, new: 1 } });
  });

  it("counts a field once that changed in several ways", async () => {
    const { score, evidence, explanation } = await alertOf(
      (value) => withFeature(value, "amount", (amount) => (Number(amount) % 2 === 0 ? null : String(amount))),
      "02:02",
    );
    expect(score.value).toBe(2);
    expect(new Set(evidence?.fields?.map(({ field }) => field))).toEqual(new Set(["amount"]));
    expect(explanation).toContain("SchemaChanged m: 1 field is not as expected: amount (");
  });

  it.each<[string, Change, Partial<FieldChange>[], string?]>([
    [
      "a number that turns into text",
      (value) => withFeature(value, "amount", String),
      [{ field: "amount", kind: "type", from: "integer", to: "text (numeric)", share: 1 }],
    ],
    [
      "whole numbers that are none any more",
      (value) => withFeature(value, "amount", (amount) => Number(amount) + 0.5),
      [{ field: "amount", kind: "type", from: "integer", to: "number", share: 1 }],
    ],
    [
      "nulls where none were",
      (value, i) => withFeature(value, "region", (region) => (i % 4 === 0 ? region : null)),
      [{ field: "region", kind: "nullability", from: "text", to: "null", share: 0.75 }],
      // A part of a pane may be the end of it: the next one is waited for.
      "02:02",
    ],
    [
      "a time that is written otherwise",
      (value) => ({ ...value, meta: { ...Object(value["meta"]), at: "2026-01-05" } }),
      [{ field: "/meta/at", kind: "format", from: "text (date-time)", to: "text (date)", share: 1 }],
    ],
    [
      "an object that is gone, but not of what it held",
      ({ meta: _meta, ...value }) => value,
      [{ field: "/meta", kind: "gone", from: "object", share: 1 }],
    ],
    [
      "a new object, but not of what it holds",
      (value) => ({ ...value, extra: { deep: { er: 1 } } }),
      [{ field: "/extra", kind: "new", to: "object", share: 1 }],
    ],
  ])("tells of %s", async (_, change, expected, at) => {
    expect(changed(await alertOf(change, at))).toEqual(expected);
  });

  it("names new values once enough records have them in common", async () => {
    const { transitions } = await lived(
      sent((value, i) => withFeature(value, "device", () => (i % 2 ? "kiosk" : "web"))),
    );
    expect(transitions[0]?.alert.startsAt).toBe("2026-01-05T02:03:00.000Z");
    expect(transitions[0]?.alert.explanation).toContain(
      "Field device has new values, kiosk, in 50% of records, first at 2026-01-05 02:00 UTC,",
    );
    const names = await lived(sent((value, i) => withFeature(value, "device", () => `name ${i}`)));
    expect(names.transitions[0]?.alert.explanation).toContain(
      "has values that it never had, in 100% of records",
    );
    expect(JSON.stringify(names.transitions)).not.toContain("name 2");
  });

  it("tells that a field which not every record had is in none any more", async () => {
    const { transitions } = await lived(sent(({ trace: _trace, ...value }) => value, { to: 4 }));
    // A whole window has to be without it.
    expect(transitions[0]?.alert.startsAt).toBe("2026-01-05T03:00:00.000Z");
    expect(transitions.flatMap(({ alert }) => changed(alert))).toEqual([
      { field: "/trace", kind: "gone", from: "text", share: 1 },
    ]);
  });

  it("is not moved by a few odd records", async () => {
    const { transitions } = await lived(sent((value, i) => (i % 500 === 0 ? renamed(value) : value)));
    expect(transitions).toEqual([]);
  });

  it("is not moved by lists that are empty now and then, as they were", async () => {
    const tags = (i: number): object => ({ ...further(i), tags: i % 3 === 0 ? [] : ["a"] });
    const world = await worldOf({ fitted: modelOf({ rules: RULE, fields: tags }) });
    await world.feed(sent((value) => value).map((record, i) => withFields(record, tags(i))));
    expect(world.transitions).toEqual([]);
  });

  it("goes on to tell what changes while it fires", async () => {
    const records = sent((value, i) => (i < 150 * 20 ? renamed(value) : { ...renamed(value), fresh: 1 }));
    const world = await worldOf({ fitted });
    await world.feed(records.slice(0, 175 * 20));
    expect(world.transitions).toHaveLength(1);
    const [alert] = world.engine.firing("m");
    expect(alert?.id).toBe(world.transitions[0]?.alert.id);
    expect(changed(alert ?? {}).map(({ field }) => field)).toEqual(["/fresh", "amount", "amountUsd"]);
  });
});

describe("what is seen of fields", () => {
  const records = sent(renamed);

  it("is the same however the records were cut", async () => {
    const expected = outline((await lived(records)).transitions);
    for (const cut of [37, 4_800]) expect(outline((await lived(records, cut)).transitions)).toEqual(expected);
  });

  it("is the same after a restart at any moment", async () => {
    const expected = outline((await lived(records)).transitions);
    for (const stop of [1_000, 2_415, 2_430, 3_000, 3_610]) {
      const store = createMemoryStore();
      const first = await worldOf({ fitted, store });
      await first.feed(records.slice(0, stop));
      const second = await worldOf({ fitted, store, transitions: first.transitions });
      await second.feed(records.slice(stop), { partition: 0 });
      await second.end();
      expect(outline(second.transitions)).toEqual(expected);
    }
  });

  it("is kept by the embedded store", async () => {
    const path = await mkdtemp(join(tmpdir(), "driftd-fields-"));
    const transitions: Transition[] = [];
    for (const [from, to] of [
      [0, 2_417],
      [2_417, records.length],
    ]) {
      const store = await openLmdbStore({ path, clock: systemClock });
      const world = await worldOf({ fitted, store, transitions, commitRows: 100 });
      await world.feed(records.slice(from, to));
      await world.ingestion.flush(true);
      if (to === records.length) await world.end();
      await store.close();
    }
    await rm(path, { recursive: true });
    expect(outline(transitions)).toEqual(outline((await lived(records)).transitions));
  });

  it("is kept as long as the panes are", () => {
    const source = { fitted, closedThrough: START, cohortsFrom: START };
    const kept = deletedBefore(paneLayout(fitted.counting), source);
    expect(deletedBefore(fieldLayout(fitted.counting), source)).toBe(kept);
    expect(kept).toBeLessThan(START - 2 * HOUR);
  });

  it("adds up over partitions, and says which one it was", async () => {
    const world = await worldOf({ fitted, partitions: 2 });
    const usual = sent((value) => value);
    for (let from = 0; from < records.length; from += 600) {
      await world.feed(usual.slice(from, from + 600), { partition: 0 });
      await world.feed(records.slice(from, from + 600), { partition: 1 });
    }
    await world.end();
    const [{ alert }] = world.transitions;
    expect(changed(alert)).toEqual([
      { field: "amount", kind: "nullability", from: "integer", to: "absent", share: 0.5 },
      { field: "amountUsd", kind: "new", to: "integer", share: 0.5 },
    ]);
    expect(alert.evidence?.fields?.[0]?.producers).toEqual([{ partition: 1, version: "v1" }]);
    expect(Date.parse(alert.startsAt)).toBe(START + 2 * HOUR + 2 * MINUTE);
  });
});
