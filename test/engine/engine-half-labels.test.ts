import { beforeAll, describe, expect, it } from "vitest";
import type { FittedModel } from "../../src/rules/fitted-model.ts";
import { cohortLayout } from "../../src/window/task-delta.ts";
import { HOUR, label, MINUTE, modelOf, START } from "./fixture.ts";
import { answered, asked, events, joinedWorld, panesOf, wholeOf } from "./half-events.ts";
import { worldOf, type World } from "./world.ts";

let labelled: FittedModel;
beforeAll(() => {
  labelled = modelOf({
    rules: "  - { alert: Inaccurate, measure: accuracy, below: 0.6 }",
    perHour: 12,
    labels: true,
    head:
      "window: { size: 1h, pane: 1m, lateness: 2m }\n" +
      "labels: { cohort: 1h, matureAfter: 1h, expireAfter: 6h }",
  });
});

describe("labels of requests", () => {
  it("meet the pair whenever they come, also rows of it by number", async () => {
    const sent = events(120, MINUTE);
    const labels = sent.map((one, i) =>
      label(`q${i}`, i % 3 === 0 ? 1 : 0, wholeOf(one).time + (i % 2 === 0 ? 2_000 : 9_000)),
    );
    const whole = await worldOf({ fitted: labelled });
    const halves = await joinedWorld(labelled, { commitRows: 7 });
    const waiting: number[] = [];
    for (const [i, one] of sent.entries()) {
      await whole.feed([one]);
      await whole.feed([labels[i]], { stream: "l" });
      await halves.feed([asked(one)], { stream: "asked" });
      // Some come before the answer, and are early: nothing has been predicted yet.
      if (i % 2 === 0) await halves.feed([labels[i]], { stream: "l" });
      waiting.push(halves.engine.tasks.get("asked", 0)?.progressOf("l").ledger.waiting ?? 0);
      await halves.feed([answered(one)], { stream: "answered" });
      if (i % 2 !== 0) await halves.feed([labels[i]], { stream: "l" });
    }
    expect(waiting).toEqual(sent.map((_, i) => 1 - (i % 2)));
    const again = label("q5#0", 0, START + 2 * HOUR);
    await halves.feed([again], { stream: "l" });
    await whole.end();
    await halves.end();
    const layout = cohortLayout(labelled.counting);
    const count = ({ measured, waiting, dropped }: ReturnType<World["ledger"]>): object => ({
      measured,
      waiting,
      orphans: dropped["orphan-label"],
    });
    expect(count(halves.ledger("l"))).toEqual({ measured: 120, waiting: 0, orphans: 0 });
    expect(halves.ledger("l").dropped.duplicate).toBe(1);
    expect(count(whole.ledger("l"))).toEqual({ measured: 120, waiting: 0, orphans: 0 });
    expect(await panesOf(halves, layout)).toEqual(await panesOf(whole, layout));
  });
});
