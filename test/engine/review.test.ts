import { beforeAll, describe, expect, it } from "vitest";
import { deletedBefore } from "../../src/evaluation/retention.ts";
import type { FittedModel } from "../../src/rules/fitted-model.ts";
import { createMemoryStore } from "../../src/state/memory.ts";
import type { ReviewedEvent, ReviewedSpan } from "../../src/window/review-plan.ts";
import { reviewLayout } from "../../src/window/task-delta.ts";
import { answered, asked, events, joinedWorld } from "./half-events.ts";
import { joinedStreams } from "./half-world.ts";
import { event, HOUR, MINUTE, modelOf, random, START, type Sent } from "./fixture.ts";
import { worldOf, type WorldOptions } from "./world.ts";

const RULES = `
  - { review: Odd, when: { any: [{ scoreBetween: [0.45, 0.55] }, { novel: true }, { column: amount, above: 950 }] }, atMost: 5 per 1h, to: desk, show: [amount, region] }
  - { review: Sure, when: { any: [{ column: prediction.score, above: 0.99 }] }, atMost: 100 per 30m, to: desk }
  - { alert: Drift, measure: psi, columns: [amount] }`;

let fitted: FittedModel;
beforeAll(() => {
  fitted = modelOf({ rules: RULES });
});

/** Three hours of events, twelve a minute. */
function story(): Sent[] {
  const draw = random(9);
  return Array.from({ length: 3 * 60 * 12 }, (_, i) =>
    event({
      id: `e${i}`,
      time: START + Math.floor((i * MINUTE) / 12),
      score: Math.round(draw() * 1_000) / 1_000,
      amount: Math.floor(draw() * 1_000),
      region: draw() < 0.01 ? "mars" : "eu",
    }),
  );
}

async function reviewed(
  options: Partial<WorldOptions> & { cut?: number; restarts?: boolean } = {},
): Promise<ReviewedSpan[]> {
  const { cut = 50, restarts = false, ...rest } = options;
  const sent = story();
  const spans: ReviewedSpan[] = [];
  const store = createMemoryStore();
  const settings = { fitted, store, reviewed: spans, ...rest };
  let world = await worldOf(settings);
  for (let from = 0; from < sent.length; from += cut) {
    if (restarts) world = await worldOf(settings);
    await world.feed(sent.slice(from, from + cut));
  }
  await world.end();
  await world.tick(START + 4 * HOUR);
  // Spans that close at once come rule by rule.
  return spans.toSorted((a, b) => (a.review < b.review ? -1 : a.review > b.review ? 1 : a.start - b.start));
}

const of = (spans: readonly ReviewedSpan[], rule: string): ReviewedSpan[] =>
  spans.filter(({ review }) => review === rule);

