import { describe, expect, it } from "vitest";
import { openReplay, type Replay } from "../../../src/commands/replay/replay.ts";
import { countAlike } from "../../../src/commands/replay/second-judgement.ts";
import { publicKeys } from "../../../src/event/ids.ts";
import { fitModel, type FittedModel } from "../../../src/rules/fitted-model.ts";
import { COHORT_HEAD } from "../../engine/cohort-days.ts";
import {
  batchOf,
  DAY,
  event,
  HOUR,
  label,
  LIMITS,
  MINUTE,
  modelOf,
  START,
  streamsOf,
} from "../../engine/fixture.ts";

/** Rules of two sets; the second's window is far longer. */
const { model, reference } = modelOf({
  rules: `
 - { alert: Nulls, measure: missing, columns: [amount], above: 0.2, for: 5m, by: [], window: { size: 2h } }
 - { alert: Drift, measure: psi, columns: [amount], by: [], window: { size: 2h } }
 - { alert: NullsOfADay, measure: missing, columns: [amount], above: 0.1, by: [region], window: { size: 1d, every: 5m } }
 - { alert: Inaccurate, measure: accuracy, below: 0.8, by: [] }`,
  head: COHORT_HEAD,
  labels: true,
});

function ruleSet(...names: readonly string[]): FittedModel {
  const rules = model.rules.filter(({ alert }) => names.includes(alert));
  return fitModel({ model: { ...model, rules }, reference, hasLabels: true });
}

/** Three days of an event a minute: without amounts for three hours of the third, and wrong on the second. */
const EVENTS = Array.from({ length: 3 * 24 * 60 }, (_, i) => {
  const time = START + i * MINUTE;
  const isNull = time >= START + 58 * HOUR && time < START + 61 * HOUR;
  return event({ id: `e${i}`, time, score: 0.9, ...(isNull ? { amount: null } : {}) });
});
const LABELS = EVENTS.map(({ timestamp }, i) =>
  label(`e${i}`, Math.floor((timestamp - START) / DAY) === 1 ? 0 : 1, timestamp + MINUTE),
);

function replayOf(models: FittedModel): Promise<Replay> {
  const receivedAt = { now: START + 30 * DAY };
  return openReplay({
    streams: streamsOf(true),
    models: [models],
    keys: publicKeys(),
    ...LIMITS,
    receivedAt,
    commitRows: 400,
  });
}

async function feed(replay: Replay): Promise<void> {
  for (let at = 0; at < EVENTS.length; at += 200) {
    for (const [stream, sent] of [["s", EVENTS] as const, ["l", LABELS] as const]) {
      await replay.feed(batchOf({ stream, partition: 0, firstOffset: at }, sent.slice(at, at + 200)));
    }
  }
  await replay.finish();
}

describe("a second judgement of the same counts", () => {
  it("says what a replay of its own would have said, whichever window is the longer one", async () => {
    const short = ruleSet("Nulls", "Drift", "Inaccurate");
    const long = ruleSet("NullsOfADay", "Nulls");
    const alone = new Map<FittedModel, Replay["transitions"]>();
    for (const models of [short, long]) {
      const replay = await replayOf(models);
      await feed(replay);
      alone.set(models, replay.transitions);
    }
    const names = (models: FittedModel): Set<string> =>
      new Set((alone.get(models) ?? []).map(({ alert }) => alert.alert));
    expect(names(short)).toEqual(new Set(["Nulls", "Drift", "Inaccurate"]));
    expect(names(long)).toEqual(new Set(["Nulls", "NullsOfADay"]));
    for (const [first, second] of [
      [short, long],
      [long, short],
    ] as const) {
      expect(countAlike([first], [second])).toBe(true);
      const replay = await replayOf(first);
      const besides = await replay.judgeBesides([second]);
      await feed(replay);
      expect(replay.transitions).toEqual(alone.get(first));
      expect(besides).toEqual(alone.get(second));
      expect(replay.hasJudged(START + 2 * DAY)).toBe(true);
    }
  });

  it("is none where the sets count otherwise", () => {
    const all = ruleSet("Nulls");
    const other = (changed: Partial<FittedModel["model"]>): FittedModel =>
      fitModel({ model: { ...all.model, ...changed }, reference, hasLabels: true });
    expect(countAlike([all], [other({ budget: { falseAlarms: 9, per: DAY } })])).toBe(true);
    for (const changed of [
      { window: { ...model.window, lateness: 3 * MINUTE } },
      { window: { ...model.window, pane: 5 * MINUTE } },
      { segmentBy: [] },
      { versions: { ...model.versions, keep: 1 } },
      { labels: { ...model.labels, expireAfter: DAY } },
    ])
      expect(countAlike([all], [other(changed)])).toBe(false);
    expect(countAlike([all], [all, all])).toBe(false);
  });
});
