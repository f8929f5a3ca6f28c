import { describe, expect, it } from "vitest";
import { BlindnessWatch, type LookAt, type StreamSight } from "../../src/verdict/blindness.ts";

const MINUTE = 60_000;
const START = Date.UTC(2026, 0, 1);

const CALM: StreamSight = {
  stream: "s",
  role: "inference",
  records: 0,
  received: 0,
  undecodable: 0,
  invalid: 0,
  unknownModel: 0,
  orphans: 0,
  future: 0,
  late: 0,
  measured: 0,
  lag: 0,
  reached: START,
  bounded: false,
};

/** What is found after `minutes` looks of which each has brought this much more of everything. */
function after(
  minutes: number,
  perMinute: Partial<Record<keyof StreamSight, number>>,
  rest: Partial<StreamSight> = {},
): string[] {
  const watch = new BlindnessWatch();
  let texts: string[] = [];
  for (let minute = 0; minute <= minutes; minute += 1) {
    const grown = Object.entries(perMinute).map(([field, step]) => [field, step * minute]);
    const look: LookAt = {
      streams: [{ ...CALM, ...rest, ...Object.fromEntries(grown) }],
      outages: [],
      labelPatience: Infinity,
    };
    texts = watch.look(look, { now: START + minute * MINUTE }).map(({ text }) => text);
  }
  return texts;
}

describe("what blinds the monitor", () => {
  it("is nothing while rows are counted, nor while nothing comes", () => {
    expect(after(30, { records: 500, received: 500, measured: 490, invalid: 10 })).toEqual([]);
    expect(after(30, {})).toEqual([]);
  });

  it.each([
    [
      "undecodable",
      { records: 500, undecodable: 490 },
      "98% of the last 5,000 records of s could not be decoded",
    ],
    [
      "invalid",
      { records: 500, received: 500, invalid: 490, measured: 10 },
      "98% of the last 5,000 rows of s are invalid as a whole: id, time or version cannot be read, or the time is ahead of the clock",
    ],
    [
      "unknown models",
      { records: 500, received: 500, unknownModel: 500 },
      "100% of the last 5,000 rows of s name a model without rule file",
    ],
    [
      "a clock",
      { records: 500, received: 500, future: 300, measured: 200 },
      "60% of the last 5,000 rows of s are dated ahead of their record: a clock is wrong",
    ],
    [
      "late rows",
      { records: 500, received: 500, late: 500 },
      "100% of the last 5,000 rows of s came after their pane had closed",
    ],
  ])("is told: %s", (_name, perMinute, text) => {
    expect(after(30, perMinute)).toEqual([text]);
    // Nine in ten, not nearly so many; and not from a handful.
    expect(after(30, { ...perMinute, records: 5_000, received: 5_000, measured: 4_000 })).toEqual([]);
    const few = Object.fromEntries(Object.entries(perMinute).map(([field, step]) => [field, step / 100]));
    expect(after(30, few)).toEqual([]);
  });

  it("is told of halves that never meet, by what they lack", () => {
    const perMinute = { records: 500, received: 500, orphans: 495, measured: 5 };
    expect(after(30, perMinute, { role: "inputs" })[0]).toContain("never met their response");
    expect(after(30, perMinute, { role: "labels" })[0]).toContain("never met their prediction");
  });

  it("goes by the last ten minutes", () => {
    const watch = new BlindnessWatch();
    let records = 0;
    let undecodable = 0;
    const lookOnce = (minute: number): number => {
      const look = { streams: [{ ...CALM, records, undecodable }], outages: [], labelPatience: Infinity };
      return watch.look(look, { now: START + minute * MINUTE }).length;
    };
    for (let minute = 0; minute < 60; minute += 1) {
      records += 100;
      lookOnce(minute);
    }
    const found = [];
    for (let minute = 60; minute < 90; minute += 1) {
      records += 100;
      if (minute < 75) undecodable += 100;
      found.push(lookOnce(minute));
    }
    // Nine of ten minutes must be bad, and the tenth; then a good one or two end it.
    expect(found.indexOf(1)).toBe(8);
    expect(found.slice(9, 17)).toEqual([1, 1, 1, 1, 1, 1, 1, 0]);
  });

  it("is a source that is away, and says since when", () => {
    const watch = new BlindnessWatch();
    const look = { streams: [CALM], outages: ["Kafka is away"], labelPatience: Infinity };
    watch.look({ ...look, outages: [] }, { now: START });
    watch.look(look, { now: START + MINUTE });
    const text = "Kafka is away, for 360 s now";
    expect(watch.look({ ...look, outages: [text] }, { now: START + 7 * MINUTE })).toEqual([
      { name: "away: 0", text, since: START + MINUTE },
    ]);
    expect(watch.look({ ...look, outages: [] }, { now: START + 8 * MINUTE })).toEqual([]);
  });

  it("is two sides that do not find each other, for as long as they do not", () => {
    const watch = new BlindnessWatch();
    const look = { streams: [CALM], outages: [], labelPatience: Infinity };
    watch.look({ ...look, broken: "30% of 1,000 requests are lost" }, { now: START });
    expect(
      watch.look({ ...look, broken: "40% of 1,000 requests are lost" }, { now: START + MINUTE }),
    ).toEqual([{ name: "join-broken", text: "40% of 1,000 requests are lost", since: START }]);
    expect(watch.look(look, { now: START + 2 * MINUTE })).toEqual([]);
  });

  it("is a lag that grows, but not one that is worked off, nor the end of a file", () => {
    const falling = { records: 1_000, received: 1_000, measured: 1_000, lag: 5_000 };
    expect(after(11, falling)).toEqual([
      "s is 55,000 records behind and falls further back, 5,000 10 min ago",
    ]);
    expect(after(5, falling)).toEqual([]);
    expect(after(11, falling, { bounded: true })).toEqual([]);
    expect(after(11, { records: 1_000, received: 1_000, measured: 1_000 }, { lag: 50_000 })).toEqual([]);
  });

  it("is labels that stay away while predictions go on", () => {
    const watch = new BlindnessWatch();
    const labels = { ...CALM, stream: "l", role: "labels" } as const;
    const lookAt = (hours: number): LookAt => ({
      streams: [{ ...CALM, reached: START + hours * 60 * MINUTE }, labels],
      outages: [],
      labelPatience: 26 * 60 * MINUTE,
    });
    expect(watch.look(lookAt(25), { now: START })).toEqual([]);
    expect(watch.look(lookAt(30), { now: START })[0].text).toBe(
      "l has brought no label for 30 h, and predictions went on",
    );
  });
});