describe("rules that pick events for review", () => {
  it("pick what meets a condition, say which, and so many of a span", async () => {
    const spans = of(await reviewed(), "Odd");
    expect(spans.map(({ start }) => (start - START) / HOUR)).toEqual([0, 1, 2]);
    const events = spans.flatMap((span) => span.events);
    expect(events).toHaveLength(15);
    for (const { why, score = 0, values, id, offset, time } of events) {
      const expected = [
        ...(score >= 0.45 && score <= 0.55 ? ["score between 0.45 and 0.55"] : []),
        ...(values["region"] === "new" ? ["a new category"] : []),
        ...(Number(values["amount"]) > 950 ? ["amount above 950"] : []),
      ];
      expect(why).toEqual(expected);
      expect(why.length).toBeGreaterThan(0);
      expect(id).toBe(`e${offset}`);
      expect(Math.floor((time - START) / 5_000)).toBe(offset);
    }
  });

  it("pick all where there are fewer than may be, and show no column that was not asked for", async () => {
    const sure = story().flatMap(({ value }, offset) =>
      Number(Object(Object(value)["prediction"])["score"]) > 0.99 ? [offset] : [],
    );
    const events = of(await reviewed(), "Sure").flatMap((span) => span.events);
    expect(events.map(({ offset }) => offset).toSorted((a, b) => a - b)).toEqual(sure);
    expect(events.every(({ values }) => Object.keys(values).length === 0)).toBe(true);
  });

  it.each<[string, Parameters<typeof reviewed>[0]]>([
    ["however the records are cut", { cut: 7 }],
    ["after a restart at any moment", { cut: 40, restarts: true }],
    ["however often it is committed", { commitRows: 500 }],
  ])("pick the same %s", async (_, options) => {
    expect(await reviewed(options)).toEqual(await reviewed());
  });

  it("pick events that come in halves by their id, whichever half comes second", async () => {
    const sent = events(240);
    const run = async (first: "asked" | "answered"): Promise<ReviewedEvent[]> => {
      const spans: ReviewedSpan[] = [];
      const world = await joinedWorld(fitted, { reviewed: spans, commitRows: 9 });
      for (const one of sent) {
        const halves = [
          { stream: "asked", half: asked(one) },
          { stream: "answered", half: answered(one) },
        ];
        for (const { stream, half } of first === "asked" ? halves : halves.toReversed())
          await world.feed([half], { stream });
      }
      await world.end();
      await world.tick(START + 4 * HOUR);
      return of(spans, "Odd").flatMap((span) => span.events);
    };
    const answeredLast = await run("asked");
    const askedLast = await run("answered");
    expect(answeredLast).toHaveLength(5);
    expect(new Set(answeredLast.map(({ stream }) => stream))).toEqual(new Set(["answered"]));
    expect(askedLast).toEqual(answeredLast.map((picked) => ({ ...picked, stream: "asked" })));
    for (const { id = "", why, score, values } of answeredLast) {
      const number = Number(id.slice(1));
      expect({ score, region: values["region"] }).toEqual({
        score: (number % 10) / 10,
        region: number % 5 === 0 ? "new" : "eu",
      });
      expect(why.includes("a new category")).toBe(number % 5 === 0);
    }
  });

  it("name the row of a request whose rows are answered apart", async () => {
    const spans: ReviewedSpan[] = [];
    const streams = joinedStreams(MINUTE).map(
      (stream) => ({ ...stream, format: "oip-v2", map: {} }) as const,
    );
    const world = await worldOf({ fitted, streams, reviewed: spans });
    const tensor = (name: string, datatype: string, data: readonly unknown[]): object => ({
      name,
      datatype,
      shape: [data.length, 1],
      data,
    });
    const sentAt = (value: object): Sent[] => [{ timestamp: START, value }];
    const amount = tensor("amount", "FP64", [1, 2, 3]);
    const region = tensor("region", "BYTES", ["mars", "mars", "mars"]);
    await world.feed(sentAt({ id: "r", inputs: [amount, region] }), { stream: "asked" });
    for (const scores of [[0.1], [0.1, 0.2, 0.3]]) {
      const value = { id: "r", model_name: "m", outputs: [tensor("score", "FP64", scores)] };
      await world.feed(sentAt(value), { stream: "answered" });
    }
    await world.end();
    await world.tick(START + 4 * HOUR);
    const events = of(spans, "Odd").flatMap((span) => span.events);
    const told = events.map(({ row, score, values }) => [row, score, values["amount"]]);
    expect(told.toSorted((x, y) => Number(x[0]) - Number(y[0]))).toEqual([
      [0, 0.1, 1],
      [1, 0.2, 2],
      [2, 0.3, 3],
    ]);
  });

  it("tell ids whole, so that decisions can name them", async () => {
    const spans: ReviewedSpan[] = [];
    const world = await worldOf({ fitted, reviewed: spans });
    const ids = ["first", "second"].map((end) => `urn:${"x".repeat(80)}:${end}`);
    await world.feed(ids.map((id) => event({ id, time: START, score: 0.5 })));
    await world.end();
    await world.tick(START + 4 * HOUR);
    const told = of(spans, "Odd").flatMap(({ events }) => events.map(({ id }) => id));
    expect(told.toSorted()).toEqual(ids);
  });

  it("are kept until their span is handed over, and not for ever", () => {
    const source = { fitted, closedThrough: START + 24 * HOUR, cohortsFrom: START };
    expect(deletedBefore(reviewLayout(fitted.counting), source)).toBe(START + 20 * HOUR);
  });

  it("tell no id where ids are personal", async () => {
    const hidden = modelOf({
      rules: RULES,
      head: "window: { size: 1h, pane: 1m, lateness: 2m }\nid: { pii: true }",
    });
    const events = (await reviewed({ fitted: hidden })).flatMap((span) => span.events);
    expect(events.length).toBeGreaterThan(15);
    expect(events.some((picked: ReviewedEvent) => "id" in picked)).toBe(false);
    expect(JSON.stringify(events)).not.toMatch(/"e\d+"/);
  });
});
