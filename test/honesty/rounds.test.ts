import { describe, expect, it } from "vitest";
import { drawInRounds, type Rounds } from "../bench/honesty/rounds.ts";
import { simulate, type Outcome } from "./marginal.ts";
import { scenarioNamed } from "./scenarios.ts";

const LEVELS = [1e-2, 1e-3, 1e-4];
const SHORT = {
  scenario: scenarioNamed("lasting shocks sd .1, AR .9"),
  rows: 500,
  k: 500,
  windows: 20,
  levels: LEVELS,
  seed: 11,
};

/** Each of so many references judged `windows` windows, of which one in `every` references alarmed once at 1e-3. */
function outcomeOf(references: number, { windows = 1_000, every = 1_000_000 } = {}): Outcome {
  const one = Array.from({ length: references }, (_, i) => (i % every === every - 1 ? 1 : 0));
  const judgedOf = one.map(() => windows);
  const judged = windows * references;
  return { references, windows: judged, judged, judgedOf, alarms: [one, one, one.map(() => 0)] };
}

function roundsOf(outcome: (references: number) => Outcome): {
  rounds: { drawn: number; references: number; only?: string | undefined }[];
  cells: unknown[];
} {
  const rounds: { drawn: number; references: number; only?: string | undefined }[] = [];
  const draw: Rounds["draw"] = (round) => {
    rounds.push(round);
    return new Map([["promised", outcome(round.references)]]);
  };
  return { cells: drawInRounds({ draw, wanted: "promised", first: 50, most: 1_000, least: 100 }), rounds };
}

describe("references drawn in rounds", () => {
  it("are the same as those drawn at once", () => {
    const one = simulate({ ...SHORT, references: 9 });
    const before = simulate({ ...SHORT, references: 4 });
    const after = simulate({ ...SHORT, references: 5, drawn: 4 });
    for (const [trust, { judgedOf, alarms }] of one) {
      const parts = [before.get(trust), after.get(trust)];
      expect(parts.flatMap((part) => part?.judgedOf ?? [])).toEqual(judgedOf);
      expect(parts.flatMap((part) => part?.alarms[0] ?? [])).toEqual(alarms[0]);
    }
  });

  it("are counted and not judged where their trust is not asked for", () => {
    const outcomes = simulate({ ...SHORT, references: 9, only: "promised" });
    const all = simulate({ ...SHORT, references: 9 });
    expect(outcomes.get("promised")).toEqual(all.get("promised"));
    expect(outcomes.get("provisional")).toMatchObject({
      references: all.get("provisional")?.references,
      windows: 0,
    });
  });

  it("end once a hundred are judged and the error is small", () => {
    const { rounds, cells } = roundsOf((references) => outcomeOf(references));
    expect(rounds).toEqual([
      { drawn: 0, references: 50 },
      { drawn: 50, references: 50, only: "promised" },
    ]);
    expect(cells).toMatchObject([{ references: 100, share: 1, judged: 1, isKnown: true, verdict: "holds" }]);
  });

  it("double until the error is small", () => {
    // 20 windows each: of 200 references one alarm more is a quarter of the level, of 400 an eighth.
    const { rounds, cells } = roundsOf((references) => outcomeOf(references, { windows: 20 }));
    expect(rounds.map(({ references }) => references)).toEqual([50, 50, 100, 200]);
    expect(cells).toMatchObject([{ references: 400, isKnown: true }]);
  });

  it("end at the most that may be drawn, and say that too little is known", () => {
    const { rounds, cells } = roundsOf((references) => outcomeOf(references, { every: 2, windows: 10 }));
    expect(rounds.map(({ drawn }) => drawn)).toEqual([0, 50, 100, 200, 400, 800]);
    expect(cells).toMatchObject([{ references: 1_000, isKnown: false, verdict: "broken" }]);
  });

  it("end early where no window can be judged", () => {
    const none = (references: number): Outcome => ({
      ...outcomeOf(references),
      judged: 0,
      judgedOf: Array.from({ length: references }, () => 0),
    });
    const { rounds, cells } = roundsOf(none);
    expect(rounds).toHaveLength(2);
    expect(cells).toMatchObject([{ references: 100, isKnown: false, verdict: "silent" }]);
  });

  it("need no small error where nothing is promised", () => {
    const cells = drawInRounds({
      draw: ({ references }) => new Map([["provisional", outcomeOf(references, { windows: 1 })]]),
      wanted: "provisional",
      first: 50,
      most: 1_000,
      least: 100,
    });
    expect(cells).toMatchObject([{ references: 50, trust: "provisional", isKnown: false }]);
  });
});
