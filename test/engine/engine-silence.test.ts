import { beforeAll, describe, expect, it } from "vitest";
import type { FittedModel } from "../../src/rules/fitted-model.ts";
import type { StoredPane } from "../../src/state/store.ts";
import { Judge } from "../../src/verdict/judge.ts";
import { horizonOf } from "../../src/verdict/window-shapes.ts";
import { paneLayout } from "../../src/window/task-delta.ts";
import { DAY, event, HOUR, MINUTE, modelOf, START, type Sent } from "./fixture.ts";
import { outline, worldOf } from "./world.ts";

const RULES = `
  - { alert: Drift, measure: psi, columns: [amount], for: 10m, keepFiringFor: 30m }
  - { alert: DailyDrift, measure: psi, columns: [amount], window: { size: 6h, every: 1h }, keepFiringFor: 2h }
  - { alert: Missing, measure: missing, columns: [amount], keepFiringFor: 0s }
  - { alert: SchemaBroken, measure: invalid, above: 0.05, keepFiringFor: 5m }`;
const QUIET = "\n  - { alert: Quiet, measure: volume, below: 0.5, for: 5m, keepFiringFor: 20m }";
const HEAD = "window: { size: 1h, pane: 1m, lateness: 2m }\nversions: { keep: 3, forgetAfter: 3d }";

/** No events at night: the reference knows from 8 to 20 o'clock only. */
function byDay(i: number): { time: number } {
  const day = Math.floor(i / (12 * 240));
  const rest = i % (12 * 240);
  return { time: START - 8 * DAY + day * DAY + 8 * HOUR + rest * 15_000 };
}

let daytime: FittedModel;
let steady: FittedModel;
beforeAll(() => {
  daytime = modelOf({ rules: RULES + QUIET, head: HEAD, perHour: 120, referenceRow: byDay });
  steady = modelOf({ rules: RULES, head: HEAD });
});

/** Four events a minute over spans of hours since START, drifted or not. */
function spans(...told: [from: number, to: number, drifted: boolean, version?: string][]): Sent[] {
  return told.flatMap(([from, to, drifted, version = "v1"]) =>
    Array.from({ length: Math.round((to - from) * 240) }, (_, i) =>
      event({ time: START + from * HOUR + i * 15_000, amount: drifted ? 95 : (i * 7) % 100, version }),
    ),
  );
}

async function panesOf(fitted: FittedModel, sent: readonly Sent[]): Promise<readonly StoredPane[]> {
  const world = await worldOf({ fitted, commitRows: 1_000_000 });
  world.judging = false;
  await world.feed(sent);
  await world.ingestion.flush(true);
  return world.store.readPanes({
    layout: paneLayout(fitted.counting),
    from: 0,
    to: Number.POSITIVE_INFINITY,
  });
}

/** All transitions; `visited` counts the pane ends that were looked at. */
function judge(
  fitted: FittedModel,
  panes: readonly StoredPane[],
  horizon: number,
): { transitions: string[]; visited: number } {
  const judge = new Judge(fitted, { horizon });
  judge.setVersions([...new Set(panes.map(({ version }) => version))]);
  let visited = 0;
  const see = judge.seen.takeGone.bind(judge.seen);
  judge.seen.takeGone = (now) => {
    visited++;
    return see(now);
  };
  const last = panes.at(-1)?.start ?? 0;
  return { transitions: outline(judge.closePanes(panes, last + MINUTE, { now: 0 })), visited };
}

describe("spans without events", () => {
  it.each<[string, [number, number, boolean, string?][]]>([
    [
      "a night after calm",
      [
        [8, 20, false],
        [32, 36, false],
      ],
    ],
    [
      "a night that lasts into the day",
      [
        [8, 20, false],
        [38, 42, false],
      ],
    ],
    [
      "a silence that begins by day while something fires",
      [
        [8, 12, true],
        [60, 63, false],
      ],
    ],
    [
      "a silence over a week",
      [
        [8, 12, true],
        [8 + 10 * 24, 12 + 10 * 24, true],
      ],
    ],
    [
      "a silence that another version ends",
      [
        [8, 12, true],
        [12 + 50, 12 + 130, false, "v2"],
      ],
    ],
  ])("are crossed as if every pane had been visited: %s", async (_, told) => {
    for (const fitted of [daytime, steady]) {
      const panes = await panesOf(fitted, spans(...told));
      const crossed = judge(fitted, panes, horizonOf(fitted));
      const visited = judge(fitted, panes, Number.POSITIVE_INFINITY);
      expect(crossed.transitions).toEqual(visited.transitions);
    }
  });

  it("make a late morning news, which the night before was not", async () => {
    const panes = await panesOf(daytime, spans([8, 20, false], [38, 42, false]));
    const { transitions } = judge(daytime, panes, horizonOf(daytime));
    expect(transitions.map((line) => line.split(" ").slice(1, 3).join(" "))).toEqual([
      // The evening's last window, and the morning's missing hours.
      "Quiet firing",
      "Quiet resolved",
    ]);
  });

  it("of years take a few hundred visits", async () => {
    const panes = await panesOf(steady, spans([8, 9, true], [8 + 5 * 8760, 9 + 5 * 8760, false]));
    const { visited } = judge(steady, panes, horizonOf(steady));
    expect(visited).toBeLessThan(1000);
    const withHours = await panesOf(daytime, spans([8, 9, true], [8 + 5 * 8760, 9 + 5 * 8760, false]));
    expect(judge(daytime, withHours, horizonOf(daytime)).visited).toBeLessThan(13_000);
  });
});
